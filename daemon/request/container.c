/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/container.h"
#include "request/image.h"
#include "request/list.h"
#include "request/mounts.h"

const char *capability_normalise(const char *name, Arena *arena)
{
	char *upper = g_utf8_strup(name, -1);
	const char *kept = arena_strdup(arena, g_str_has_prefix(upper, "CAP_") ? upper + strlen("CAP_") : upper);

	g_free(upper);
	return kept;
}

bool container_read_capabilities(Json *json, void *target)
{
	StringList raw = { 0 };

	if (!json_string_or_strings(json, &raw))
		return false;
	for (size_t i = 0; i < raw.count; i++)
		LIST_APPEND(json->arena, (StringList *)target, capability_normalise(raw.items[i], json->arena));
	return true;
}

static const JsonField device_fields[] = {
	JSON_FIELD("PathOnHost", Device, path_on_host, json_string),
	JSON_FIELD("PathInContainer", Device, path_in_container, json_string),
	JSON_FIELD("CgroupPermissions", Device, permissions, json_string),
};

static bool read_device(Json *json, void *target)
{
	Device device = { "", "", "" };

	if (!json_object(json, device_fields, G_N_ELEMENTS(device_fields), &device))
		return false;
	LIST_APPEND(json->arena, (DeviceList *)target, device);
	return true;
}

static bool read_devices(Json *json, void *target)
{
	return json_array(json, read_device, target);
}

static const JsonField binding_fields[] = {
	JSON_FIELD("HostIp", Port, host_ip, json_string),
	JSON_FIELD("HostPort", Port, host_port, json_string),
};

typedef struct Bindings {
	PortList *ports;
	const char *container;
} Bindings;

static bool read_binding(Json *json, void *target)
{
	Bindings *bindings = target;
	Port port = { bindings->container, "", "" };

	if (!json_object(json, binding_fields, G_N_ELEMENTS(binding_fields), &port))
		return false;
	LIST_APPEND(json->arena, bindings->ports, port);
	return true;
}

static bool read_port(Json *json, const char *key, void *target)
{
	return json_array(json, read_binding, &(Bindings){ target, key });
}

static bool read_ports(Json *json, void *target)
{
	return json_map(json, read_port, target);
}

static const JsonField ulimit_fields[] = {
	JSON_FIELD("Name", Ulimit, name, json_string),
	JSON_FIELD("Soft", Ulimit, soft, json_int),
	JSON_FIELD("Hard", Ulimit, hard, json_int),
};

static bool read_ulimit(Json *json, void *target)
{
	Ulimit ulimit = { .name = "" };

	if (!json_object(json, ulimit_fields, G_N_ELEMENTS(ulimit_fields), &ulimit))
		return false;
	LIST_APPEND(json->arena, (UlimitList *)target, ulimit);
	return true;
}

bool container_read_ulimits(Json *json, void *target)
{
	return json_array(json, read_ulimit, target);
}

#define FIELD(name, member, reader) JSON_FIELD(name, ContainerSpec, member, reader)

static bool read_restart(Json *json, void *target)
{
	static const JsonField fields[] = {
		FIELD("Name", restart_policy, json_string),
		FIELD("MaximumRetryCount", restart_retries, json_int),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_log(Json *json, void *target)
{
	static const JsonField fields[] = {
		FIELD("Type", log_driver, json_string),
		FIELD("Config", log_options, json_pairs),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

bool container_read_healthcheck(Json *json, void *target)
{
	const JsonField fields[] = { { "Test", strlen("Test"), 0, json_strings } };
	StringList test = { 0 };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &test))
		return false;
	*(bool *)target = test.count && strcmp(test.items[0], "NONE") != 0;
	return true;
}

static bool read_endpoint(Json *json, const char *key, void *target)
{
	LIST_APPEND(json->arena, &((ContainerSpec *)target)->networks, key);
	return json_skip(json, NULL);
}

static bool read_endpoints(Json *json, void *target)
{
	return json_map(json, read_endpoint, target);
}

static bool read_networking(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("EndpointsConfig", read_endpoints) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_masked(Json *json, void *target)
{
	ContainerSpec *spec = target;

	if (json_null(json))
		return true;
	return spec->masked_paths_set = json_strings(json, &spec->masked_paths);
}

static bool read_readonly(Json *json, void *target)
{
	ContainerSpec *spec = target;

	if (json_null(json))
		return true;
	return spec->readonly_paths_set = json_strings(json, &spec->readonly_paths);
}

/* container.Config, in Docker's order. */
static const JsonField config_fields[] = {
	FIELD("Hostname", hostname, json_string),
	FIELD("Domainname", domainname, json_string),
	FIELD("User", user, json_string),
	FIELD("Env", env, json_strings),
	FIELD("Cmd", command, json_string_or_strings),
	FIELD("Healthcheck", healthcheck, container_read_healthcheck),
	JSON_FIELD_SELF("Volumes", mounts_read_volumes),
	FIELD("WorkingDir", working_dir, json_string),
	FIELD("Entrypoint", entrypoint, json_string_or_strings),
	FIELD("Labels", labels, json_pairs),
};

/* container.HostConfig with Resources, in Docker's order. */
static const JsonField host_fields[] = {
	JSON_FIELD_SELF("Binds", mounts_read_binds),
	JSON_FIELD_SELF("LogConfig", read_log),
	FIELD("NetworkMode", network_mode, json_string),
	FIELD("PortBindings", ports, read_ports),
	JSON_FIELD_SELF("RestartPolicy", read_restart),
	FIELD("AutoRemove", auto_remove, json_bool),
	FIELD("VolumeDriver", volume_driver, json_string),
	FIELD("VolumesFrom", volumes_from, json_strings),
	FIELD("CapAdd", cap_add, container_read_capabilities),
	FIELD("CapDrop", cap_drop, container_read_capabilities),
	FIELD("CgroupnsMode", cgroupns_mode, json_string),
	FIELD("Dns", dns, json_strings),
	FIELD("ExtraHosts", extra_hosts, json_strings),
	FIELD("GroupAdd", group_add, json_strings),
	FIELD("IpcMode", ipc_mode, json_string),
	FIELD("Links", links, json_strings),
	FIELD("OomScoreAdj", oom_score_adj, json_int),
	FIELD("PidMode", pid_mode, json_string),
	FIELD("Privileged", privileged, json_bool),
	FIELD("PublishAllPorts", publish_all_ports, json_bool),
	FIELD("ReadonlyRootfs", read_only_rootfs, json_bool),
	FIELD("SecurityOpt", security_opt, json_strings),
	FIELD("StorageOpt", storage_options, json_pairs),
	JSON_FIELD_SELF("Tmpfs", mounts_read_tmpfs),
	FIELD("UTSMode", uts_mode, json_string),
	FIELD("UsernsMode", userns_mode, json_string),
	FIELD("ShmSize", shm_size, json_int),
	FIELD("Sysctls", sysctls, json_pairs),
	FIELD("Runtime", runtime, json_string),
	FIELD("Annotations", annotations, json_pairs),
	FIELD("CpuShares", cpu_shares, json_int),
	FIELD("Memory", memory, json_int),
	FIELD("NanoCpus", nano_cpus, json_int),
	FIELD("CgroupParent", cgroup_parent, json_string),
	FIELD("CpuQuota", cpu_quota, json_int),
	FIELD("Devices", devices, read_devices),
	FIELD("DeviceCgroupRules", device_cgroup_rules, json_strings),
	FIELD("DeviceRequests", device_requests, json_count),
	FIELD("MemorySwap", memory_swap, json_int),
	FIELD("OomKillDisable", oom_kill_disable, json_bool),
	FIELD("PidsLimit", pids_limit, json_int),
	FIELD("Ulimits", ulimits, container_read_ulimits),
	JSON_FIELD_SELF("Mounts", mounts_read_mounts),
	JSON_FIELD_SELF("MaskedPaths", read_masked),
	JSON_FIELD_SELF("ReadonlyPaths", read_readonly),
};

/* A body is read into three places: Docker counts HostConfig's members at top level only when there
 * is no HostConfig (runconfig/config_unix.go, getHostConfig). */
typedef struct Body {
	ContainerSpec config, top, nested;
	bool has_nested;
	const char *image;
} Body;

static void body_init(Body *body, Arena *arena)
{
	const ContainerSpec empty = request_new(arena)->container;

	*body = (Body){ .config = empty, .top = empty, .nested = empty, .image = "" };
}

static bool read_nested(Json *json, void *target)
{
	Body *body = target;

	if (json_null(json))
		return true;
	body->has_nested = true;
	return json_object(json, host_fields, G_N_ELEMENTS(host_fields), &body->nested);
}

#define CREATE_FIELDS (G_N_ELEMENTS(config_fields) + G_N_ELEMENTS(host_fields) + 3)
_Static_assert(CREATE_FIELDS <= JSON_MAX_FIELDS, "the reader marks each field that it has seen in one word");

/* config_fields, Image, HostConfig, host_fields: their offsets moved into the Body. */
static size_t create_table(JsonField *table, bool with_config)
{
	size_t count = 0;

	for (size_t i = 0; with_config && i < G_N_ELEMENTS(config_fields); i++) {
		table[count] = config_fields[i];
		table[count++].offset += offsetof(Body, config);
	}
	table[count++] = (JsonField)JSON_FIELD("Image", Body, image, json_string);
	table[count++] = (JsonField)JSON_FIELD_SELF("HostConfig", read_nested);
	table[count++] = (JsonField)JSON_FIELD("NetworkingConfig", Body, config, read_networking);
	for (size_t i = 0; i < G_N_ELEMENTS(host_fields); i++) {
		table[count] = host_fields[i];
		table[count++].offset += offsetof(Body, top);
	}
	return count;
}

static void take_config(ContainerSpec *to, const ContainerSpec *from, Arena *arena)
{
	to->hostname = from->hostname;
	to->domainname = from->domainname;
	to->user = from->user;
	to->env = from->env;
	to->command = from->command;
	to->working_dir = from->working_dir;
	to->entrypoint = from->entrypoint;
	to->labels = from->labels;
	to->healthcheck = from->healthcheck;
	to->networks = from->networks;
	for (size_t i = 0; i < from->mounts.count; i++)
		LIST_APPEND(arena, &to->mounts, from->mounts.items[i]);
}

static bool read_body(Json *json, Request *request, bool with_config)
{
	JsonField table[CREATE_FIELDS];
	Body body;

	body_init(&body, json->arena);
	if (!json_object(json, table, create_table(table, with_config), &body) || !json_finish(json))
		return false;
	const char *name = request->container.name;
	request->container = body.has_nested ? body.nested : body.top;
	request->container.name = name;
	take_config(&request->container, &body.config, json->arena);
	if (body.has_nested && !request->container.memory)
		request->container.memory = body.top.memory;
	request->has_container = true;
	if (with_config)
		request->image = image_parse(body.image, json->arena);
	return true;
}

bool container_read_create(Json *json, Request *request)
{
	return read_body(json, request, true);
}

bool container_read_start(Json *json, Request *request)
{
	return read_body(json, request, false);
}

bool container_read_update(Json *json, Request *request)
{
	request->has_container = true;
	return json_object(json, host_fields, G_N_ELEMENTS(host_fields), &request->container) && json_finish(json);
}

bool container_read_exec(Json *json, Request *request)
{
	static const JsonField fields[] = {
		FIELD("User", user, json_string),
		FIELD("Privileged", privileged, json_bool),
		FIELD("Env", env, json_strings),
		FIELD("WorkingDir", working_dir, json_string),
		FIELD("Cmd", command, json_strings),
	};

	request->has_container = true;
	return json_object(json, fields, G_N_ELEMENTS(fields), &request->container) && json_finish(json);
}

bool container_read_config(Json *json, void *target)
{
	StoredContainer *stored = target;
	JsonField table[G_N_ELEMENTS(config_fields) + 1];

	for (size_t i = 0; i < G_N_ELEMENTS(config_fields); i++) {
		table[i] = config_fields[i];
		table[i].offset += offsetof(StoredContainer, config);
	}
	table[G_N_ELEMENTS(config_fields)] = (JsonField)JSON_FIELD("Image", StoredContainer, image, json_string);
	return json_object(json, table, G_N_ELEMENTS(table), stored);
}

bool container_read_host_config(Json *json, void *target)
{
	return json_object(json, host_fields, G_N_ELEMENTS(host_fields), &((StoredContainer *)target)->host);
}

void container_join(ContainerSpec *to, const StoredContainer *from, Arena *arena)
{
	*to = from->host;
	take_config(to, &from->config, arena);
}
