/* SPDX-License-Identifier: MIT
 *
 * docker run, create, update and exec (docker/cli cli/command/container).
 */
#include <string.h>
#include "request/argv/call/body.h"
#include "request/argv/call/container.h"
#include "request/argv/value/reference.h"
#include "request/argv/value/value.h"
#include "request/argv/commands/verbs.h"
#include "request/list.h"

#define SHOWN_BYTES 100u
#define UNIX_SCHEME "unix://"

/* Modes that are "", "host" or what `more` says. */
static bool check_mode(Line *line, FlagName flag, const char *more)
{
	const char *mode = line_text(line, flag);
	bool named = *more && (g_str_has_suffix(more, ":") ? g_str_has_prefix(mode, more) && mode[strlen(more)] : !strcmp(mode, more));

	if (!*mode || !strcmp(mode, "host") || named)
		return true;
	return line_refuse(line, "invalid value \"%s\" for --%s: expected host%s%s%s", text_printable(line->arena, mode, SHOWN_BYTES), flag_text(flag),
		*more ? " or " : "", more, g_str_has_suffix(more, ":") ? "NAME" : "");
}

static bool check_choices(Line *line)
{
	const char *pull = line_text(line, FLAG_PULL);
	int64_t swappiness = line_find(line, FLAG_MEMORY_SWAPPINESS) ? line_number(line, FLAG_MEMORY_SWAPPINESS) : -1;

	if (*pull && strcmp(pull, "always") != 0 && strcmp(pull, "missing") != 0 && strcmp(pull, "never") != 0)
		return line_refuse(line, "invalid value \"%s\" for --pull: expected always, missing or never", text_printable(line->arena, pull, SHOWN_BYTES));
	if (swappiness < -1 || swappiness > 100)
		return line_refuse(line, "invalid value for --memory-swappiness: expected a number from 0 to 100");
	if (!strcmp(line_text(line, FLAG_LOG_DRIVER), "none") && line_find(line, FLAG_LOG_OPT))
		return line_refuse(line, "--log-opt does not go together with --log-driver none");
	StringList storage = line_list(line, FLAG_STORAGE_OPT);
	for (size_t i = 0; i < storage.count; i++)
		if (!strchr(storage.items[i], '='))
			return line_refuse(line, "invalid value \"%s\" for --storage-opt: expected NAME=VALUE",
				text_printable(line->arena, storage.items[i], SHOWN_BYTES));
	g_autofree char *mac = g_strdup(line_text(line, FLAG_MAC_ADDRESS));
	if (*mac && !value_mac(g_strstrip(mac)))
		return line_refuse(line, "\"%s\" is not a MAC address: --mac-address", text_printable(line->arena, mac, SHOWN_BYTES));
	return true;
}

static bool check_health(Line *line)
{
	static const FlagName numbers[] = { FLAG_HEALTH_INTERVAL, FLAG_HEALTH_TIMEOUT, FLAG_HEALTH_START_PERIOD, FLAG_HEALTH_START_INTERVAL, FLAG_HEALTH_RETRIES };

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		if (line_number(line, numbers[i]) < 0)
			return line_refuse(line, "--%s must not be negative", flag_text(numbers[i]));
	return true;
}

static bool check_together(Line *line)
{
	const char *restart = line_text(line, FLAG_RESTART);
	size_t name = strcspn(restart, ":");
	bool restarts = name && !(name == 2 && g_str_has_prefix(restart, "no"));

	if (line_switch(line, FLAG_RM) && restarts)
		return line_refuse(line, "--restart does not go together with --rm");
	if (line_switch(line, FLAG_DETACH) && line_find(line, FLAG_ATTACH))
		return line_refuse(line, "--attach does not go together with --detach");
	return true;
}

static bool check_platform(Line *line)
{
	const char *platform = line_text(line, FLAG_PLATFORM), *usual = line_known_env(line, "DOCKER_DEFAULT_PLATFORM");

	if (!line_find(line, FLAG_PLATFORM) && usual)
		platform = usual;
	return !*platform || value_platform(platform) || line_refuse(line, "invalid value \"%s\" for --platform: expected %s",
		text_printable(line->arena, platform, SHOWN_BYTES), type_platform.expected);
}

/* --use-api-socket mounts the socket that the CLI itself speaks to. */
static const char *api_socket(Line *line)
{
	const char *host = line_global(line, FLAG_HOST);

	if (!*host && !*line_global(line, FLAG_CONTEXT))
		host = line_env(line, "DOCKER_HOST");
	return host && g_str_has_prefix(host, UNIX_SCHEME) ? host + strlen(UNIX_SCHEME) : "/var/run/docker.sock";
}

static void write_mounts(Line *line)
{
	StringList values = line_list(line, FLAG_MOUNT);
	ArgvMount mount;

	body_open(line, "Mounts", '[');
	for (size_t i = 0; i < values.count; i++)
		if (argv_mount_read(line, values.items[i], &mount))
			argv_mount_write(line, &mount);
	if (line_switch(line, FLAG_USE_API_SOCKET)) {
		mount = (ArgvMount){ .type = "bind", .source = api_socket(line), .target = "/var/run/docker.sock", .propagation = "", .driver = "" };
		argv_mount_write(line, &mount);
	}
	body_close(line, '[');
}

static PairList map_of(Line *line, FlagName flag, char separator)
{
	StringList values = line_list(line, flag);
	PairList map = { 0 };

	for (size_t i = 0; i < values.count; i++) {
		size_t key = (size_t)(strchrnul(values.items[i], separator) - values.items[i]);
		const Pair pair = { arena_strndup(line->arena, values.items[i], key), values.items[i][key] ? values.items[i] + key + 1 : "" };
		value_map_set(&map, pair, line->arena);
	}
	return map;
}

/* Members that are a flag's value as it is. */
typedef struct Member {
	const char *name;
	FlagName flag;
} Member;

static void write_members(Line *line, void (*write)(Line *line, const Member *member), const Member *members, size_t count)
{
	for (size_t i = 0; i < count; i++)
		write(line, &members[i]);
}

static void write_text(Line *line, const Member *member)
{
	body_text(line, member->name, line_text(line, member->flag));
}

static void write_switch(Line *line, const Member *member)
{
	body_switch(line, member->name, line_switch(line, member->flag));
}

static void write_number(Line *line, const Member *member)
{
	body_number(line, member->name, line_number(line, member->flag));
}

static void write_list(Line *line, const Member *member)
{
	StringList values = line_list(line, member->flag);

	body_list(line, member->name, &values);
}

static void write_capabilities(Line *line, const Member *member)
{
	StringList values = argv_capabilities(line_list(line, member->flag), line->arena);

	body_list(line, member->name, &values);
}

static void write_map(Line *line, const Member *member)
{
	PairList map = map_of(line, member->flag, member->flag == FLAG_TMPFS ? ':' : '=');

	body_map(line, member->name, &map);
}

#define WRITE(line, write, members) write_members(line, write, members, G_N_ELEMENTS(members))

static const Member resources[] = {
	{ "CpuShares", FLAG_CPU_SHARES }, { "Memory", FLAG_MEMORY }, { "NanoCpus", FLAG_CPUS }, { "CpuQuota", FLAG_CPU_QUOTA }, { "CpuPeriod", FLAG_CPU_PERIOD },
	{ "CpuRealtimePeriod", FLAG_CPU_RT_PERIOD }, { "CpuRealtimeRuntime", FLAG_CPU_RT_RUNTIME }, { "MemoryReservation", FLAG_MEMORY_RESERVATION },
	{ "MemorySwap", FLAG_MEMORY_SWAP }, { "PidsLimit", FLAG_PIDS_LIMIT }, { "BlkioWeight", FLAG_BLKIO_WEIGHT },
};

static void write_addresses(Line *line)
{
	StringList dns = line_list(line, FLAG_DNS), hosts = line_list(line, FLAG_ADD_HOST);

	for (size_t i = 0; i < dns.count; i++)
		dns.items[i] = value_address(dns.items[i], line->arena);
	for (size_t i = 0; i < hosts.count; i++)
		hosts.items[i] = container_extra_host(hosts.items[i], line->arena);
	body_list(line, "Dns", &dns);
	body_list(line, "ExtraHosts", &hosts);
}

static bool write_host(Line *line, const char *network_mode)
{
	static const Member texts[] = {
		{ "VolumeDriver", FLAG_VOLUME_DRIVER }, { "CgroupnsMode", FLAG_CGROUPNS }, { "IpcMode", FLAG_IPC }, { "PidMode", FLAG_PID }, { "UTSMode", FLAG_UTS },
		{ "UsernsMode", FLAG_USERNS }, { "Runtime", FLAG_RUNTIME }, { "CgroupParent", FLAG_CGROUP_PARENT }, { "CpusetCpus", FLAG_CPUSET_CPUS },
		{ "CpusetMems", FLAG_CPUSET_MEMS }, { "Isolation", FLAG_ISOLATION },
	};
	static const Member switches[] = {
		{ "AutoRemove", FLAG_RM }, { "Privileged", FLAG_PRIVILEGED }, { "PublishAllPorts", FLAG_PUBLISH_ALL }, { "ReadonlyRootfs", FLAG_READ_ONLY },
		{ "OomKillDisable", FLAG_OOM_KILL_DISABLE }, { "Init", FLAG_INIT },
	};
	static const Member numbers[] = { { "OomScoreAdj", FLAG_OOM_SCORE_ADJ }, { "ShmSize", FLAG_SHM_SIZE } };
	static const Member lists[] = {
		{ "VolumesFrom", FLAG_VOLUMES_FROM }, { "GroupAdd", FLAG_GROUP_ADD }, { "Links", FLAG_LINK }, { "DeviceCgroupRules", FLAG_DEVICE_CGROUP_RULE },
	};
	static const Member capabilities[] = { { "CapAdd", FLAG_CAP_ADD }, { "CapDrop", FLAG_CAP_DROP } };
	static const Member maps[] = { { "StorageOpt", FLAG_STORAGE_OPT }, { "Tmpfs", FLAG_TMPFS }, { "Sysctls", FLAG_SYSCTL }, { "Annotations", FLAG_ANNOTATION } };
	StringList security;
	bool unconfined;

	if (!argv_security_options(line, &security, &unconfined) ||
		!argv_restart_write(line, line_find(line, FLAG_RESTART) ? line_text(line, FLAG_RESTART) : "no"))
		return false;
	body_text(line, "NetworkMode", network_mode);
	body_open(line, "LogConfig", '{');
	body_text(line, "Type", line_text(line, FLAG_LOG_DRIVER));
	write_map(line, &(const Member){ "Config", FLAG_LOG_OPT });
	body_close(line, '{');
	WRITE(line, write_text, texts);
	WRITE(line, write_switch, switches);
	WRITE(line, write_number, numbers);
	WRITE(line, write_number, resources);
	WRITE(line, write_list, lists);
	WRITE(line, write_capabilities, capabilities);
	WRITE(line, write_map, maps);
	write_addresses(line);
	body_list(line, "SecurityOpt", &security);
	if (unconfined) {
		body_open(line, "MaskedPaths", '[');
		body_close(line, '[');
		body_open(line, "ReadonlyPaths", '[');
		body_close(line, '[');
	}
	argv_binds_write(line);
	argv_ports_write(line);
	argv_devices_write(line);
	container_ulimits_write(line, FLAG_ULIMIT);
	write_mounts(line);
	return true;
}

static StringList arguments_behind(Line *line, size_t first)
{
	StringList words = { 0 };

	for (size_t i = first; i < line->arguments.count; i++)
		LIST_APPEND(line->arena, &words, line->arguments.items[i].text);
	return words;
}

static bool write_config(Line *line)
{
	static const Member texts[] = { { "Hostname", FLAG_HOSTNAME }, { "Domainname", FLAG_DOMAINNAME }, { "User", FLAG_USER }, { "WorkingDir", FLAG_WORKDIR } };
	StringList environment, command = arguments_behind(line, 1);
	PairList labels;

	if (!argv_environment(line, true, &environment) || !argv_labels(line, FLAG_LABEL, &labels) || !argv_health_write(line))
		return false;
	WRITE(line, write_text, texts);
	body_text(line, "Image", line_argument(line, 0));
	body_list(line, "Env", &environment);
	body_list(line, "Cmd", &command);
	body_map(line, "Labels", &labels);
	if (line_find(line, FLAG_ENTRYPOINT)) {
		body_open(line, "Entrypoint", '[');
		body_text(line, NULL, line_text(line, FLAG_ENTRYPOINT));
		body_close(line, '[');
	}
	argv_volumes_write(line);
	return true;
}

bool argv_write_container(Line *line)
{
	const char *network_mode;

	if (!check_choices(line) || !check_health(line) || !argv_volumes_check(line) || !argv_ports_check(line) || !argv_devices_check(line) ||
		!check_mode(line, FLAG_PID, "container:") || !check_mode(line, FLAG_UTS, "") || !check_mode(line, FLAG_USERNS, "") ||
		!check_mode(line, FLAG_CGROUPNS, "private") || !check_together(line) ||
		!argv_networks_check(line, &network_mode) || !check_platform(line) || !reference_check_any(line, line_argument(line, 0)))
		return false;
	if (!write_config(line))
		return false;
	body_open(line, "HostConfig", '{');
	if (!write_host(line, network_mode))
		return false;
	body_close(line, '{');
	argv_networks_write(line);
	if (*line_text(line, FLAG_NAME))
		query_add(line, "name", line_text(line, FLAG_NAME));
	return true;
}

bool argv_write_update(Line *line)
{
	static const Member texts[] = { { "CpusetCpus", FLAG_CPUSET_CPUS }, { "CpusetMems", FLAG_CPUSET_MEMS } };

	if (!line->settings.count)
		return line_refuse(line, "docker %s: expected at least one flag that says what to change", line->shown);
	WRITE(line, write_number, resources);
	WRITE(line, write_text, texts);
	return argv_restart_write(line, line_text(line, FLAG_RESTART));
}

bool argv_write_exec(Line *line)
{
	static const Member texts[] = { { "User", FLAG_USER }, { "WorkingDir", FLAG_WORKDIR } };
	StringList environment, command = arguments_behind(line, 1);

	if (!argv_environment(line, false, &environment))
		return false;
	WRITE(line, write_text, texts);
	body_switch(line, "Privileged", line_switch(line, FLAG_PRIVILEGED));
	body_list(line, "Env", &environment);
	body_list(line, "Cmd", &command);
	return true;
}
