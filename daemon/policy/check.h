/* SPDX-License-Identifier: MIT
 *
 * The checks: each looks at one side of a request and reports what the policy says of it.
 */
#pragma once

#include "policy/model.h"
#include "policy/rules.h"

typedef struct FindingList {
	Finding *items;
	size_t count;
} FindingList;

typedef struct Evaluation {
	const Policy *policy; /* NULL in lockdown */
	const Request *request;
	Arena *arena;
	FindingList findings;
	RuleId rules_found[RULE_COUNT]; /* each once, in order: for the fixes */
	size_t rules_found_count;
} Evaluation;

/* Reports unless the rule allows it or an exception is made.  `what` fills the message. */
void check_report(Evaluation *evaluation, RuleId id, const Rule *rule, const char *what);
/* With the action and the message of a list's entry instead of the rule's. */
void check_report_as(Evaluation *evaluation, RuleId id, const Rule *rule, Action action, const char *message, const char *what);
/* A rule of the catalogue that no policy can change. */
void check_report_builtin(Evaluation *evaluation, RuleId id, const char *what);
/* Whether `text` matches one of the globs (fnmatch(3), '*' also matches '/'). */
bool check_matches(const StringList *globs, const char *text);

void check_privileged(Evaluation *evaluation);
void check_namespaces(Evaluation *evaluation);
void check_capabilities(Evaluation *evaluation);
void check_drop_all(Evaluation *evaluation);
void check_mounts(Evaluation *evaluation);
void check_security_options(Evaluation *evaluation);
void check_no_new_privileges(Evaluation *evaluation);
void check_masked_paths(Evaluation *evaluation);
void check_user(Evaluation *evaluation);
void check_resources(Evaluation *evaluation);
void check_registry(Evaluation *evaluation);
void check_image_name(Evaluation *evaluation);
void check_devices(Evaluation *evaluation);
void check_runtime(Evaluation *evaluation);
void check_exec(Evaluation *evaluation);
void check_endpoint(Evaluation *evaluation);
