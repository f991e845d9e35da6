/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/host-config.h"
#include "request/list.h"
#include "request/mounts.h"
#include "request/path.h"

const char *capability_normalise(const char *name, Arena *arena)
{
	g_autofree char *wide = g_str_is_ascii(name) ? NULL : g_utf8_strup(name, -1);
	char *upper = arena_strdup(arena, wide ? wide : name);

	for (char *at = upper; *at; at++)
		*at = g_ascii_toupper(*at);
	return g_str_has_prefix(upper, "CAP_") ? upper + strlen("CAP_") : upper;
}

bool host_config_read_capabilities(Json *json, void *target)
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
	Device device = { .path_on_host = "", .path_in_container = "", .permissions = "" };

	if (!json_object(json, device_fields, G_N_ELEMENTS(device_fields), &device))
		return false;
	device.clean = path_clean(device.path_on_host, json->arena);
	device.resolved = path_resolve(device.clean, json->arena);
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

bool host_config_read_ulimits(Json *json, void *target)
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

/* container.HostConfig with Resources, in Docker's order. */
const JsonField host_config_fields[HOST_CONFIG_FIELDS] = {
	JSON_FIELD_SELF("Binds", mounts_read_binds),
	JSON_FIELD_SELF("LogConfig", read_log),
	FIELD("NetworkMode", network_mode, json_string),
	FIELD("PortBindings", ports, read_ports),
	JSON_FIELD_SELF("RestartPolicy", read_restart),
	FIELD("AutoRemove", auto_remove, json_bool),
	FIELD("VolumeDriver", volume_driver, json_string),
	FIELD("VolumesFrom", volumes_from, json_strings),
	FIELD("CapAdd", cap_add, host_config_read_capabilities),
	FIELD("CapDrop", cap_drop, host_config_read_capabilities),
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
	FIELD("Ulimits", ulimits, host_config_read_ulimits),
	JSON_FIELD_SELF("Mounts", mounts_read_mounts),
	JSON_FIELD_SELF("MaskedPaths", read_masked),
	JSON_FIELD_SELF("ReadonlyPaths", read_readonly),
};
