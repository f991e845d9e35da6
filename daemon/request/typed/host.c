/* SPDX-License-Identifier: MIT
 *
 * HostConfig of a create call, as the flags that make it (docker/cli cli/command/container/opts.go).
 */
#include <string.h>
#include "request/list.h"
#include "request/typed/member.h"

#define NANO 1000000000
#define OBJECT(json, members, typing) typed_object(json, members, G_N_ELEMENTS(members), typing)

static bool read_mode(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	return json_string(json, &typing->network_mode);
}

static bool read_restart_name(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	return json_string(json, &typing->restart);
}

static bool read_restart_count(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	return json_int(json, &typing->restarts);
}

static bool read_restart(Json *json, const char *flag, Typing *typing)
{
	static const TypedMember members[] = { { "Name", read_restart_name, NULL }, { "MaximumRetryCount", read_restart_count, NULL } };

	if (!OBJECT(json, members, typing))
		return false;
	if (typing->restarts)
		typed_flag(typing, flag, arena_printf(typing->arena, "%s:%" G_GINT64_FORMAT, typing->restart, typing->restarts));
	else if (*typing->restart && strcmp(typing->restart, "no") != 0)
		typed_flag(typing, flag, typing->restart);
	return true;
}

/* Options of a log driver may be credentials: with them there is no line. */
static bool read_log(Json *json, const char *flag, Typing *typing)
{
	const TypedMember members[] = { { "Type", typed_text, flag } };

	return OBJECT(json, members, typing);
}

static bool read_swappiness(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing G_GNUC_UNUSED)
{
	int64_t number = -1;

	return json_int(json, &number) && number == -1;
}

static bool read_cpus(Json *json, const char *flag, Typing *typing)
{
	int64_t nano = 0;

	if (!json_int(json, &nano) || nano < 0)
		return false;
	if (nano)
		typed_flag(typing, flag, arena_printf(typing->arena, "%" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT, nano / NANO, nano % NANO));
	return true;
}

static bool read_console(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing G_GNUC_UNUSED)
{
	return json_skip(json, NULL); /* the size of the client's terminal */
}

/* A profile is in the call as the text of its file; whose name nobody knows. */
static bool read_security(Json *json, const char *flag, Typing *typing)
{
	StringList list = { 0 };

	if (!json_strings(json, &list))
		return false;
	for (size_t i = 0; i < list.count; i++) {
		if (strchr(list.items[i], '{'))
			return false;
		typed_flag(typing, flag, list.items[i]);
	}
	return true;
}

static bool read_tmpfs(Json *json, const char *flag, Typing *typing)
{
	PairList pairs = { 0 };

	if (!json_pairs(json, &pairs))
		return false;
	for (size_t i = 0; i < pairs.count; i++) {
		const Pair *pair = &pairs.items[i];
		typed_flag(typing, flag, *pair->value ? arena_printf(typing->arena, "%s:%s", pair->key, pair->value) : pair->key);
	}
	return true;
}

/* null is Docker's list; an empty one takes it away. */
static bool read_paths(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	StringList list = { 0 };

	if (json_null(json))
		return true;
	typing->unconfined++;
	return json_strings(json, &list) && !list.count;
}

typedef struct Binding {
	const char *ip, *port, *inside;
	Typing *typing;
} Binding;

static bool read_binding(Json *json, void *data)
{
	static const JsonField fields[] = { JSON_FIELD("HostIp", Binding, ip, json_string), JSON_FIELD("HostPort", Binding, port, json_string) };
	Binding *binding = data;
	Arena *arena = binding->typing->arena;

	binding->ip = binding->port = "";
	if (!json_object(json, fields, G_N_ELEMENTS(fields), binding))
		return false;
	const char *ip = strchr(binding->ip, ':') ? arena_printf(arena, "[%s]", binding->ip) : binding->ip;
	const char *outside = *ip ? arena_printf(arena, "%s:%s:", ip, binding->port) : *binding->port ? arena_printf(arena, "%s:", binding->port) : "";
	typed_flag(binding->typing, "--publish", arena_printf(arena, "%s%s", outside, binding->inside));
	return true;
}

static bool read_port(Json *json, const char *key, void *data)
{
	Binding binding = { .inside = key, .typing = data };

	LIST_APPEND(binding.typing->arena, &binding.typing->published, key);
	return json_array(json, read_binding, &binding);
}

static bool read_ports(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	return json_map(json, read_port, typing);
}

typedef struct Node {
	const char *host, *inside, *rights;
} Node;

static bool read_device(Json *json, void *data)
{
	static const JsonField fields[] = {
		JSON_FIELD("PathOnHost", Node, host, json_string), JSON_FIELD("PathInContainer", Node, inside, json_string),
		JSON_FIELD("CgroupPermissions", Node, rights, json_string),
	};
	Node node = { "", "", "" };
	Typing *typing = data;

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &node) || !*node.host || !*node.inside || !*node.rights)
		return false;
	typed_flag(typing, "--device", arena_printf(typing->arena, "%s:%s:%s", node.host, node.inside, node.rights));
	return true;
}

static bool read_devices(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	return json_array(json, read_device, typing);
}

static bool read_ulimit(Json *json, void *data)
{
	static const JsonField fields[] = {
		JSON_FIELD("Name", Ulimit, name, json_string), JSON_FIELD("Soft", Ulimit, soft, json_int), JSON_FIELD("Hard", Ulimit, hard, json_int),
	};
	Ulimit ulimit = { .name = "" };
	Typing *typing = data;

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &ulimit))
		return false;
	typed_flag(typing, "--ulimit", arena_printf(typing->arena, "%s=%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, ulimit.name, ulimit.soft, ulimit.hard));
	return true;
}

static bool read_ulimits(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	return json_array(json, read_ulimit, typing);
}

#define TEXT(name, flag) { name, typed_text, flag }
#define SWITCH(name, flag) { name, typed_switch, flag }
#define NUMBER(name, flag) { name, typed_number, flag }
#define LIST(name, flag) { name, typed_list, flag }

/* Mounts, StorageOpt, Annotations, DeviceRequests and all that is not here must be empty. */
static const TypedMember members[] = {
	LIST("Binds", "--volume"), { "LogConfig", read_log, "--log-driver" }, { "NetworkMode", read_mode, NULL }, { "PortBindings", read_ports, NULL },
	{ "RestartPolicy", read_restart, "--restart" }, SWITCH("AutoRemove", "--rm"), TEXT("VolumeDriver", "--volume-driver"), LIST("VolumesFrom", "--volumes-from"),
	LIST("CapAdd", "--cap-add"), LIST("CapDrop", "--cap-drop"), TEXT("CgroupnsMode", "--cgroupns"), LIST("Dns", "--dns"), LIST("DnsOptions", "--dns-option"),
	LIST("DnsSearch", "--dns-search"), LIST("ExtraHosts", "--add-host"), LIST("GroupAdd", "--group-add"), TEXT("IpcMode", "--ipc"), LIST("Links", "--link"),
	NUMBER("OomScoreAdj", "--oom-score-adj"), TEXT("PidMode", "--pid"), SWITCH("Privileged", "--privileged"), SWITCH("PublishAllPorts", "--publish-all"),
	SWITCH("ReadonlyRootfs", "--read-only"), { "SecurityOpt", read_security, "--security-opt" }, { "Tmpfs", read_tmpfs, "--tmpfs" }, TEXT("UTSMode", "--uts"),
	TEXT("UsernsMode", "--userns"), NUMBER("ShmSize", "--shm-size"), { "Sysctls", typed_pairs, "--sysctl" }, TEXT("Runtime", "--runtime"),
	{ "ConsoleSize", read_console, NULL }, NUMBER("CpuShares", "--cpu-shares"), NUMBER("Memory", "--memory"), { "NanoCpus", read_cpus, "--cpus" },
	TEXT("CgroupParent", "--cgroup-parent"), NUMBER("BlkioWeight", "--blkio-weight"), NUMBER("CpuPeriod", "--cpu-period"), NUMBER("CpuQuota", "--cpu-quota"),
	NUMBER("CpuRealtimePeriod", "--cpu-rt-period"), NUMBER("CpuRealtimeRuntime", "--cpu-rt-runtime"), TEXT("CpusetCpus", "--cpuset-cpus"),
	TEXT("CpusetMems", "--cpuset-mems"), { "Devices", read_devices, NULL }, LIST("DeviceCgroupRules", "--device-cgroup-rule"),
	NUMBER("MemoryReservation", "--memory-reservation"), NUMBER("MemorySwap", "--memory-swap"), { "MemorySwappiness", read_swappiness, NULL },
	SWITCH("OomKillDisable", "--oom-kill-disable"), NUMBER("PidsLimit", "--pids-limit"), { "Ulimits", read_ulimits, NULL }, { "Init", typed_choice, "--init" },
	{ "MaskedPaths", read_paths, NULL }, { "ReadonlyPaths", read_paths, NULL },
};

bool typed_host_config(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	return OBJECT(json, members, typing);
}
