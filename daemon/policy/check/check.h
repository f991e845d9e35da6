/* SPDX-License-Identifier: MIT
 *
 * The checks: each looks at one side of a request and reports what the policy says of it.
 */
#pragma once

#include "policy/model.h"
#include "policy/rules.h"

/* A finding on its way: with the row of the catalogue that has its fixes, or NULL. */
typedef struct Found {
	Finding finding;
	const RuleInfo *info;
} Found;

typedef struct FoundList {
	Found *items;
	size_t count;
} FoundList;

typedef struct WaivedList {
	Waived *items;
	size_t count;
} WaivedList;

typedef struct Evaluation {
	const Policy *policy; /* NULL in lockdown */
	const Request *request;
	const Situation *situation;
	Arena *arena;
	FoundList findings;
	WaivedList waived;
	const char *also; /* of what is looked at: Finding.also, read_only */
	bool read_only;
	const char *heading; /* NULL: none; see Decision */
	const char *scan_image; /* "" : none; see Decision */
	unsigned scans;
} Evaluation;

/* Reports unless the rule allows it or an exception is made.  `what` fills the message. */
void check_report(Evaluation *evaluation, RuleId id, const RuleSettings *rule, const char *what);
/* With the action and the message of a list's entry instead of the rule's. */
void check_report_as(Evaluation *evaluation, RuleId id, const RuleSettings *rule, Action action, const char *message, const char *what);
/* A custom rule that holds. */
void check_report_custom(Evaluation *evaluation, const CustomRule *rule, bool gave_up);
/* What a scan says, or that there is none: with the points that it adds; -1: those of its severity. */
void check_report_scan(Evaluation *evaluation, RuleId id, Action action, Severity severity, int64_t points, const char *message, const char *what);
/* A rule of the catalogue that no policy can change. */
void check_report_builtin(Evaluation *evaluation, RuleId id, const char *what);

void check_builder(Evaluation *evaluation); /* first: what it finds is why the others find something */
void check_privileged(Evaluation *evaluation);
void check_namespaces(Evaluation *evaluation);
void check_shared_namespaces(Evaluation *evaluation);
void check_capabilities(Evaluation *evaluation);
void check_drop_all(Evaluation *evaluation);
void check_mounts(Evaluation *evaluation);
void check_pin_update(Evaluation *evaluation);
void check_volumes(Evaluation *evaluation);
void check_mount_types(Evaluation *evaluation);
void check_device_nodes(Evaluation *evaluation);
void check_volume_sources(Evaluation *evaluation);
void check_security_options(Evaluation *evaluation);
void check_no_new_privileges(Evaluation *evaluation);
void check_masked_paths(Evaluation *evaluation);
void check_user(Evaluation *evaluation);
void check_resources(Evaluation *evaluation);
void check_lifetime(Evaluation *evaluation);
void check_registry(Evaluation *evaluation);
void check_image_name(Evaluation *evaluation);
void check_image_signed(Evaluation *evaluation);
void check_image_scan(Evaluation *evaluation);
void check_push_secrets(Evaluation *evaluation);
void check_devices(Evaluation *evaluation);
void check_runtime(Evaluation *evaluation);
void check_logging(Evaluation *evaluation);
void check_network_mode(Evaluation *evaluation);
void check_ports(Evaluation *evaluation);
void check_environment(Evaluation *evaluation);
void check_environment_required(Evaluation *evaluation);
void check_build(Evaluation *evaluation);
void check_exec(Evaluation *evaluation);
/* Whatever the kind: the table of families knows the endpoints. */
void check_endpoint(Evaluation *evaluation);
void check_network_driver(Evaluation *evaluation);
void check_network_options(Evaluation *evaluation);
void check_network_addresses(Evaluation *evaluation);
void check_custom(Evaluation *evaluation);

/* Images are to come from listed registries, and the name says another one. */
bool registry_is_foreign(const ImageRules *rules, const ImageRef *image, Arena *arena);
bool registries_have(const Registries *registries, const ImageRef *image, Arena *arena);
