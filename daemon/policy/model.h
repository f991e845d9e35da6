/* SPDX-License-Identifier: MIT
 *
 * A loaded policy, as the schema fills it and the checks read it.  Only policy/ includes this.
 */
#pragma once

#include <stdatomic.h>
#include "policy/custom/condition.h"
#include "policy/match/path-set.h"
#include "policy/match/patterns.h"
#include "policy/policy.h"
#include "policy/match/regex.h"
#include "policy/signature.h"
#include "request/net-range.h"
#include "request/request.h"

/* When a rule does not apply: everything that is said must fit; one of several in a list is enough. */
typedef struct Exception {
	StringList rules, values, commands; /* of the policy's own list: ids; what was found and command lines, exactly */
	bool read_only;                     /* ... only of mounts that cannot be written */
	StringList images, names, labels, users, groups; /* as written */
	Patterns image_patterns, name_patterns, label_patterns, user_patterns, group_patterns;
	const char *reason, *owner, *expires; /* "" when not said */
	int64_t expires_us; /* realtime; from then on it does not apply.  INT64_MAX: never */
} Exception;

typedef struct ExceptionList {
	Exception *items;
	size_t count;
} ExceptionList;

/* What the keys action, severity, message and exceptions of a section say. */
typedef struct RuleSettings {
	bool set; /* the section is there */
	Action action;
	bool severity_set;
	Severity severity;
	const char *message; /* "" : the catalogue's */
	ExceptionList exceptions;
} RuleSettings;

/* One element of a list of named things: a capability, a path. */
typedef struct Entry {
	const char *name;
	Action action;
	const char *message;
	bool allow_read_only, allow_as_self;
	bool require_own_network; /* warned only where the container's network is its own */
} Entry;

typedef struct EntryList {
	Entry *items;
	size_t count;
} EntryList;

typedef enum Namespace { NS_NETWORK, NS_PID, NS_IPC, NS_UTS, NS_USERNS, NS_CGROUP, NS_COUNT } Namespace;
typedef enum SharedNamespace { SHARED_NETWORK, SHARED_PID, SHARED_IPC, SHARED_COUNT } SharedNamespace;

typedef struct CapabilityRules {
	RuleSettings rule;
	Action default_action; /* for those in no list */
	EntryList blocked, warned;
	StringList allowed;
	bool require_drop_all;
} CapabilityRules;

typedef struct MountRules {
	RuleSettings rule;
	EntryList blocked, warned;
	StringList allowed, allowed_read_only;
	Patterns allowed_types; /* bind, volume, tmpfs, image ... */
	const char *pin; /* "off", "block" or "own"; NULL: off */
	bool block_bind_mounts, require_read_only, block_shared_propagation, block_engine_files, as_self;
	Action default_action;  /* for what is in no list */
	Action require_trusted; /* for what somebody else than root could exchange */
	Action no_way_back;     /* for uid 0 that writes where people of the host can come */
	Action foreign_ids;     /* for another uid or group that does */
	PathSet blocked_set, warned_set, allowed_set, read_only_set; /* values: places in the lists */
} MountRules;

typedef struct SecurityRules {
	RuleSettings rule;
	Patterns allowed; /* on normalised options; empty: only the keys below */
	bool require_seccomp, require_apparmor, require_no_new_privileges;
	Patterns seccomp_profiles, apparmor_profiles;
} SecurityRules;

typedef struct ContainerRules {
	RuleSettings rule;
	bool require_non_root, require_numeric_user, require_read_only_rootfs, require_resource_limits, require_pids_limit;
	bool require_cpu_limit, require_healthcheck;
	Patterns allowed_users, blocked_users;
	int64_t max_memory, max_cpus, max_pids; /* bytes, 10^-9 CPUs, processes; 0: none */
} ContainerRules;

/* "docker.io", "*.example.com"; "ghcr.io/team" is a repository and what lies under it. */
typedef struct Registries {
	StringList written;
	Patterns hosts, repositories;
} Registries;

typedef struct SignatureRow {
	Registries registries; /* which images it is for */
	SignatureTrust trust;
} SignatureRow;

typedef struct SignatureRows {
	SignatureRow *items;
	size_t count;
} SignatureRows;

typedef struct ImageRules {
	RuleSettings rule;
	Registries allowed, blocked;
	Patterns blocked_images;
	bool require_digest, block_latest_tag, require_signed;
	SignatureRows signatures; /* whose count */
	Action local; /* an image that was not pulled from where its name says */
} ImageRules;

/* A rule with the values that are fine. */
typedef struct ListRule {
	RuleSettings rule;
	Patterns allowed;
} ListRule;

/* Devices by the path that they have on the host. */
typedef struct DeviceRules {
	RuleSettings rule;
	Patterns allowed, warned;
} DeviceRules;

/* Where a container's output goes; `addresses`: of the host's own sockets. */
typedef struct LoggingRules {
	RuleSettings rule;
	Patterns allowed_drivers, allowed_addresses;
} LoggingRules;

typedef struct VolumeRules {
	RuleSettings rule;
	Patterns allowed_drivers, allowed_options; /* options: NAME or NAME=VALUE */
	Patterns allowed_types, allowed_servers;   /* of the local driver; servers: of nfs and cifs */
} VolumeRules;

typedef struct RestartRules {
	RuleSettings rule;
	Patterns allowed; /* "no", "on-failure", ... */
	int64_t max_retries; /* 0: any number */
} RestartRules;

typedef struct UlimitRule {
	const char *name;
	int64_t max;
} UlimitRule;

typedef struct UlimitRules {
	RuleSettings rule;
	struct { UlimitRule *items; size_t count; } max;
} UlimitRules;

typedef struct OomRules {
	RuleSettings rule;
	int64_t min_score_adj;
	bool allow_kill_disable;
} OomRules;

typedef struct PortRule {
	int64_t first, last;
	const char *protocol, *message; /* "tcp", "udp", "sctp"; "" : any */
} PortRule;

typedef struct Subnets {
	StringList written;
	NetRanges ranges;
} Subnets;

typedef struct NetworkRules {
	RuleSettings rule;
	Patterns allowed_modes, allowed_drivers, allowed_options; /* options: NAME or NAME=VALUE */
	Subnets allowed_subnets;
	bool block_host_interfaces, block_host_routes;
	struct { PortRule *items; size_t count; } blocked_ports;
	TextIndex *port_index; /* by the decimal number; ranges are looked at one by one */
	bool require_dns, block_privileged_ports, block_all_interfaces, block_publish_all, block_default_bridge;
} NetworkRules;

typedef struct EnvironmentRules {
	RuleSettings rule;
	bool block_secrets;
	RegexList secret_patterns; /* on "NAME=value" */
	StringList required;
	Patterns blocked; /* names */
} EnvironmentRules;

typedef struct BuildRules {
	RuleSettings remote, host_network, unseen_body;
	struct { RuleSettings rule; Registries allowed; } registries;
} BuildRules;

/* Groups of calls that can be switched off; the table is in check/endpoint.c. */
typedef enum Family {
	FAMILY_SWARM, FAMILY_PLUGINS, FAMILY_BUILDKIT, FAMILY_BUILD, FAMILY_PULL, FAMILY_PUSH, FAMILY_TAG, FAMILY_CP, FAMILY_EXPORT,
	FAMILY_COMMIT, FAMILY_SAVE, FAMILY_LOAD, FAMILY_IMPORT, FAMILY_LOGIN, FAMILY_EXEC, FAMILY_ATTACH, FAMILY_LOGS, FAMILY_UPDATE,
	FAMILY_CHECKPOINT, FAMILY_VOLUMES, FAMILY_NETWORKS, FAMILY_SECRETS, FAMILY_CONFIGS, FAMILY_SERVICES, FAMILY_REMOVE, FAMILY_PRUNE,
	FAMILY_COUNT
} Family;

typedef struct CustomRule {
	const char *name, *id, *description, *category, *message; /* id: "custom.NAME" */
	RuleSettings rule;
	Condition *condition;
	unsigned kinds; /* bits of RequestKind that it can apply to */
	StringList requests; /* as written; empty: what the condition's fields say */
} CustomRule;

typedef struct CustomIndex CustomIndex;

typedef struct CustomRules {
	CustomRule *items;
	size_t count;
	CustomIndex *index;
	unsigned by_caller; /* bits of RequestKind that a rule judges by who asks */
} CustomRules;

typedef struct ScanLimits {
	bool enabled;
	StringList scanners;
	int64_t max_critical, max_high, max_medium; /* -1: not said */
	int64_t cache_us;
	ExceptionList exceptions; /* rules: ids of vulnerabilities, values: names of packages */
	bool ignore_unfixed, vex;
	Action end_of_life;
	int64_t max_database_age_us; /* 0: any */
} ScanLimits;

typedef struct SecretLimits {
	bool enabled, block_on_verified;
	const char *scanner;
	int64_t max_critical, max_high, max_medium; /* -1: not said */
	int64_t verified_score, critical_score, high_score; /* -1: not said */
	StringList ignore_detectors, exclude_paths, incomplete_paths;
} SecretLimits;

struct Policy {
	_Atomic unsigned users;
	Arena *arena;
	const struct YamlNode *source; /* the file, in the arena */
	const char *digest; /* SHA-256 of the text */
	const char *version, *name, *description, *author;
	const char *file_name; /* "production" when it was read from policies/production.yaml; "" */
	StringList tags;
	Mode mode;
	int64_t max_risk_score;
	bool require_image_scan;
	bool by_image; /* an exception goes by the names of images */
	bool by_label; /* ... or by labels */
	bool by_command; /* ... or by what is run */
	bool rules_by_fact; /* an exception of a rule goes by images or labels */
	ScanLimits image_scanning;
	SecretLimits secret_scanning;
	RuleSettings privileged, masked_paths, namespaces[NS_COUNT], shared_namespaces[SHARED_COUNT];
	CapabilityRules capabilities;
	MountRules mounts;
	SecurityRules security;
	ContainerRules container;
	ImageRules images;
	VolumeRules volumes;
	RestartRules restart;
	UlimitRules ulimits;
	OomRules oom;
	NetworkRules network;
	EnvironmentRules environment;
	BuildRules build;
	DeviceRules devices;
	LoggingRules logging;
	ListRule runtimes, sysctls, cgroup_parent, annotations;
	RuleSettings exec_privileged, exec_root;
	RuleSettings endpoints[FAMILY_COUNT];
	Action buildkit_confined; /* of endpoints.buildkit, where Docker's builder certainly gives nothing of the host's */
	CustomRules custom;
	ExceptionList exceptions; /* each says for which rules */
	PolicyTestList tests;
};
