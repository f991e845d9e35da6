/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "helper/place.h"

#define SPACE " \t\r\n"

size_t skip_space(const char *text, size_t at)
{
	return at + strspn(text + at, SPACE);
}

/* Behind the string that begins at `at`. */
static size_t skip_string(const char *text, size_t at)
{
	for (at++; text[at] && text[at] != '"'; at++)
		if (text[at] == '\\' && text[at + 1])
			at++;
	return at + 1;
}

size_t skip_value(const char *text, size_t at)
{
	unsigned depth = 0;

	if (text[at] == '"')
		return skip_string(text, at);
	for (; text[at]; at++) {
		if (!depth && strchr(",]}" SPACE, text[at]))
			break;
		depth += text[at] == '{' || text[at] == '[';
		depth -= text[at] == '}' || text[at] == ']';
		if (text[at] == '"')
			at = skip_string(text, at) - 1;
		else if (!depth && (text[at] == '}' || text[at] == ']'))
			return at + 1;
	}
	return at;
}

Place place_find(const char *text, size_t object, const char *key)
{
	size_t at = object + 1, length = strlen(key);
	Place place = { .open = at };

	at = skip_space(text, at);
	place.empty = text[at] == '}';
	while (text[at] == '"') {
		size_t name = at, after = skip_string(text, at);
		size_t value = skip_space(text, skip_space(text, after) + 1), end = skip_value(text, value);
		if (after - name == length + 2 && !strncmp(text + name + 1, key, length)) {
			place.pair = (Span){ name, end };
			place.value = (Span){ value, end };
			place.found++;
		}
		at = skip_space(text, end);
		if (text[at] == ',')
			at = skip_space(text, at + 1);
	}
	return place;
}

char *place_replace(const char *text, Span span, const char *with)
{
	return g_strdup_printf("%.*s%s%s", (int)span.begin, text, with, text + span.end);
}

char *place_insert(const char *text, const Place *place, const char *pair)
{
	size_t first = skip_space(text, place->open);
	g_autofree char *space = g_strndup(text + place->open, place->empty ? 0 : first - place->open);
	g_autofree char *whole = g_strdup_printf("%s%s%s", space, pair, place->empty ? "" : ",");

	return place_replace(text, (Span){ place->open, place->open }, whole);
}

char *place_cut(const char *text, Span span)
{
	size_t before = span.begin, after = skip_space(text, span.end);

	while (before > 0 && strchr(SPACE, text[before - 1]))
		before--;
	if (text[after] == ',')
		return place_replace(text, (Span){ before, after + 1 }, "");
	return place_replace(text, (Span){ text[before - 1] == ',' ? before - 1 : before, span.end }, "");
}
