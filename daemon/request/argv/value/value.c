/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <string.h>
#include "request/argv/value/value.h"
#include "request/list.h"

const char *value_bool(const char *text)
{
	static const char *const yes[] = { "1", "t", "T", "true", "TRUE", "True" }, *const no[] = { "0", "f", "F", "false", "FALSE", "False" };

	for (size_t i = 0; i < G_N_ELEMENTS(yes); i++) {
		if (!strcmp(text, yes[i]))
			return "true";
		if (!strcmp(text, no[i]))
			return "false";
	}
	return NULL;
}

const char *value_trim(const char *text, Arena *arena)
{
	return g_strstrip(arena_strdup(arena, text));
}

const char *value_lower(const char *text, Arena *arena)
{
	g_autofree char *lower = g_utf8_strdown(text, -1);

	return arena_strdup(arena, lower);
}

const char *value_address(const char *text, Arena *arena)
{
	struct in6_addr address;
	char shown[INET6_ADDRSTRLEN];
	const char *trimmed = value_trim(text, arena);
	int family = strchr(trimmed, ':') ? AF_INET6 : AF_INET;

	if (inet_pton(family, trimmed, &address) != 1)
		return NULL;
	if (family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&address))
		return arena_strdup(arena, inet_ntop(AF_INET, &address.s6_addr[12], shown, sizeof shown));
	return arena_strdup(arena, inet_ntop(family, &address, shown, sizeof shown));
}

bool value_mac(const char *text)
{
	size_t length = strlen(text), digits = 0, group;

	if (length < 14)
		return false;
	char separator = strchr(":-", text[2]) ? text[2] : '.';
	group = separator == '.' ? 4 : 2;
	for (size_t i = 0; i < length; i++) {
		bool between = i % (group + 1) == group;
		if (between ? text[i] != separator : !g_ascii_isxdigit(text[i]))
			return false;
		digits += !between;
	}
	return g_ascii_isxdigit(text[length - 1]) && (digits == 12 || digits == 16 || digits == 40);
}

/* One field that begins with a quote; the position behind it. */
static const char *read_quoted(const char *at, Buffer *field, const char **why)
{
	for (at++;; at++) {
		if (!*at) {
			*why = "a closing quote";
			return NULL;
		}
		if (*at != '"') {
			buffer_append(field, at, 1);
		} else if (at[1] == '"') {
			buffer_append(field, at++, 1);
		} else {
			break;
		}
	}
	if (at[1] && at[1] != ',')
		*why = "a comma behind the closing quote";
	return at[1] && at[1] != ',' ? NULL : at + 1;
}

bool value_csv(const char *text, Arena *arena, StringList *ret, const char **why)
{
	size_t line = strcspn(text, "\r\n");

	*ret = (StringList){ 0 };
	*why = "something";
	if (!line)
		return false;
	for (const char *at = text;; at++) {
		Buffer field = BUFFER_INIT(arena);
		buffer_puts(&field, "");
		if (*at == '"') {
			at = read_quoted(at, &field, why);
			if (!at)
				return false;
		} else {
			size_t length = strcspn(at, ",\n");
			if (memchr(at, '"', length)) {
				*why = "quotes around a whole field";
				return false;
			}
			buffer_append(&field, at, length);
			at += length;
		}
		LIST_APPEND(arena, ret, field.data);
		if (*at != ',')
			return true;
	}
}

Pair value_pair(const char *text, Arena *arena)
{
	size_t key = strcspn(text, "=");
	const Pair pair = { arena_strndup(arena, text, key), text[key] ? text + key + 1 : "" };

	return pair;
}

void value_map_set(PairList *map, Pair pair, Arena *arena)
{
	for (size_t i = 0; i < map->count; i++) {
		if (!strcmp(map->items[i].key, pair.key)) {
			map->items[i].value = pair.value;
			return;
		}
	}
	LIST_APPEND(arena, map, pair);
}

static bool in_list(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!g_ascii_strcasecmp(list[i], word))
			return true;
	return false;
}

static bool platform_known(const char *word)
{
	static const char *const systems[] = {
		"aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd", "openbsd", "plan9", "solaris",
		"windows", "zos", "macos",
	};
	static const char *const machines[] = {
		"386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "loong64", "mips", "mipsle", "mips64", "mips64le", "mips64p32",
		"mips64p32le", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x", "sparc", "sparc64", "wasm", "i386", "x86_64", "x86-64",
		"aarch64", "armhf", "armel",
	};

	return in_list(word, systems, G_N_ELEMENTS(systems)) || in_list(word, machines, G_N_ELEMENTS(machines));
}

bool value_platform(const char *text)
{
	static const char system[] = "^[A-Za-z0-9_-]+(\\([A-Za-z0-9_.-]*(\\+[A-Za-z0-9_.-]+)*\\))?$";
	g_auto(GStrv) parts = g_strsplit(text, "/", -1);
	guint count = g_strv_length(parts);

	if (!count || count > 3 || !g_regex_match_simple(system, parts[0], G_REGEX_DOLLAR_ENDONLY, 0))
		return false;
	for (guint i = 1; i < count; i++)
		if (!g_regex_match_simple("^[A-Za-z0-9_.-]+$", parts[i], G_REGEX_DOLLAR_ENDONLY, 0))
			return false;
	g_autofree char *word = g_strndup(parts[0], strcspn(parts[0], "("));
	return count > 1 || platform_known(word);
}
