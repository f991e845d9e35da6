/* SPDX-License-Identifier: MIT */
#include <json-glib/json-glib.h>
#include <string.h>
#include "helper/edit.h"
#include "helper/place.h"
#include "helper/strict.h"

#define KEY "authorization-plugins"
#define SPACE " \t\r\n"
#define BUILDER "builder"
#define ENTITLEMENTS "entitlements"
#define CLOSED "{\"network-host\": false, \"security-insecure\": false}"

/* Go's encoding/json finds a member whatever its case is. */
static bool is_named_otherwise(JsonObject *object)
{
	JsonObjectIter iter;
	const char *key;

	json_object_iter_init(&iter, object);
	while (json_object_iter_next(&iter, &key, NULL)) {
		g_autofree char *folded = g_utf8_casefold(key, -1);
		if (!strcmp(folded, KEY) && strcmp(key, KEY) != 0)
			return true;
	}
	return false;
}

static bool check(const char *text, Place *ret, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	size_t at;

	if (!strict_json(text, &at)) {
		g_set_error(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE, "it is not valid JSON as Docker reads it, from byte %zu on", at);
		return false;
	}
	if (!json_parser_load_from_data(parser, text, -1, error)) {
		g_prefix_error(error, "it is not valid JSON: ");
		return false;
	}
	JsonNode *root = json_parser_get_root(parser);
	if (!root || !JSON_NODE_HOLDS_OBJECT(root) || text[skip_space(text, 0)] != '{') {
		g_set_error(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE, "it is not a JSON object");
		return false;
	}
	*ret = place_find(text, skip_space(text, 0), KEY);
	if (is_named_otherwise(json_node_get_object(root))) {
		g_set_error(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE, "\"" KEY "\" is there in other letters, which Docker takes for the same");
		return false;
	}
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
		g_autofree char *pair = g_strdup_printf("\"" KEY "\": [\"%s\"]", plugin);
		return place_insert(text, &place, pair);
	}
	if (find_plugin(text, place.value, plugin).end)
		return g_strdup(text);
	size_t end = place.value.end - 1;
	while (strchr(SPACE, text[end - 1]))
		end--;
	g_autofree char *item = g_strdup_printf("%s\"%s\"", holds_something(text, place.value) ? ", " : "", plugin);
	return place_replace(text, (Span){ end, end }, item);
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
	return place_cut(text, alone ? place.pair : item);
}

bool edit_is_ours(const char *text, const char *plugin)
{
	g_autofree char *ours = new_file(plugin);

	return !strcmp(text, ours);
}

/* The builder's object, or nothing (begin == end); false: it is there in a way that is not ours to change. */
static bool find_builder(const char *text, Place *ret_top, Place *ret_inner, GError **error)
{
	Place plugins;

	*ret_inner = (Place){ .open = 0 };
	if (!check(text, &plugins, error))
		return false;
	*ret_top = place_find(text, skip_space(text, 0), BUILDER);
	if (!ret_top->found)
		return true;
	if (ret_top->found == 1 && text[ret_top->value.begin] == '{') {
		*ret_inner = place_find(text, ret_top->value.begin, ENTITLEMENTS);
		return true;
	}
	g_set_error(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE, "\"" BUILDER "\" must be there once, as an object");
	return false;
}

static bool mentions_entitlements(const char *text, const Place *top)
{
	g_autofree char *value = g_strndup(text + top->value.begin, top->value.end - top->value.begin);
	g_autofree char *small = g_ascii_strdown(value, -1);

	return strstr(small, "\"" ENTITLEMENTS "\"") != NULL;
}

/* As Docker reads it: member names in any case. */
static JsonNode *member(JsonNode *node, const char *name)
{
	JsonObject *object = node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
	JsonObjectIter iter;
	const char *key;
	JsonNode *value, *found = NULL;

	if (!object)
		return NULL;
	json_object_iter_init(&iter, object);
	while (json_object_iter_next(&iter, &key, &value))
		if (!g_ascii_strcasecmp(key, name))
			found = value;
	return found;
}

static bool is_bool(JsonNode *node, gboolean wanted)
{
	return node && json_node_get_value_type(node) == G_TYPE_BOOLEAN && json_node_get_boolean(node) == wanted;
}

bool edit_builder_is_closed(const char *text)
{
	g_autoptr(JsonParser) parser = json_parser_new();

	if (!text || !json_parser_load_from_data(parser, text, -1, NULL))
		return false;
	JsonNode *entitlements = member(member(json_parser_get_root(parser), BUILDER), ENTITLEMENTS);
	JsonNode *insecure = member(entitlements, "security-insecure");
	return is_bool(member(entitlements, "network-host"), FALSE) && (!insecure || is_bool(insecure, FALSE));
}

char *edit_close_builder(const char *text, char **ret_added, GError **error)
{
	Place top, inner;

	*ret_added = NULL;
	if (!find_builder(text, &top, &inner, error))
		return NULL;
	if (top.found && mentions_entitlements(text, &top)) {
		g_set_error(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE,
			"the builder has entitlements of its own there; set by hand: \"" ENTITLEMENTS "\": " CLOSED);
		return NULL;
	}
	*ret_added = g_strdup(top.found ? "\"" ENTITLEMENTS "\": " CLOSED : "\"" BUILDER "\": {\"" ENTITLEMENTS "\": " CLOSED "}");
	return place_insert(text, top.found ? &inner : &top, *ret_added);
}

char *edit_open_builder(const char *text, const char *added, GError **error)
{
	Place top, inner;

	if (!find_builder(text, &top, &inner, error))
		return NULL;
	const Place *places[] = { &top, &inner };
	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		Span pair = places[i]->pair;
		if (places[i]->found == 1 && pair.end - pair.begin == strlen(added) && !strncmp(text + pair.begin, added, strlen(added)))
			return place_cut(text, pair);
	}
	return g_strdup(text);
}
