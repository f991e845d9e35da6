/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "policy/purl.h"
#include "request/list.h"

#define SCHEME "pkg:"

/* NULL: it is not well encoded. */
static const char *decode(const char *text, size_t length, Arena *arena)
{
	g_autofree char *plain = g_uri_unescape_segment(text, text + length, NULL);

	return plain ? arena_strdup(arena, plain) : NULL;
}

static bool add_qualifier(Purl *purl, const char *text, size_t length, Arena *arena)
{
	const char *equal = memchr(text, '=', length);
	Pair pair;

	if (!equal || equal == text)
		return false;
	pair.key = arena_strndup(arena, text, (size_t)(equal - text));
	pair.value = decode(equal + 1, length - (size_t)(equal + 1 - text), arena);
	if (pair.value)
		LIST_APPEND(arena, &purl->qualifiers, pair);
	return pair.value != NULL;
}

static bool read_qualifiers(Purl *purl, const char *text, Arena *arena)
{
	for (size_t length; *text; text += length + (text[length] == '&')) {
		length = strcspn(text, "&");
		if (!add_qualifier(purl, text, length, arena))
			return false;
	}
	return true;
}

/* The version stands behind the last '@' of the last part: a namespace may have one of its own that somebody did not encode. */
bool purl_parse(const char *text, Purl *ret, Arena *arena)
{
	*ret = (Purl){ .type = "", .name = "", .version = "", .subpath = "" };
	if (!g_str_has_prefix(text, SCHEME))
		return false;
	text += strlen(SCHEME) + strspn(text + strlen(SCHEME), "/");
	char *body = arena_strdup(arena, text), *hash = strchr(body, '#');
	if (hash)
		*hash = 0;
	char *question = strchr(body, '?'), *slash;
	if (question)
		*question = 0;
	slash = strchr(body, '/');
	if (!slash || slash == body || !slash[1])
		return false;
	char *at = strrchr(strrchr(body, '/') + 1, '@');
	if (at && at > strrchr(body, '/') + 1) {
		*at = 0;
		ret->version = decode(at + 1, strlen(at + 1), arena);
	}
	*slash = 0;
	g_autofree char *type = g_ascii_strdown(body, -1);
	ret->type = arena_strdup(arena, type);
	ret->name = decode(slash + 1, strlen(slash + 1), arena);
	ret->subpath = hash ? decode(hash + 1, strlen(hash + 1), arena) : "";
	return ret->name && *ret->name && ret->version && ret->subpath && (!question || read_qualifiers(ret, question + 1, arena));
}

const char *purl_qualifier(const Purl *purl, const char *name)
{
	for (size_t i = 0; i < purl->qualifiers.count; i++)
		if (!g_ascii_strcasecmp(purl->qualifiers.items[i].key, name))
			return purl->qualifiers.items[i].value;
	return "";
}

bool purl_covers(const Purl *by, const Purl *one)
{
	if (strcmp(by->type, one->type) != 0 || strcmp(by->name, one->name) != 0 || (*by->version && strcmp(by->version, one->version) != 0) ||
		(*by->subpath && strcmp(by->subpath, one->subpath) != 0))
		return false;
	for (size_t i = 0; i < by->qualifiers.count; i++)
		if (strcmp(purl_qualifier(one, by->qualifiers.items[i].key), by->qualifiers.items[i].value) != 0)
			return false;
	return true;
}
