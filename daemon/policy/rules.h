/* SPDX-License-Identifier: MIT
 *
 * The catalogue of rules: what each finding is called, how bad it is, where in a request it comes
 * from, and how to fix it.  One row a rule; docs/POLICY.md follows this table.
 */
#pragma once

#include "policy/decision.h"

typedef enum RuleId {
	RULE_UNKNOWN_ENDPOINT, RULE_BODY_MISSING, RULE_AMBIGUOUS_BODY, RULE_LOCKDOWN, RULE_AUDIT_DOWN, RULE_UNRESOLVED,
	RULE_PRIVILEGED,
	RULE_HOST_NETWORK, RULE_HOST_PID, RULE_HOST_IPC, RULE_HOST_UTS, RULE_HOST_USERNS, RULE_HOST_CGROUP,
	RULE_CAPABILITY_BLOCKED, RULE_CAPABILITY_UNLISTED, RULE_CAPABILITY_DROP_ALL,
	RULE_MOUNT_BLOCKED, RULE_MOUNT_WARNED, RULE_MOUNT_BIND, RULE_MOUNT_WRITABLE,
	RULE_SECURITY_OPTION, RULE_SECCOMP, RULE_APPARMOR, RULE_NO_NEW_PRIVILEGES, RULE_MASKED_PATHS,
	RULE_NON_ROOT, RULE_USER_ALLOWED, RULE_USER_BLOCKED, RULE_USER_NUMERIC,
	RULE_READ_ONLY_ROOTFS, RULE_LIMITS, RULE_PIDS_LIMIT, RULE_MAX_MEMORY, RULE_MAX_CPUS,
	RULE_REGISTRY, RULE_REGISTRY_BLOCKED, RULE_IMAGE_BLOCKED, RULE_DIGEST, RULE_LATEST,
	RULE_DEVICES, RULE_RUNTIME, RULE_SYSCTL, RULE_CGROUP_PARENT,
	RULE_EXEC_PRIVILEGED, RULE_EXEC_ROOT,
	RULE_SWARM, RULE_PLUGINS, RULE_BUILDKIT, RULE_BUILD_REMOTE,
	RULE_COUNT
} RuleId;

#define RULE_FIXES 2

typedef struct RuleInfo {
	const char *id, *category;
	Severity severity;
	const char *message; /* '%' stands for what was found */
	const char *field, *flag; /* where it comes from: in the API, on the command line */
	const char *fixes[RULE_FIXES];
} RuleInfo;

extern const RuleInfo rule_catalogue[RULE_COUNT];
