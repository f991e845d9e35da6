/* SPDX-License-Identifier: MIT
 *
 * A loaded policy, as the schema fills it and the checks read it.  Only policy/ includes this.
 */
#pragma once

#include <stdatomic.h>
#include "policy/policy.h"
#include "request/request.h"

/* When a rule does not apply. */
typedef struct Exception {
	StringList images, names; /* globs; an empty list matches everything, but one must be given */
	const char *reason;
} Exception;

typedef struct ExceptionList {
	Exception *items;
	size_t count;
} ExceptionList;

/* What the keys action, severity, message and exceptions of a section say. */
typedef struct Rule {
	bool set; /* the section is there */
	Action action;
	bool severity_set;
	Severity severity;
	const char *message; /* "" : the catalogue's */
	ExceptionList exceptions;
} Rule;

/* One element of a list of named things: a capability, a path. */
typedef struct Entry {
	const char *name;
	Action action;
	const char *message;
	bool allow_read_only;
} Entry;

typedef struct EntryList {
	Entry *items;
	size_t count;
} EntryList;

typedef enum Namespace { NS_NETWORK, NS_PID, NS_IPC, NS_UTS, NS_USERNS, NS_CGROUP, NS_COUNT } Namespace;

typedef struct CapabilityRules {
	Rule rule;
	Action default_action; /* for those in neither list */
	EntryList blocked;
	StringList allowed;
	bool require_drop_all;
} CapabilityRules;

typedef struct MountRules {
	Rule rule;
	EntryList blocked, warned;
	StringList allowed;
	bool block_bind_mounts, require_read_only;
} MountRules;

typedef struct SecurityRules {
	Rule rule;
	StringList allowed; /* globs on normalised options; empty: only the keys below */
	bool require_seccomp, require_apparmor, require_no_new_privileges;
	StringList seccomp_profiles, apparmor_profiles;
} SecurityRules;

typedef struct ContainerRules {
	Rule rule;
	bool require_non_root, require_numeric_user, require_read_only_rootfs, require_resource_limits, require_pids_limit;
	StringList allowed_users, blocked_users; /* globs */
	int64_t max_memory, max_cpus; /* bytes, 10^-9 CPUs; 0: none */
} ContainerRules;

typedef struct ImageRules {
	Rule rule;
	StringList allowed_registries, blocked_registries, blocked_images;
	bool require_digest, block_latest_tag;
} ImageRules;

/* A rule with the values that are fine. */
typedef struct ListRule {
	Rule rule;
	StringList allowed; /* globs */
} ListRule;

struct Policy {
	_Atomic unsigned users;
	Arena *arena;
	const struct YamlNode *source; /* the file, in the arena */
	const char *version, *name, *description, *author;
	StringList tags;
	Mode mode;
	int64_t max_risk_score;
	Rule privileged, masked_paths, namespaces[NS_COUNT];
	CapabilityRules capabilities;
	MountRules mounts;
	SecurityRules security;
	ContainerRules container;
	ImageRules images;
	ListRule devices, runtimes, sysctls, cgroup_parent;
	Rule exec_privileged, exec_root;
	Rule swarm, plugins, buildkit, build_remote;
};
