/* SPDX-License-Identifier: MIT
 *
 * Items: CIS Docker Benchmark 1.7, sections 4 and 5; Pod Security Standards, baseline and restricted.
 */
#include <string.h>
#include "base/text.h"
#include "policy/coverage.h"
#include "policy/model.h"
#include "policy/rules.h"

/* Where a rule of the catalogue stands in a policy and which key switches it on. */
typedef enum Switch { ALWAYS, FLAG, LIST, NUMBER } Switch;

static const struct { RuleId id; size_t rule; Switch how; size_t by; } switches[] = {
#define ON(id, member) { id, offsetof(Policy, member), ALWAYS, 0 }
#define BY(id, member, how, key) { id, offsetof(Policy, member.rule), how, offsetof(Policy, member.key) }
	ON(RULE_PRIVILEGED, privileged), ON(RULE_HOST_NETWORK, namespaces[NS_NETWORK]), ON(RULE_HOST_PID, namespaces[NS_PID]),
	ON(RULE_HOST_IPC, namespaces[NS_IPC]), ON(RULE_HOST_UTS, namespaces[NS_UTS]), ON(RULE_HOST_USERNS, namespaces[NS_USERNS]),
	BY(RULE_CAPABILITY_BLOCKED, capabilities, LIST, blocked), BY(RULE_CAPABILITY_WARNED, capabilities, LIST, warned), ON(RULE_CAPABILITY_UNLISTED, capabilities.rule),
	BY(RULE_CAPABILITY_DROP_ALL, capabilities, FLAG, require_drop_all), BY(RULE_MOUNT_BLOCKED, mounts, LIST, blocked),
	BY(RULE_MOUNT_WARNED, mounts, LIST, warned), BY(RULE_MOUNT_BIND, mounts, FLAG, block_bind_mounts),
	BY(RULE_MOUNT_PROPAGATION, mounts, FLAG, block_shared_propagation), BY(RULE_SECURITY_OPTION, security, LIST, allowed.globs),
	BY(RULE_SECCOMP, security, FLAG, require_seccomp), BY(RULE_APPARMOR, security, FLAG, require_apparmor),
	BY(RULE_NO_NEW_PRIVILEGES, security, FLAG, require_no_new_privileges), ON(RULE_MASKED_PATHS, masked_paths),
	BY(RULE_NON_ROOT, container, FLAG, require_non_root), BY(RULE_USER_NUMERIC, container, FLAG, require_numeric_user),
	BY(RULE_READ_ONLY_ROOTFS, container, FLAG, require_read_only_rootfs), BY(RULE_LIMITS, container, FLAG, require_resource_limits),
	BY(RULE_CPU_LIMIT, container, FLAG, require_cpu_limit), BY(RULE_PIDS_LIMIT, container, FLAG, require_pids_limit),
	BY(RULE_HEALTHCHECK, container, FLAG, require_healthcheck), BY(RULE_MAX_MEMORY, container, NUMBER, max_memory),
	BY(RULE_MAX_CPUS, container, NUMBER, max_cpus), BY(RULE_MAX_PIDS, container, NUMBER, max_pids), BY(RULE_RESTART, restart, LIST, allowed.globs),
	BY(RULE_ULIMITS, ulimits, LIST, max), BY(RULE_REGISTRY, images, LIST, allowed.written), BY(RULE_REGISTRY_BLOCKED, images, LIST, blocked.written),
	BY(RULE_IMAGE_BLOCKED, images, LIST, blocked_images.globs), BY(RULE_DIGEST, images, FLAG, require_digest), ON(RULE_LATEST, images.rule),
	BY(RULE_SIGNED, images, FLAG, require_signed), ON(RULE_DEVICES, devices.rule),
	BY(RULE_DEVICE_WARNED, devices, LIST, warned.globs), ON(RULE_SYSCTL, sysctls.rule),
	ON(RULE_CGROUP_PARENT, cgroup_parent.rule), BY(RULE_PORT_BLOCKED, network, LIST, blocked_ports),
	BY(RULE_PORT_PRIVILEGED, network, FLAG, block_privileged_ports), BY(RULE_PORT_INTERFACES, network, FLAG, block_all_interfaces),
	BY(RULE_PUBLISH_ALL, network, FLAG, block_publish_all), BY(RULE_DEFAULT_BRIDGE, network, FLAG, block_default_bridge),
	BY(RULE_ENV_SECRET, environment, FLAG, block_secrets), BY(RULE_ENV_PATTERN, environment, LIST, secret_patterns),
	ON(RULE_EXEC_PRIVILEGED, exec_privileged), ON(RULE_EXEC_ROOT, exec_root), ON(RULE_ENDPOINT_SWARM, endpoints[FAMILY_SWARM]),
#undef ON
#undef BY
};

#define PSS_RULES 6

/* An item of the Pod Security Standards names its rules; one of CIS has those that refer to it. */
static const struct { const char *item, *title; const char *rules[PSS_RULES]; } items[] = {
	{ "CIS-4.1", "A user for the container has been created", { NULL } },
	{ "CIS-4.2", "Containers use only trusted base images", { NULL } },
	{ "CIS-4.3", "Unnecessary packages are not installed", { "n/a" } },
	{ "CIS-4.4", "Images are scanned", { NULL } },
	{ "CIS-4.5", "Content trust is enabled", { NULL } },
	{ "CIS-4.6", "HEALTHCHECK instructions have been added", { NULL } },
	{ "CIS-4.7", "Update instructions are not used alone", { "n/a" } },
	{ "CIS-4.8", "setuid and setgid permissions are removed", { "n/a" } },
	{ "CIS-4.9", "COPY is used instead of ADD", { "n/a" } },
	{ "CIS-4.10", "Secrets are not stored in images", { NULL } },
	{ "CIS-4.11", "Only verified packages are installed", { "n/a" } },
	{ "CIS-4.12", "Signed artifacts are validated", { NULL } },
	{ "CIS-5.1", "Swarm mode is not enabled, if not needed", { NULL } },
	{ "CIS-5.2", "An AppArmor profile is enabled", { NULL } },
	{ "CIS-5.3", "SELinux security options are set", { NULL } },
	{ "CIS-5.4", "Linux kernel capabilities are restricted", { NULL } },
	{ "CIS-5.5", "Privileged containers are not used", { NULL } },
	{ "CIS-5.6", "Sensitive host directories are not mounted", { NULL } },
	{ "CIS-5.7", "sshd does not run in containers", { "n/a" } },
	{ "CIS-5.8", "Privileged ports are not mapped", { NULL } },
	{ "CIS-5.9", "Only needed ports are open", { NULL } },
	{ "CIS-5.10", "The host's network namespace is not shared", { NULL } },
	{ "CIS-5.11", "Memory usage is limited", { NULL } },
	{ "CIS-5.12", "CPU priority is set", { NULL } },
	{ "CIS-5.13", "The root file system is mounted read-only", { NULL } },
	{ "CIS-5.14", "Traffic is bound to a specific host interface", { NULL } },
	{ "CIS-5.15", "on-failure restarts are limited to 5", { NULL } },
	{ "CIS-5.16", "The host's process namespace is not shared", { NULL } },
	{ "CIS-5.17", "The host's IPC namespace is not shared", { NULL } },
	{ "CIS-5.18", "Host devices are not directly exposed", { NULL } },
	{ "CIS-5.19", "Default ulimits are overwritten if needed", { NULL } },
	{ "CIS-5.20", "Mount propagation mode is not shared", { NULL } },
	{ "CIS-5.21", "The host's UTS namespace is not shared", { NULL } },
	{ "CIS-5.22", "The default seccomp profile is not disabled", { NULL } },
	{ "CIS-5.23", "docker exec is not used with --privileged", { NULL } },
	{ "CIS-5.24", "docker exec is not used with --user=root", { NULL } },
	{ "CIS-5.25", "cgroup usage is confirmed", { NULL } },
	{ "CIS-5.26", "No new privileges are acquired", { NULL } },
	{ "CIS-5.27", "Container health is checked at run time", { NULL } },
	{ "CIS-5.28", "The latest version of an image is used knowingly", { NULL } },
	{ "CIS-5.29", "The PIDs cgroup limit is used", { NULL } },
	{ "CIS-5.30", "Docker's default bridge is not used", { NULL } },
	{ "CIS-5.31", "The host's user namespace is not shared", { NULL } },
	{ "CIS-5.32", "Docker's socket is not mounted", { NULL } },
	{ "PSS-baseline", "Privileged containers", { "privileged" } },
	{ "PSS-baseline", "Host namespaces", { "host_namespaces.network", "host_namespaces.pid", "host_namespaces.ipc" } },
	{ "PSS-baseline", "Capabilities", { "capabilities.blocked", "capabilities.default" } },
	{ "PSS-baseline", "HostPath volumes", { "mounts.block_bind_mounts" } },
	{ "PSS-baseline", "Host ports", { "network.blocked_ports", "network.block_privileged_ports" } },
	{ "PSS-baseline", "AppArmor", { "security_options.allowed", "security_options.apparmor" } },
	{ "PSS-baseline", "SELinux", { "security_options.allowed" } },
	{ "PSS-baseline", "/proc mount type", { "masked_paths" } },
	{ "PSS-baseline", "Seccomp", { "security_options.allowed", "security_options.seccomp" } },
	{ "PSS-baseline", "Sysctls", { "sysctls" } },
	{ "PSS-restricted", "Volume types", { "mounts.block_bind_mounts" } },
	{ "PSS-restricted", "Privilege escalation", { "security_options.require_no_new_privileges" } },
	{ "PSS-restricted", "Running as non-root", { "container.require_non_root" } },
	{ "PSS-restricted", "Running as non-root user id", { "container.require_numeric_user" } },
	{ "PSS-restricted", "Seccomp", { "security_options.seccomp" } },
	{ "PSS-restricted", "Capabilities", { "capabilities.require_drop_all" } },
};

/* What scans are for has no rule of its own in the file. */
static const struct { RuleId id; size_t enabled; } scans[] = {
	{ RULE_IMAGE_SCAN, offsetof(Policy, require_image_scan) },
	{ RULE_IMAGE_FINDINGS, offsetof(Policy, image_scanning.enabled) },
	{ RULE_SECRET_SCAN, offsetof(Policy, secret_scanning.enabled) },
};

static bool is_on(const Policy *policy, size_t row)
{
	const char *by = (const char *)policy + switches[row].by;

	switch (switches[row].how) {
	case ALWAYS:
		return true;
	case FLAG:
		return *(const bool *)by;
	case NUMBER:
		return *(const int64_t *)by != 0;
	case LIST:
		return ((const StringList *)(const void *)by)->count > 0;
	}
	return false;
}

/* A few rules have a say of their own about what happens. */
static Action action_of(const Policy *policy, size_t row)
{
	const Rule *rule = (const Rule *)(const void *)((const char *)policy + switches[row].rule);

	if (!rule->set || !is_on(policy, row))
		return ACTION_ALLOW;
	switch (switches[row].id) {
	case RULE_CAPABILITY_UNLISTED:
		return policy->capabilities.default_action;
	case RULE_LATEST:
		return policy->images.block_latest_tag ? ACTION_BLOCK : ACTION_WARN;
	case RULE_MOUNT_WARNED:
	case RULE_CAPABILITY_WARNED:
	case RULE_DEVICE_WARNED:
		return ACTION_WARN;
	case RULE_CAPABILITY_BLOCKED:
	case RULE_MOUNT_BLOCKED:
		return ACTION_BLOCK;
	default:
		return rule->action;
	}
}

/* "CIS-5.2" is not in "CIS-5.22". */
static bool refers(const char *references, const char *item)
{
	size_t length = strlen(item);

	for (const char *at = references; at && (at = strstr(at, item)); at++)
		if (!at[length] || at[length] == ',')
			return true;
	return false;
}

static bool belongs(size_t item, RuleId id)
{
	const RuleInfo *info = &rule_catalogue[id];

	if (!items[item].rules[0])
		return refers(info->references, items[item].item);
	for (size_t i = 0; i < PSS_RULES && items[item].rules[i]; i++)
		if (!strcmp(items[item].rules[i], info->id))
			return true;
	return false;
}

static void cover(const Policy *policy, size_t item, Arena *arena, CoverageRow *ret)
{
	Action best = ACTION_ALLOW;
	Buffer rules = BUFFER_INIT(arena);

	buffer_puts(&rules, "");
	for (size_t row = 0; row < G_N_ELEMENTS(switches); row++) {
		Action action = belongs(item, switches[row].id) ? action_of(policy, row) : ACTION_ALLOW;
		if (action != ACTION_ALLOW)
			buffer_printf(&rules, "%s%s", rules.length ? ", " : "", rule_catalogue[switches[row].id].id);
		best = MAX(best, action);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(scans); i++)
		if (refers(rule_catalogue[scans[i].id].references, items[item].item) && *(const bool *)((const char *)policy + scans[i].enabled)) {
			buffer_printf(&rules, "%s%s", rules.length ? ", " : "", rule_catalogue[scans[i].id].id);
			best = ACTION_BLOCK;
		}
	if (policy->mode != MODE_ENFORCE)
		best = MIN(best, ACTION_WARN);
	bool hidden = items[item].rules[0] && !strcmp(items[item].rules[0], "n/a");
	*ret = (CoverageRow){
		.item = items[item].item, .title = items[item].title, .rules = rules.data,
		.status = hidden ? "n/a" : best == ACTION_ALLOW ? "-" : action_name(best),
	};
}

CoverageRow *policy_coverage(const Policy *policy, Arena *arena, size_t *ret_count)
{
	CoverageRow *rows = arena_alloc(arena, G_N_ELEMENTS(items) * sizeof *rows);

	for (size_t i = 0; i < G_N_ELEMENTS(items); i++)
		cover(policy, i, arena, &rows[i]);
	*ret_count = G_N_ELEMENTS(items);
	return rows;
}
