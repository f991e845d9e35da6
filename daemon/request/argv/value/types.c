/* SPDX-License-Identifier: MIT
 *
 * What each kind of flag takes.
 */
#include <string.h>
#include "base/nearest.h"
#include "request/argv/call/container.h"
#include "request/argv/value/reference.h"
#include "request/argv/value/value.h"

static bool check_switch(Line *line G_GNUC_UNUSED, const char *value)
{
	return value_bool(value) != NULL;
}

static bool check_int(Line *line G_GNUC_UNUSED, const char *value)
{
	int64_t number;

	return value_int(value, 0, 64, &number);
}

static bool check_uint(Line *line G_GNUC_UNUSED, const char *value)
{
	uint64_t number;

	return value_uint(value, 0, 64, &number);
}

static bool check_uint16(Line *line G_GNUC_UNUSED, const char *value)
{
	uint64_t number;

	return value_uint(value, 0, 16, &number);
}

static bool check_uint32(Line *line G_GNUC_UNUSED, const char *value)
{
	uint64_t number;

	return value_uint(value, 0, 32, &number);
}

static bool check_float(Line *line G_GNUC_UNUSED, const char *value)
{
	char *end;

	(void)g_ascii_strtod(value, &end);
	return *value && !*end;
}

static bool check_duration(Line *line G_GNUC_UNUSED, const char *value)
{
	int64_t number;

	return value_duration(value, &number);
}

static bool check_positive_duration(Line *line G_GNUC_UNUSED, const char *value)
{
	int64_t number;

	return value_duration(value, &number) && number >= 0;
}

static bool check_bytes(Line *line G_GNUC_UNUSED, const char *value)
{
	int64_t number;

	return value_bytes(value, &number);
}

static bool check_swap(Line *line G_GNUC_UNUSED, const char *value)
{
	int64_t number;

	return !strcmp(value, "-1") || value_bytes(value, &number);
}

static bool check_cpus(Line *line G_GNUC_UNUSED, const char *value)
{
	int64_t number;

	return value_cpus(value, &number);
}

static bool check_filter(Line *line G_GNUC_UNUSED, const char *value)
{
	return !*value || strchr(value, '=');
}

static bool check_label(Line *line G_GNUC_UNUSED, const char *value)
{
	const char *key = value + strspn(value, " \t");
	size_t length = strcspn(key, "=");

	return length && strcspn(key, " \t") >= length;
}

static bool check_env(Line *line G_GNUC_UNUSED, const char *value)
{
	return *value && *value != '=';
}

static bool check_attach(Line *line G_GNUC_UNUSED, const char *value)
{
	return !g_ascii_strcasecmp(value, "stdin") || !g_ascii_strcasecmp(value, "stdout") || !g_ascii_strcasecmp(value, "stderr");
}

static bool check_link(Line *line G_GNUC_UNUSED, const char *value)
{
	const char *colon = strchr(value, ':');

	return *value && (!colon || !strchr(colon + 1, ':'));
}

static bool check_extra_host(Line *line, const char *value)
{
	return container_extra_host(value, line->arena) != NULL;
}

static bool check_address(Line *line, const char *value)
{
	return value_address(value, line->arena) != NULL;
}

/* opts.ValidateDNSSearch; its pattern takes a ':' in front of each label. */
static bool check_search_domain(Line *line G_GNUC_UNUSED, const char *value)
{
	static const char label[] = "(:?[a-zA-Z0-9]|(:?[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))";
	g_autofree char *pattern = g_strdup_printf("^ *:?%s(:?\\.%s)*\\.?\\s*$", label, label);
	g_autofree char *trimmed = g_strdup(value);

	return !strcmp(g_strstrip(trimmed), ".") || (g_regex_match_simple("[a-zA-Z]", value, 0, 0) && g_regex_match_simple(pattern, value, 0, 0));
}

static bool check_sysctl(Line *line G_GNUC_UNUSED, const char *value)
{
	static const char *const names[] = {
		"kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
	};
	size_t length = strcspn(value, "=");

	if (!length || !value[length])
		return false;
	if (g_str_has_prefix(value, "net.") || g_str_has_prefix(value, "fs.mqueue."))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (strlen(names[i]) == length && !memcmp(names[i], value, length))
			return true;
	return false;
}

static bool check_device_rule(Line *line G_GNUC_UNUSED, const char *value)
{
	return g_regex_match_simple("^[acb] ([0-9]+|\\*):([0-9]+|\\*) [rwm]{1,3}$", value, G_REGEX_DOLLAR_ENDONLY, 0);
}

/* "/dev/NAME:" and what follows it, or NULL. */
static const char *behind_device(const char *value)
{
	const char *colon = strchr(value, ':');

	return colon && g_str_has_prefix(value, "/dev/") ? colon + 1 : NULL;
}

static bool check_weight(Line *line G_GNUC_UNUSED, const char *value)
{
	const char *weight = behind_device(value);
	uint64_t number;

	return weight && value_uint(weight, 10, 16, &number) && (!number || (number >= 10 && number <= 1000));
}

static bool check_bps(Line *line G_GNUC_UNUSED, const char *value)
{
	const char *rate = behind_device(value);
	int64_t number;

	return rate && value_bytes(rate, &number) && number >= 0;
}

static bool check_iops(Line *line G_GNUC_UNUSED, const char *value)
{
	const char *rate = behind_device(value);
	uint64_t number;

	return rate && value_uint(rate, 10, 64, &number);
}

static bool check_ulimit(Line *line G_GNUC_UNUSED, const char *value)
{
	Ulimit limit;

	return container_ulimit(value, line->arena, &limit);
}

static bool check_gpus(Line *line, const char *value)
{
	return container_gpus(line, value);
}

static bool check_mount(Line *line, const char *value)
{
	ArgvMount mount;

	return argv_mount_read(line, value, &mount);
}

static bool check_network(Line *line, const char *value)
{
	ArgvNetwork network;

	return argv_network_read(line, value, &network);
}

static bool check_image_name(Line *line, const char *value)
{
	Reference reference;

	return reference_check(line, value, &reference);
}

static bool check_csv(Line *line, const char *value)
{
	StringList fields;
	const char *why;

	return !*value || value_csv(value, line->arena, &fields, &why);
}

static bool check_settings(Line *line G_GNUC_UNUSED, const char *value)
{
	return strchr(value, '=') != NULL;
}

static bool check_service_port(Line *line, const char *value)
{
	ServicePort port;

	return argv_service_port(line, value, &port);
}

static bool check_cidr_list(Line *line, const char *value)
{
	StringList fields;
	const char *why;

	if (!value_csv(value, line->arena, &fields, &why))
		return false;
	for (size_t i = 0; i < fields.count; i++) {
		char *field = arena_strdup(line->arena, fields.items[i]), *slash = strchr(field, '/');
		uint64_t bits;
		if (!slash || !value_uint(slash + 1, 10, 8, &bits) || bits > 128)
			return false;
		*slash = 0;
		if (!value_address(field, line->arena))
			return false;
	}
	return true;
}

static bool check_resource(Line *line, const char *value)
{
	Pair pair = value_pair(value, line->arena);
	int64_t number;

	return *pair.key && value_int(pair.value, 10, 64, &number);
}

static bool check_credential(Line *line G_GNUC_UNUSED, const char *value)
{
	return !*value || g_str_has_prefix(value, "config://") || g_str_has_prefix(value, "file://") || g_str_has_prefix(value, "registry://");
}

static bool check_platform(Line *line G_GNUC_UNUSED, const char *value)
{
	return !*value || value_platform(value);
}

const FlagType type_switch = { "true or false", check_switch, true };
const FlagType type_text = { "text", NULL, false };
const FlagType type_int = { "a whole number", check_int, false };
const FlagType type_uint = { "a whole number that is not negative", check_uint, false };
const FlagType type_uint16 = { "a whole number from 0 to 65535", check_uint16, false };
const FlagType type_uint32 = { "a whole number from 0 to 4294967295", check_uint32, false };
const FlagType type_float = { "a number", check_float, false };
const FlagType type_duration = { "a duration such as 30s or 1m30s", check_duration, false };
const FlagType type_positive_duration = { "a duration such as 30s or 1m30s, not negative", check_positive_duration, false };
const FlagType type_bytes = { "a size such as 512m or 2g", check_bytes, false };
const FlagType type_swap = { "a size such as 512m or 2g, or -1", check_swap, false };
const FlagType type_cpus = { "a number of CPUs such as 1.5", check_cpus, false };
const FlagType type_filter = { "NAME=VALUE", check_filter, false };
const FlagType type_label = { "NAME=VALUE, the name without white space", check_label, false };
const FlagType type_env = { "NAME=VALUE or NAME", check_env, false };
const FlagType type_attach = { "STDIN, STDOUT or STDERR", check_attach, false };
const FlagType type_link = { "CONTAINER or CONTAINER:ALIAS", check_link, false };
const FlagType type_extra_host = { "HOST:ADDRESS", check_extra_host, false };
const FlagType type_address = { "an IP address", check_address, false };
const FlagType type_search_domain = { "a domain", check_search_domain, false };
const FlagType type_sysctl = { "NAME=VALUE, a name that begins with net. or fs.mqueue., or one of kernel.msg* and kernel.shm*", check_sysctl, false };
const FlagType type_device_rule = { "TYPE MAJOR:MINOR MODE such as 'c 1:3 rwm'", check_device_rule, false };
const FlagType type_weight = { "/dev/NAME:WEIGHT, the weight 0 or from 10 to 1000", check_weight, false };
const FlagType type_bps = { "/dev/NAME:RATE such as /dev/sda:1mb", check_bps, false };
const FlagType type_iops = { "/dev/NAME:NUMBER", check_iops, false };
const FlagType type_ulimit = { "NAME=SOFT[:HARD], the soft limit not above the hard one", check_ulimit, false };
const FlagType type_mount = { "type=...,source=...,target=...", check_mount, false };
const FlagType type_network = { "a network, or name=...,alias=...", check_network, false };
const FlagType type_gpus = { "all, a number, or device=..., count=..., driver=..., capabilities=..., options=...", check_gpus, false };
const FlagType type_image_name = { "the name of an image", check_image_name, false };
const FlagType type_csv = { "values with commas between them", check_csv, false };
const FlagType type_settings = { "NAME=VALUE", check_settings, false };
const FlagType type_service_port = { "[HOST-PORT:]PORT[/PROTOCOL], or target=...,published=...", check_service_port, false };
const FlagType type_platform = { "OS/ARCHITECTURE such as linux/amd64", check_platform, false };
const FlagType type_resource = { "NAME=NUMBER", check_resource, false };
const FlagType type_credential = { "config://NAME, file://FILE or registry://KEY", check_credential, false };
const FlagType type_networks = { "networks such as 10.0.0.0/8", check_cidr_list, false };

int64_t value_number(const FlagType *type, const char *value)
{
	int64_t number = 0;
	uint64_t whole = 0;

	if (type == &type_switch)
		return !strcmp(value, "true");
	if (type == &type_bytes || (type == &type_swap && strcmp(value, "-1") != 0))
		(void)value_bytes(value, &number);
	else if (type == &type_swap)
		number = -1;
	else if (type == &type_cpus)
		(void)value_cpus(value, &number);
	else if (type == &type_duration || type == &type_positive_duration)
		(void)value_duration(value, &number);
	else if (type == &type_int)
		(void)value_int(value, 0, 64, &number);
	else if (value_uint(value, 0, 64, &whole))
		number = (int64_t)whole;
	return number;
}
