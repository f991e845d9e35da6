/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "request/equal.h"
#include "request/list.h"

#define SHOWN_BYTES 120u

/* What kind of value stands at an offset. */
typedef enum Kind { TEXT, FLAG, NUMBER, COUNT, LIST, SET, HIDDEN_SET, PAIRS, HIDDEN_PAIRS, MOUNTS, DEVICES, ULIMITS, PORTS } Kind;

typedef struct Member {
	const char *name;
	Kind kind;
	size_t offset;
} Member;

#define SPEC(member, kind) { #member, kind, offsetof(Request, container.member) }
#define OWN(member, kind) { #member, kind, offsetof(Request, member) }

static const Member members[] = {
	OWN(endpoint, TEXT), OWN(mutates, FLAG), OWN(problem_detail, TEXT), OWN(subject, TEXT), OWN(remote, TEXT), OWN(driver, TEXT),
	OWN(options, PAIRS), OWN(tags, LIST), OWN(has_container, FLAG), OWN(image.text, TEXT), OWN(image.registry, TEXT),
	OWN(image.repository, TEXT), OWN(image.tag, TEXT), OWN(image.digest, TEXT),
	SPEC(name, TEXT), SPEC(user, TEXT), SPEC(hostname, TEXT), SPEC(domainname, TEXT), SPEC(working_dir, TEXT), SPEC(command, LIST),
	SPEC(entrypoint, LIST), SPEC(entrypoint_set, FLAG), SPEC(env, HIDDEN_SET), SPEC(labels, HIDDEN_PAIRS), SPEC(annotations, PAIRS), SPEC(privileged, FLAG),
	SPEC(read_only_rootfs, FLAG), SPEC(auto_remove, FLAG), SPEC(publish_all_ports, FLAG), SPEC(oom_kill_disable, FLAG), SPEC(healthcheck, FLAG),
	SPEC(network_mode, TEXT), SPEC(pid_mode, TEXT), SPEC(ipc_mode, TEXT), SPEC(uts_mode, TEXT), SPEC(userns_mode, TEXT),
	SPEC(cgroupns_mode, TEXT), SPEC(cap_add, LIST), SPEC(cap_drop, LIST), SPEC(mounts, MOUNTS), SPEC(volumes_from, LIST),
	SPEC(volume_driver, TEXT), SPEC(devices, DEVICES), SPEC(device_requests, COUNT), SPEC(device_cgroup_rules, LIST), SPEC(security_opt, LIST),
	SPEC(masked_paths_set, FLAG), SPEC(readonly_paths_set, FLAG), SPEC(masked_paths, LIST), SPEC(readonly_paths, LIST),
	SPEC(sysctls, PAIRS), SPEC(runtime, TEXT), SPEC(cgroup_parent, TEXT),
	SPEC(restart_policy, TEXT), SPEC(log_driver, TEXT), SPEC(restart_retries, NUMBER), SPEC(log_options, HIDDEN_PAIRS),
	SPEC(storage_options, PAIRS), SPEC(memory, NUMBER), SPEC(memory_swap, NUMBER), SPEC(nano_cpus, NUMBER), SPEC(cpu_quota, NUMBER),
	SPEC(cpu_shares, NUMBER), SPEC(pids_limit, NUMBER), SPEC(shm_size, NUMBER), SPEC(oom_score_adj, NUMBER), SPEC(ulimits, ULIMITS),
	SPEC(ports, PORTS), SPEC(dns, LIST), SPEC(networks, SET), SPEC(links, LIST), SPEC(extra_hosts, LIST), SPEC(group_add, LIST),
};

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static StringList sorted(StringList list)
{
	if (list.count)
		qsort(list.items, list.count, sizeof *list.items, compare_text);
	return list;
}

static StringList pairs_text(const PairList *pairs, Arena *arena)
{
	StringList list = { 0 };

	for (size_t i = 0; i < pairs->count; i++)
		LIST_APPEND(arena, &list, arena_printf(arena, "%s=%s", pairs->items[i].key, pairs->items[i].value));
	return list;
}

static const char *mount_text(const Mount *m, Arena *arena)
{
	static const char *const kinds[] = { [MOUNT_BIND] = "bind", [MOUNT_VOLUME] = "volume", [MOUNT_TMPFS] = "tmpfs", [MOUNT_OTHER] = "other" };

	return arena_printf(arena, "%s %s (%s, %s) at %s%s %s %s", kinds[m->kind], m->source, m->clean, m->resolved, m->target,
		m->read_only ? " read-only" : "", m->driver, m->propagation);
}

static StringList mounts_text(const MountList *mounts, Arena *arena)
{
	StringList list = { 0 };

	for (size_t i = 0; i < mounts->count; i++)
		LIST_APPEND(arena, &list, mount_text(&mounts->items[i], arena));
	return list;
}

static StringList devices_text(const DeviceList *devices, Arena *arena)
{
	StringList list = { 0 };

	for (size_t i = 0; i < devices->count; i++) {
		const Device *d = &devices->items[i];
		LIST_APPEND(arena, &list, arena_printf(arena, "%s:%s:%s", d->path_on_host, d->path_in_container, d->permissions));
	}
	return list;
}

static StringList ulimits_text(const UlimitList *limits, Arena *arena)
{
	StringList list = { 0 };

	for (size_t i = 0; i < limits->count; i++) {
		const Ulimit *u = &limits->items[i];
		LIST_APPEND(arena, &list, arena_printf(arena, "%s=%" PRId64 ":%" PRId64, u->name, u->soft, u->hard));
	}
	return list;
}

static StringList ports_text(const PortList *ports, Arena *arena)
{
	StringList list = { 0 };

	for (size_t i = 0; i < ports->count; i++) {
		const Port *p = &ports->items[i];
		LIST_APPEND(arena, &list, arena_printf(arena, "%s:%s:%s", p->host_ip, p->host_port, p->container));
	}
	return list;
}

static StringList copy(const StringList *list, Arena *arena)
{
	StringList result = { 0 };

	for (size_t i = 0; i < list->count; i++)
		LIST_APPEND(arena, &result, list->items[i]);
	return result;
}

/* Any member as a list of texts, sorted where order means nothing. */
static StringList member_text(const Member *member, const Request *request, Arena *arena)
{
	const void *at = (const char *)request + member->offset;
	StringList list = { 0 };

	switch (member->kind) {
	case TEXT:
		LIST_APPEND(arena, &list, *(const char *const *)at);
		return list;
	case FLAG:
		LIST_APPEND(arena, &list, *(const bool *)at ? "yes" : "no");
		return list;
	case NUMBER:
		LIST_APPEND(arena, &list, arena_printf(arena, "%" PRId64, *(const int64_t *)at));
		return list;
	case COUNT:
		LIST_APPEND(arena, &list, arena_printf(arena, "%zu", *(const size_t *)at));
		return list;
	case LIST:
		return copy(at, arena);
	case SET:
	case HIDDEN_SET:
		return sorted(copy(at, arena));
	case PAIRS:
	case HIDDEN_PAIRS:
		return sorted(pairs_text(at, arena));
	case MOUNTS:
		return sorted(mounts_text(at, arena));
	case DEVICES:
		return devices_text(at, arena);
	case ULIMITS:
		return sorted(ulimits_text(at, arena));
	case PORTS:
		return sorted(ports_text(at, arena));
	}
	return list;
}

static const char *shown(const Member *member, const char *text, Arena *arena)
{
	bool hidden = member->kind == HIDDEN_SET || member->kind == HIDDEN_PAIRS;

	return text_printable(arena, hidden ? arena_strndup(arena, text, strcspn(text, "=")) : text, SHOWN_BYTES);
}

static bool member_equal(const Member *member, const Request *a, const Request *b, Arena *arena, const char **difference)
{
	StringList left = member_text(member, a, arena), right = member_text(member, b, arena);
	size_t at = 0;

	while (at < left.count && at < right.count && !strcmp(left.items[at], right.items[at]))
		at++;
	if (at == left.count && at == right.count)
		return true;
	*difference = arena_printf(arena, "%s: \"%s\" and \"%s\"", member->name, at < left.count ? shown(member, left.items[at], arena) : "",
		at < right.count ? shown(member, right.items[at], arena) : "");
	return false;
}

bool request_equal(const Request *a, const Request *b, Arena *arena, const char **difference)
{
	*difference = "";
	if (a->kind != b->kind || a->problem != b->problem) {
		*difference = arena_printf(arena, "kind %d and %d, problem %d and %d", a->kind, b->kind, a->problem, b->problem);
		return false;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
		if (!member_equal(&members[i], a, b, arena, difference))
			return false;
	return true;
}
