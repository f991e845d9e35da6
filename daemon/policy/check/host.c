/* SPDX-License-Identifier: MIT
 *
 * What gives the host away: privileges, namespaces, devices, the runtime.
 */
#include <string.h>
#include "policy/check/check.h"

void check_privileged(Evaluation *e)
{
	if (e->request->container.privileged)
		check_report(e, RULE_PRIVILEGED, &e->policy->privileged, "");
}

void check_namespaces(Evaluation *e)
{
	const ContainerSpec *spec = &e->request->container;
	const struct { const char *mode; RuleId id; } namespaces[NS_COUNT] = {
		[NS_NETWORK] = { spec->network_mode, RULE_HOST_NETWORK },
		[NS_PID] = { spec->pid_mode, RULE_HOST_PID },
		[NS_IPC] = { spec->ipc_mode, RULE_HOST_IPC },
		[NS_UTS] = { spec->uts_mode, RULE_HOST_UTS },
		[NS_USERNS] = { spec->userns_mode, RULE_HOST_USERNS },
		[NS_CGROUP] = { spec->cgroupns_mode, RULE_HOST_CGROUP },
	};

	bool own_rule = e->request->kind == KIND_IMAGE_BUILD && e->policy->build.host_network.set;

	for (size_t i = own_rule ? NS_NETWORK + 1 : 0; i < NS_COUNT; i++)
		if (!strcmp(namespaces[i].mode, "host"))
			check_report(e, namespaces[i].id, &e->policy->namespaces[i], "");
}

/* "container:NAME": the caller gets what that container has, and it may be somebody else's. */
void check_shared_namespaces(Evaluation *e)
{
	static const char joined[] = "container:";
	const ContainerSpec *spec = &e->request->container;
	const struct { const char *mode; RuleId id; } modes[SHARED_COUNT] = {
		[SHARED_NETWORK] = { spec->network_mode, RULE_SHARED_NETWORK },
		[SHARED_PID] = { spec->pid_mode, RULE_SHARED_PID },
		[SHARED_IPC] = { spec->ipc_mode, RULE_SHARED_IPC },
	};

	for (size_t i = 0; i < SHARED_COUNT; i++)
		if (g_str_has_prefix(modes[i].mode, joined))
			check_report(e, modes[i].id, &e->policy->shared_namespaces[i], modes[i].mode + strlen(joined));
}

static bool own_network(const char *mode)
{
	return strcmp(mode, "host") != 0 && !g_str_has_prefix(mode, "container:");
}

static const Entry *find_entry(const EntryList *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].name, name))
			return &list->items[i];
	return NULL;
}

static bool has(const StringList *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], text))
			return true;
	return false;
}

/* ALL holds every blocked one; it is only fine when the list of allowed ones says ALL. */
static const Entry *blocked_capability(const CapabilityRules *rules, const char *name)
{
	const Entry *entry = find_entry(&rules->blocked, name);

	if (entry || strcmp(name, "ALL") != 0 || has(&rules->allowed, name))
		return entry;
	for (size_t i = 0; i < rules->blocked.count; i++)
		if (!entry || rules->blocked.items[i].action > entry->action)
			entry = &rules->blocked.items[i];
	return entry;
}

void check_capabilities(Evaluation *e)
{
	const CapabilityRules *rules = &e->policy->capabilities;
	const StringList *added = &e->request->container.cap_add;

	for (size_t i = 0; i < added->count; i++) {
		const Entry *entry = blocked_capability(rules, added->items[i]), *warned = find_entry(&rules->warned, added->items[i]);
		if (entry)
			check_report_as(e, RULE_CAPABILITY_BLOCKED, &rules->rule, entry->action, entry->message, added->items[i]);
		else if (warned && warned->require_own_network && !own_network(e->request->container.network_mode))
			check_report_as(e, RULE_CAPABILITY_BLOCKED, &rules->rule, rules->rule.action, "", arena_printf(e->arena, "%s in a network that is not the container's own", warned->name));
		else if (warned)
			check_report_as(e, RULE_CAPABILITY_WARNED, &rules->rule, MIN(rules->rule.action, ACTION_WARN), warned->message, warned->name);
		else if (!has(&rules->allowed, added->items[i]))
			check_report_as(e, RULE_CAPABILITY_UNLISTED, &rules->rule, rules->default_action, "", added->items[i]);
	}
}

void check_drop_all(Evaluation *e)
{
	if (e->policy->capabilities.require_drop_all && !has(&e->request->container.cap_drop, "ALL"))
		check_report(e, RULE_CAPABILITY_DROP_ALL, &e->policy->capabilities.rule, "");
}

static void judge_device(Evaluation *e, const DeviceRules *rules, const Device *device)
{
	if (patterns_match(&rules->allowed, device->clean) && patterns_match(&rules->allowed, device->resolved))
		return;
	e->also = strcmp(device->clean, device->resolved) != 0 ? device->resolved : "";
	if (patterns_match(&rules->warned, device->clean) && patterns_match(&rules->warned, device->resolved))
		check_report_as(e, RULE_DEVICE_WARNED, &rules->rule, MIN(rules->rule.action, ACTION_WARN), "", device->clean);
	else
		check_report(e, RULE_DEVICES, &rules->rule, device->clean);
	e->also = "";
}

void check_devices(Evaluation *e)
{
	const ContainerSpec *spec = &e->request->container;
	const DeviceRules *rules = &e->policy->devices;

	for (size_t i = 0; i < spec->devices.count; i++)
		judge_device(e, rules, &spec->devices.items[i]);
	if (spec->device_requests)
		check_report(e, RULE_DEVICES, &rules->rule, "device requests (GPUs, CDI)");
	for (size_t i = 0; i < spec->device_cgroup_rules.count; i++)
		check_report(e, RULE_DEVICES, &rules->rule, spec->device_cgroup_rules.items[i]);
}

/* runc writes to the file that is left when '.' becomes '/' (libcontainer, sysctl.go): what has an empty part climbs out of the directory
 * that it begins with.  Both ways to write it are one. */
static bool sysctl_allowed(const Patterns *allowed, const char *key, Arena *arena)
{
	char *dotted = arena_strdup(arena, key);

	for (char *at = dotted; *at; at++)
		if (*at == '/')
			*at = '.';
	size_t length = strlen(dotted);
	if (!length || *dotted == '.' || dotted[length - 1] == '.' || strstr(dotted, ".."))
		return false;
	for (const char *at = dotted; *at; at++)
		if (!g_ascii_isgraph(*at))
			return false;
	return patterns_match(allowed, dotted) || patterns_match(allowed, key);
}

/* "net.ipv4.conf.IFNAME.log_martians=1,..." (moby libnetwork/osl, of Docker 28). */
static void judge_endpoint_sysctls(Evaluation *e, const char *value)
{
	g_auto(GStrv) settings = g_strsplit(value, ",", -1);

	for (size_t i = 0; settings[i]; i++) {
		const char *key = arena_strndup(e->arena, settings[i], strcspn(settings[i], "="));
		if (!sysctl_allowed(&e->policy->sysctls.allowed, key, e->arena))
			check_report(e, RULE_SYSCTL, &e->policy->sysctls.rule, key);
	}
}

void check_runtime(Evaluation *e)
{
	const ContainerSpec *spec = &e->request->container;

	if (*spec->runtime && !patterns_match(&e->policy->runtimes.allowed, spec->runtime))
		check_report(e, RULE_RUNTIME, &e->policy->runtimes.rule, spec->runtime);
	for (size_t i = 0; i < spec->sysctls.count; i++)
		if (!sysctl_allowed(&e->policy->sysctls.allowed, spec->sysctls.items[i].key, e->arena))
			check_report(e, RULE_SYSCTL, &e->policy->sysctls.rule, spec->sysctls.items[i].key);
	for (size_t i = 0; i < spec->endpoint_options.count; i++)
		if (!strcmp(spec->endpoint_options.items[i].key, "com.docker.network.endpoint.sysctls"))
			judge_endpoint_sysctls(e, spec->endpoint_options.items[i].value);
	for (size_t i = 0; i < spec->annotations.count; i++)
		if (!patterns_match(&e->policy->annotations.allowed, spec->annotations.items[i].key))
			check_report(e, RULE_ANNOTATION, &e->policy->annotations.rule, spec->annotations.items[i].key);
	if (*spec->cgroup_parent && !patterns_match(&e->policy->cgroup_parent.allowed, spec->cgroup_parent))
		check_report(e, RULE_CGROUP_PARENT, &e->policy->cgroup_parent.rule, spec->cgroup_parent);
}
