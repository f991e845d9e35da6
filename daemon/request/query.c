/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "request/list.h"
#include "request/query.h"

static const char *decode(const char *text, size_t length, Arena *arena)
{
	char *out = arena_alloc(arena, length + 1), *to = out;

	for (size_t i = 0; i < length; i++) {
		int c = text[i] == '+' ? ' ' : text[i];
		if (c == '%') {
			int high = i + 2 < length ? g_ascii_xdigit_value(text[i + 1]) : -1;
			int low = high < 0 ? -1 : g_ascii_xdigit_value(text[i + 2]);
			c = low < 0 ? 0 : high * 16 + low;
			i += 2;
		}
		if (!c)
			return NULL;
		*to++ = (char)c;
	}
	return g_utf8_validate(out, -1, NULL) ? out : NULL;
}

bool query_parse(const char *query, PairList *ret, Arena *arena)
{
	*ret = (PairList){ 0 };
	if (strchr(query, ';'))
		return false;
	while (*query) {
		const char *end = strchrnul(query, '&');
		const char *equals = memchr(query, '=', (size_t)(end - query));
		const char *name_end = equals ? equals : end, *value = equals ? equals + 1 : end;
		Pair pair = { decode(query, (size_t)(name_end - query), arena), decode(value, (size_t)(end - value), arena) };
		if (!pair.key || !pair.value || ret->count == LIMIT_QUERY_NAMES)
			return false;
		if (end != query)
			LIST_APPEND(arena, ret, pair);
		query = *end ? end + 1 : end;
	}
	return true;
}

static size_t find(const PairList *query, const char *name, const char **ret)
{
	size_t found = 0;

	*ret = "";
	for (size_t i = 0; i < query->count; i++)
		if (!strcmp(query->items[i].key, name) && !found++)
			*ret = query->items[i].value;
	return found;
}

bool query_take(const PairList *query, const QueryWant *wants, size_t count)
{
	bool once = true;

	for (size_t i = 0; i < count; i++)
		if (find(query, wants[i].name, wants[i].value) > 1)
			once = false;
	return once;
}
