/* SPDX-License-Identifier: MIT */
#include <json-glib/json-glib.h>
#include <string.h>
#include "helper/edit.h"

#define KEY "authorization-plugins"
#define SPACE " \t\r\n"

/* Where things stand in a text that json-glib has accepted; begin == end: not there. */
typedef struct Span {
	size_t begin, end;
} Span;

typedef struct Place {
	size_t open;      /* of the object, behind its { */
	bool empty;       /* the object */
	Span pair, value; /* the key with its value, and the value alone */
	unsigned found;
} Place;

static size_t skip_space(const char *text, size_t at)
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

/* Behind the value that begins at `at`. */
static size_t skip_value(const char *text, size_t at)
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

static Place locate(const char *text)
{
	size_t at = skip_space(text, 0) + 1;
	Place place = { .open = at };

	at = skip_space(text, at);
	place.empty = text[at] == '}';
	while (text[at] == '"') {
		size_t key = at, after = skip_string(text, at);
		size_t value = skip_space(text, skip_space(text, after) + 1), end = skip_value(text, value);
		if (after - key == strlen(KEY) + 2 && !strncmp(text + key + 1, KEY, strlen(KEY))) {
			place.pair = (Span){ key, end };
			place.value = (Span){ value, end };
			place.found++;
		}
		at = skip_space(text, end);
		if (text[at] == ',')
			at = skip_space(text, at + 1);
	}
	return place;
}

static char *replace(const char *text, Span span, const char *with)
{
	return g_strdup_printf("%.*s%s%s", (int)span.begin, text, with, text + span.end);
}

/* Takes an element of a list (or a pair of an object) out, with the comma that it had. */
static char *cut(const char *text, Span span)
{
	size_t before = span.begin, after = skip_space(text, span.end);

	while (before > 0 && strchr(SPACE, text[before - 1]))
		before--;
	if (text[after] == ',')
		return replace(text, (Span){ before, after + 1 }, "");
	return replace(text, (Span){ text[before - 1] == ',' ? before - 1 : before, span.end }, "");
}

static bool check(const char *text, Place *ret, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new();

	if (!json_parser_load_from_data(parser, text, -1, error)) {
		g_prefix_error(error, "it is not valid JSON: ");
		return false;
	}
	JsonNode *root = json_parser_get_root(parser);
	if (!root || !JSON_NODE_HOLDS_OBJECT(root) || text[skip_space(text, 0)] != '{') {
		g_set_error(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE, "it is not a JSON object");
		return false;
	}
	*ret = locate(text);
	if (ret->found > 1 || (ret->found == 1) != json_object_has_member(json_node_get_object(root), KEY) || (ret->found && text[ret->value.begin] != '[')) {
		g_set_error(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE, "\"" KEY "\" must be there once, as a list");
		return false;
	}
	return true;
}

static Span find_plugin(const char *text, Span list, const char *plugin)
{
	g_autofree char *wanted = g_strdup_printf("\"%s\"", plugin);
	size_t at = skip_space(text, list.begin + 1);

	while (at < list.end - 1) {
		size_t end = skip_value(text, at);
		if (end - at == strlen(wanted) && !strncmp(text + at, wanted, strlen(wanted)))
			return (Span){ at, end };
		if (end == at)
			break;
		at = skip_space(text, end);
		at = text[at] == ',' ? skip_space(text, at + 1) : at;
	}
	return (Span){ 0, 0 };
}

static bool holds_something(const char *text, Span list)
{
	return skip_space(text, list.begin + 1) < list.end - 1;
}

static char *new_file(const char *plugin)
{
	return g_strdup_printf("{\n    \"" KEY "\": [\"%s\"]\n}\n", plugin);
}

char *edit_add(const char *text, const char *plugin, GError **error)
{
	Place place;

	if (!text || !text[skip_space(text, 0)])
		return new_file(plugin);
	if (!check(text, &place, error))
		return NULL;
	if (!place.found) {
		/* As the first pair, set off like the one that was first. */
		size_t first = skip_space(text, place.open);
		g_autofree char *space = g_strndup(text + place.open, place.empty ? 0 : first - place.open);
		g_autofree char *pair = g_strdup_printf("%s\"" KEY "\": [\"%s\"]%s", space, plugin, place.empty ? "" : ",");
		return replace(text, (Span){ place.open, place.open }, pair);
	}
	if (find_plugin(text, place.value, plugin).end)
		return g_strdup(text);
	size_t end = place.value.end - 1;
	while (strchr(SPACE, text[end - 1]))
		end--;
	g_autofree char *item = g_strdup_printf("%s\"%s\"", holds_something(text, place.value) ? ", " : "", plugin);
	return replace(text, (Span){ end, end }, item);
}

char *edit_remove(const char *text, const char *plugin, GError **error)
{
	Place place;

	if (!text || !text[skip_space(text, 0)])
		return g_strdup(text ? text : "");
	if (!check(text, &place, error))
		return NULL;
	Span item = place.found ? find_plugin(text, place.value, plugin) : (Span){ 0, 0 };
	if (!item.end)
		return g_strdup(text);
	Span inside = { place.value.begin, place.value.end };
	bool alone = skip_space(text, inside.begin + 1) == item.begin && skip_space(text, item.end) == inside.end - 1;
	return cut(text, alone ? place.pair : item);
}

bool edit_is_ours(const char *text, const char *plugin)
{
	g_autofree char *ours = new_file(plugin);

	return !strcmp(text, ours);
}
