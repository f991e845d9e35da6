/* SPDX-License-Identifier: MIT
 *
 * Flags that describe a container, and the values they take.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/error.h"
#include "request/argv-flags.h"
#include "request/container.h"
#include "request/image.h"
#include "request/list.h"

#define SHOWN_BYTES 100u
#define NANO 1000000000.0

static void *member(Line *line, const Flag *flag)
{
	return (char *)&line->request->container + flag->offset;
}

bool line_invalid(GError **error, const Flag *flag, const char *value, const char *expected)
{
	g_autoptr(Arena) arena = arena_new();

	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "invalid value \"%s\" for --%s: expected %s", text_printable(arena, value, SHOWN_BYTES),
		flag->name, expected);
	return false;
}

bool flag_text(Line *line, const Flag *flag, const char *value, GError **error)
{
	(void)error;
	*(const char **)member(line, flag) = value;
	return true;
}

bool flag_switch(Line *line, const Flag *flag, const char *value, GError **error)
{
	(void)error;
	*(bool *)member(line, flag) = !strcmp(value, "true");
	return true;
}

bool flag_list(Line *line, const Flag *flag, const char *value, GError **error)
{
	(void)error;
	LIST_APPEND(line->arena, (StringList *)member(line, flag), value);
	return true;
}

bool flag_int(Line *line, const Flag *flag, const char *value, GError **error)
{
	char *end;

	errno = 0;
	long long number = strtoll(value, &end, 0);
	if (!*value || *end || errno)
		return line_invalid(error, flag, value, "a whole number");
	*(int64_t *)member(line, flag) = number;
	return true;
}

/* go-units RAMInBytes: 512m, 1.5g, 1GiB. */
bool flag_bytes(Line *line, const Flag *flag, const char *value, GError **error)
{
	static const char units[] = "kmgtp";
	char *end;
	double number = g_ascii_strtod(value, &end);

	end += *end == ' ';
	const char *unit = *end ? strchr(units, g_ascii_tolower(*end)) : NULL;
	const char *tail = unit ? end + 1 : end;
	tail += unit && g_ascii_tolower(*tail) == 'i';
	tail += g_ascii_tolower(*tail) == 'b';
	if (!g_ascii_isdigit(*value) || *tail || number >= 9.2e18)
		return line_invalid(error, flag, value, "a size such as 512m or 2g");
	for (; unit && unit >= units; unit--)
		number *= 1024;
	*(int64_t *)member(line, flag) = number < 9.2e18 ? (int64_t)number : INT64_MAX;
	return true;
}

bool flag_cpus(Line *line, const Flag *flag, const char *value, GError **error)
{
	char *end;
	double number = g_ascii_strtod(value, &end);

	if (!*value || *end || number < 0 || number > 1e9)
		return line_invalid(error, flag, value, "a number of CPUs such as 1.5");
	*(int64_t *)member(line, flag) = (int64_t)(number * NANO);
	return true;
}

bool flag_capability(Line *line, const Flag *flag, const char *value, GError **error)
{
	(void)error;
	LIST_APPEND(line->arena, (StringList *)member(line, flag), capability_normalise(value, line->arena));
	return true;
}

static const char *find_pair(const PairList *pairs, const char *key)
{
	for (size_t i = 0; pairs && i < pairs->count; i++)
		if (!strcmp(pairs->items[i].key, key))
			return pairs->items[i].value;
	return NULL;
}

static void need(Line *line, const char *kind, const char *name)
{
	LIST_APPEND(line->arena, &line->needs, arena_printf(line->arena, "%s:%s", kind, name));
}

const char *line_file(Line *line, const char *path)
{
	const char *content = find_pair(line->context->files, path);

	if (!content)
		need(line, "file", path);
	return content;
}

/* NAME takes its value from the caller's environment. */
static void add_env(Line *line, const char *setting)
{
	if (!strchr(setting, '=')) {
		const char *value = find_pair(line->context->env, setting);
		if (!value) {
			need(line, "env", setting);
			return;
		}
		setting = arena_printf(line->arena, "%s=%s", setting, value);
	}
	LIST_APPEND(line->arena, &line->request->container.env, setting);
}

bool flag_env(Line *line, const Flag *flag, const char *value, GError **error)
{
	if (!*value || *value == '=')
		return line_invalid(error, flag, value, "NAME=value or NAME");
	add_env(line, value);
	return true;
}

static void add_label(Line *line, const char *setting)
{
	size_t name = strcspn(setting, "=");
	Pair label = { arena_strndup(line->arena, setting, name), setting[name] ? setting + name + 1 : "" };

	LIST_APPEND(line->arena, &line->request->container.labels, label);
}

bool flag_label(Line *line, const Flag *flag, const char *value, GError **error)
{
	if (!*value || *value == '=')
		return line_invalid(error, flag, value, "NAME=value");
	add_label(line, value);
	return true;
}

/* One setting a line; blank lines and those that begin with '#' say nothing (opts/file.go). */
static bool read_settings(Line *line, const char *path, void (*add)(Line *line, const char *setting))
{
	const char *content = line_file(line, path);

	for (const char *at = content; at && *at;) {
		size_t length = strcspn(at, "\n");
		char *setting = arena_strndup(line->arena, at, length);
		at += length + (at[length] == '\n');
		setting = g_strchug(setting);
		if (*setting && *setting != '#')
			add(line, g_strchomp(setting));
	}
	return true;
}

bool flag_env_file(Line *line, const Flag *flag, const char *value, GError **error)
{
	(void)flag;
	(void)error;
	return read_settings(line, value, add_env);
}

bool flag_label_file(Line *line, const Flag *flag, const char *value, GError **error)
{
	(void)flag;
	(void)error;
	return read_settings(line, value, add_label);
}

bool flag_entrypoint(Line *line, const Flag *flag, const char *value, GError **error)
{
	(void)flag;
	(void)error;
	line->request->container.entrypoint.count = 0;
	LIST_APPEND(line->arena, &line->request->container.entrypoint, value);
	return true;
}

/* host, or the long form name=host,alias=... (opts/network.go); the first network is the mode. */
bool flag_network(Line *line, const Flag *flag, const char *value, GError **error)
{
	const char *name = value;

	if (!*value)
		return line_invalid(error, flag, value, "a network");
	if (strchr(value, '=')) {
		g_auto(GStrv) parts = g_strsplit(value, ",", -1);
		name = "";
		for (size_t i = 0; parts[i]; i++)
			if (g_str_has_prefix(parts[i], "name="))
				name = arena_strdup(line->arena, parts[i] + strlen("name="));
	}
	if (!*line->request->container.network_mode)
		line->request->container.network_mode = name;
	return true;
}

/* cli/command/container/opts.go: parseSecurityOpts, parseSystemPaths. */
bool flag_security(Line *line, const Flag *flag, const char *value, GError **error)
{
	ContainerSpec *spec = &line->request->container;

	if (!strcmp(value, "systempaths=unconfined")) {
		spec->masked_paths_set = spec->readonly_paths_set = true;
		return true;
	}
	if (!strpbrk(value, "=:") && strcmp(value, "no-new-privileges") != 0)
		return line_invalid(error, flag, value, "OPTION=VALUE or no-new-privileges");
	bool seccomp = g_str_has_prefix(value, "seccomp=") || g_str_has_prefix(value, "seccomp:");
	const char *profile = value + strlen("seccomp=");
	if (seccomp && strcmp(profile, "unconfined") != 0 && strcmp(profile, "builtin") != 0) {
		const char *content = line_file(line, profile);
		value = arena_printf(line->arena, "seccomp=%s", content ? content : "");
	}
	LIST_APPEND(line->arena, &spec->security_opt, value);
	return true;
}

bool flag_sysctl(Line *line, const Flag *flag, const char *value, GError **error)
{
	const char *equals = strchr(value, '=');

	if (!equals || equals == value)
		return line_invalid(error, flag, value, "NAME=value");
	Pair pair = { arena_strndup(line->arena, value, (size_t)(equals - value)), equals + 1 };
	LIST_APPEND(line->arena, &line->request->container.sysctls, pair);
	return true;
}

/* [IP:][HOST:]CONTAINER[/PROTOCOL]; an IPv6 address stands in brackets. */
bool flag_port(Line *line, const Flag *flag, const char *value, GError **error)
{
	const char *container = strrchr(value, ':') ? strrchr(value, ':') + 1 : value;
	Port port = { container, "", "" };

	if (!g_ascii_isdigit(*container))
		return line_invalid(error, flag, value, "[IP:][HOST-PORT:]CONTAINER-PORT");
	if (container > value) {
		char *front = arena_strndup(line->arena, value, (size_t)(container - value - 1));
		char *colon = strrchr(front, ':');
		bool address = colon && (!strchr(colon, ']'));
		port.host_port = address ? colon + 1 : front;
		if (address) {
			*colon = 0;
			port.host_ip = front;
		}
	}
	LIST_APPEND(line->arena, &line->request->container.ports, port);
	return true;
}

bool flag_image_tag(Line *line, const Flag *flag, const char *value, GError **error)
{
	(void)flag;
	(void)error;
	if (!*line->request->image.text)
		line->request->image = image_parse(value, line->arena);
	return true;
}
