/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "policy/check/actor.h"
#include "request/use.h"

/* "1000"; not what runc would take for a name or for another number. */
static bool read_id(const char *text, size_t length, uint32_t *ret)
{
	uint64_t value = 0;

	if (!length || length > strlen("4294967295"))
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(text[i] - '0');
	}
	*ret = (uint32_t)value;
	return value < UINT32_MAX;
}

/* Without a number the image says who it is, and may say root. */
static bool read_user(const char *user, Actor *actor)
{
	size_t length = strcspn(user, ":");

	if (user[length] && !(actor->gid_said = read_id(user + length + 1, strlen(user + length + 1), &actor->gid)))
		return false;
	return read_id(user, length, &actor->uid) && actor->uid != 0;
}

/* The last one counts; the daemon's default may be taken back. */
static bool has_no_gain(const Request *request)
{
	static const char *const spellings[] = { "no-new-privileges", "no-new-privileges=true", "no-new-privileges:true" };
	const StringList *options = &request->container.security_opt;
	bool set = request->engine.known && request->engine.no_new_privileges;

	for (size_t i = 0; i < options->count; i++) {
		if (!g_str_has_prefix(options->items[i], "no-new-privileges"))
			continue;
		set = false;
		for (size_t s = 0; s < G_N_ELEMENTS(spellings); s++)
			set = set || !strcmp(options->items[i], spellings[s]);
	}
	return set;
}

/* Capabilities with which nobody becomes somebody else or leaves such a file. */
static bool changes_no_ids(const char *capability)
{
	static const char *const harmless[] = { "AUDIT_WRITE", "BLOCK_SUSPEND", "IPC_LOCK", "KILL", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW", "SYSLOG", "SYS_NICE",
		"SYS_RESOURCE", "SYS_TIME", "WAKE_ALARM" };

	for (size_t i = 0; i < G_N_ELEMENTS(harmless); i++)
		if (!strcmp(capability, harmless[i]))
			return true;
	return false;
}

static bool changes_ids(const StringList *capabilities)
{
	for (size_t i = 0; i < capabilities->count; i++)
		if (!changes_no_ids(capabilities->items[i]))
			return true;
	return false;
}

Actor actor_of(const Evaluation *e)
{
	const ContainerSpec *spec = &e->request->container;
	const Use *use = e->request->use;
	Actor actor = {
		.writes = !use || use->writes, .foreign = use && use->foreign, .only_group = !spec->group_add.count,
		.no_gain = has_no_gain(e->request) && !(use && use->gains),
	};
	bool numeric = read_user(use && use->user ? use->user : spec->user, &actor);

	/* A program of the image's with root's setuid bit makes a process root when it may gain rights. */
	actor.may_be_root = !numeric || !actor.no_gain || spec->privileged || changes_ids(&spec->cap_add) || (use && use->capable);
	return actor;
}

/* Groups that are a way to more: by their names, and the system's as a whole but for somebody's own. */
static bool gives_power(const UserGroup *group, gid_t primary)
{
	static const char *const names[] = { "root", "adm", "admin", "disk", "docker", "incus", "incus-admin", "kmem", "kvm", "libvirt", "libvirt-qemu", "lxd", "microk8s", "netdev",
		"podman", "shadow", "staff", "sudo", "sys", "systemd-journal", "tty", "utmp", "video", "wheel" };

	if (!*group->name || group->gid == 0 || (group->gid < FIRST_ORDINARY_ID && group->gid != primary))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (!strcmp(group->name, names[i]))
			return true;
	return false;
}

static bool is_in(const Candidate *candidate, gid_t gid)
{
	for (size_t i = 0; i < candidate->group_count; i++)
		if (candidate->groups[i].gid == gid)
			return !gives_power(&candidate->groups[i], candidate->gid);
	return false;
}

bool actor_is_caller(const Evaluation *e, const Actor *actor)
{
	const Caller *caller = &e->situation->caller;
	bool seen = false;

	if (actor->may_be_root || actor->foreign || !actor->gid_said || !actor->only_group || !caller->complete)
		return false;
	for (size_t i = 0; i < caller->count; i++) {
		const Candidate *candidate = &caller->candidates[i];
		if (candidate->uid == 0)
			continue;
		if (candidate->uid != actor->uid || !is_in(candidate, actor->gid))
			return false;
		seen = true;
	}
	return seen;
}

static bool is_own_namespace(const char *mode)
{
	return strcmp(mode, "host") != 0 && !g_str_has_prefix(mode, "container:");
}

bool actor_is_bare(const Evaluation *e, const Actor *actor)
{
	const ContainerSpec *spec = &e->request->container;
	const char *const modes[] = { spec->network_mode, spec->pid_mode, spec->ipc_mode, spec->uts_mode, spec->userns_mode, spec->cgroupns_mode };
	bool restarts = *spec->restart_policy && strcmp(spec->restart_policy, "no") != 0;

	for (size_t i = 0; i < G_N_ELEMENTS(modes); i++)
		if (!is_own_namespace(modes[i]))
			return false;
	return actor_is_caller(e, actor) && !spec->cap_add.count && !spec->devices.count && !spec->device_requests && !spec->device_cgroup_rules.count && !restarts &&
	       e->request->kind != KIND_SERVICE;
}
