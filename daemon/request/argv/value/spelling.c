/* SPDX-License-Identifier: MIT
 *
 * Values that the CLI sends in another spelling than it takes them: hosts, limits, GPUs, capabilities.
 */
#include <stdlib.h>
#include <string.h>
#include "request/argv/call/body.h"
#include "request/argv/call/container.h"
#include "request/argv/value/value.h"
#include "request/list.h"

const char *container_extra_host(const char *value, Arena *arena)
{
	size_t name = strcspn(value, strchr(value, '=') ? "=" : ":");

	if (!name || !value[name] || memchr(value, ':', name))
		return NULL;
	const char *address = value + name + 1;
	size_t length = strlen(address);
	if (length > 2 && *address == '[' && address[length - 1] == ']')
		address = arena_strndup(arena, address + 1, length - 2);
	if (strcmp(address, "host-gateway") != 0 && !value_address(address, arena))
		return NULL;
	return arena_printf(arena, "%.*s:%s", (int)name, value, address);
}

bool container_ulimit(const char *value, Arena *arena, Ulimit *ret)
{
	static const char *const names[] = {
		"core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack",
	};
	Pair pair = value_pair(value, arena);
	bool known = false;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		known = known || !strcmp(names[i], pair.key);
	g_auto(GStrv) limits = g_strsplit(pair.value, ":", -1);
	guint count = g_strv_length(limits);
	if (!known || !strchr(value, '=') || !count || count > 2 || !value_int(limits[0], 10, 64, &ret->soft))
		return false;
	ret->name = pair.key;
	ret->hard = ret->soft;
	if (count == 2 && !value_int(limits[1], 10, 64, &ret->hard))
		return false;
	return ret->hard == -1 || (ret->soft != -1 && ret->soft <= ret->hard);
}

void container_ulimits_write(Line *line, FlagName flag)
{
	StringList values = line_list(line, flag);
	UlimitList limits = { 0 };
	Ulimit limit;

	for (size_t i = 0; i < values.count; i++) {
		size_t at = 0;
		if (!container_ulimit(values.items[i], line->arena, &limit))
			continue;
		while (at < limits.count && strcmp(limits.items[at].name, limit.name) != 0)
			at++;
		if (at < limits.count)
			limits.items[at] = limit;
		else
			LIST_APPEND(line->arena, &limits, limit);
	}
	body_open(line, "Ulimits", '[');
	for (size_t i = 0; i < limits.count; i++) {
		body_open(line, NULL, '{');
		body_text(line, "Name", limits.items[i].name);
		body_number(line, "Hard", limits.items[i].hard);
		body_number(line, "Soft", limits.items[i].soft);
		body_close(line, '{');
	}
	body_close(line, '[');
}

/* opts/gpus.go */
bool container_gpus(Line *line, const char *value)
{
	static const char *const keys[] = { "driver", "count", "device", "capabilities", "options" };
	StringList fields;
	const char *why;
	int64_t count;
	unsigned seen = 0;

	if (!value_csv(value, line->arena, &fields, &why))
		return false;
	for (size_t i = 0; i < fields.count; i++) {
		Pair pair = value_pair(fields.items[i], line->arena);
		bool bare = !strchr(fields.items[i], '=');
		const char *key = bare ? "count" : pair.key, *number = bare ? pair.key : pair.value;
		size_t at = 0;
		while (at < G_N_ELEMENTS(keys) && strcmp(keys[at], key) != 0)
			at++;
		if (at == G_N_ELEMENTS(keys) || (seen & 1u << at))
			return false;
		seen |= 1u << at;
		if (!strcmp(key, "count") && strcmp(number, "all") != 0 && !value_int(number, 10, 64, &count))
			return false;
	}
	return true;
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

StringList argv_capabilities(StringList names, Arena *arena)
{
	StringList once = { 0 };

	for (size_t i = 0; i < names.count; i++) {
		g_autofree char *upper = g_utf8_strup(names.items[i], -1);
		bool whole = g_str_has_prefix(upper, "CAP_") || !strcmp(upper, "ALL");
		names.items[i] = arena_printf(arena, "%s%s", whole ? "" : "CAP_", upper);
	}
	if (names.count)
		qsort(names.items, names.count, sizeof *names.items, compare_words);
	for (size_t i = 0; i < names.count; i++)
		if (!i || strcmp(names.items[i], names.items[i - 1]) != 0)
			LIST_APPEND(arena, &once, names.items[i]);
	return once;
}
