/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <string.h>
#include "cli/compose-take.h"

void compose_unknown(ComposeBuild *build, const char *format, ...)
{
	va_list arguments;

	if (build->unknown)
		return;
	va_start(arguments, format);
	build->unknown = g_strdup_vprintf(format, arguments);
	va_end(arguments);
}

char *compose_text(JsonNode *value)
{
	char number[G_ASCII_DTOSTR_BUF_SIZE];

	if (!JSON_NODE_HOLDS_VALUE(value))
		return NULL;
	switch (json_node_get_value_type(value)) {
	case G_TYPE_STRING:
		return g_strdup(json_node_get_string(value));
	case G_TYPE_INT64:
		return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(value));
	case G_TYPE_DOUBLE:
		return g_strdup(g_ascii_dtostr(number, sizeof number, json_node_get_double(value)));
	default:
		return NULL;
	}
}

gint64 compose_bytes(JsonNode *value)
{
	static const struct { const char *unit; gint64 factor; } units[] = {
		{ "", 1 }, { "b", 1 }, { "k", 1 << 10 }, { "kb", 1 << 10 }, { "m", 1 << 20 }, { "mb", 1 << 20 }, { "g", 1 << 30 }, { "gb", 1 << 30 },
	};
	g_autofree char *text = compose_text(value), *small = text ? g_ascii_strdown(text, -1) : NULL;
	const size_t digits = small ? strspn(small, G_CSET_DIGITS) : 0;

	if (!digits || digits > 12)
		return -1;
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
		if (!strcmp(small + digits, units[i].unit))
			return g_ascii_strtoll(small, NULL, 10) * units[i].factor;
	return -1;
}

char *compose_name(JsonObject *model, const char *kind, const char *key)
{
	JsonNode *list = json_object_get_member(model, kind), *one = list && JSON_NODE_HOLDS_OBJECT(list) ? json_object_get_member(json_node_get_object(list), key) : NULL;
	JsonObject *object = one && JSON_NODE_HOLDS_OBJECT(one) ? json_node_get_object(one) : NULL;
	JsonNode *external = object ? json_object_get_member(object, "external") : NULL, *name = object ? json_object_get_member(object, "name") : NULL;

	if (name && json_node_get_value_type(name) == G_TYPE_STRING)
		return json_node_dup_string(name);
	if (external && !JSON_NODE_HOLDS_NULL(external) && !(json_node_get_value_type(external) == G_TYPE_BOOLEAN && !json_node_get_boolean(external)))
		return g_strdup(key);
	return g_strdup_printf("%s_%s", json_object_get_string_member_with_default(model, "name", ""), key);
}

static JsonObject *place(ComposeBuild *build, const Key *key, const char **ret_name)
{
	*ret_name = key->to + (*key->to == '/');
	return *key->to == '/' ? build->host : build->body;
}

void take_misunderstood(ComposeBuild *build, const Key *key)
{
	compose_unknown(build, "the value of %s is not understood", key->name);
}

void take_text(ComposeBuild *build, const Key *key, JsonNode *value)
{
	g_autofree char *text = compose_text(value);
	const char *name;
	JsonObject *object = place(build, key, &name);

	if (text)
		json_object_set_string_member(object, name, text);
	else
		take_misunderstood(build, key);
}

/* "host", "private": what names another service is another container's number. */
void take_mode(ComposeBuild *build, const Key *key, JsonNode *value)
{
	g_autofree char *text = compose_text(value);

	if (text && g_str_has_prefix(text, "service:"))
		compose_unknown(build, "%s is another service's, whose container is not there yet", key->name);
	else
		take_text(build, key, value);
}

void take_bool(ComposeBuild *build, const Key *key, JsonNode *value)
{
	const char *name;
	JsonObject *object = place(build, key, &name);

	if (JSON_NODE_HOLDS_VALUE(value) && json_node_get_value_type(value) == G_TYPE_BOOLEAN)
		json_object_set_boolean_member(object, name, json_node_get_boolean(value));
	else
		take_misunderstood(build, key);
}

void take_bytes(ComposeBuild *build, const Key *key, JsonNode *value)
{
	const gint64 bytes = compose_bytes(value);
	const char *name;
	JsonObject *object = place(build, key, &name);

	if (bytes < 0)
		take_misunderstood(build, key);
	else
		json_object_set_int_member(object, name, bytes);
}

void take_number(ComposeBuild *build, const Key *key, JsonNode *value)
{
	g_autofree char *text = compose_text(value);
	const char *name;
	JsonObject *object = place(build, key, &name);
	char *end = NULL;
	const gint64 number = text ? g_ascii_strtoll(text, &end, 10) : 0;

	if (!text || !*text || *end)
		take_misunderstood(build, key);
	else
		json_object_set_int_member(object, name, number);
}

void take_cpus(ComposeBuild *build, const Key *key, JsonNode *value)
{
	g_autofree char *text = compose_text(value);
	char *end = NULL;
	const double cpus = text ? g_ascii_strtod(text, &end) : 0;

	if (!text || !*text || *end || cpus < 0 || cpus > 100000)
		take_misunderstood(build, key);
	else
		json_object_set_int_member(build->host, "NanoCpus", (gint64)(cpus * 1e9));
}

/* A list of texts, or one text. */
void take_list(ComposeBuild *build, const Key *key, JsonNode *value)
{
	JsonArray *from = JSON_NODE_HOLDS_ARRAY(value) ? json_node_get_array(value) : NULL, *to = json_array_new();
	g_autofree char *one = from ? NULL : compose_text(value);
	const char *name;
	JsonObject *object = place(build, key, &name);

	if (one)
		json_array_add_string_element(to, one);
	else if (!from)
		take_misunderstood(build, key);
	for (guint i = 0; from && i < json_array_get_length(from); i++) {
		g_autofree char *text = compose_text(json_array_get_element(from, i));
		if (text)
			json_array_add_string_element(to, text);
		else
			take_misunderstood(build, key);
	}
	json_object_set_array_member(object, name, to);
}

/* A command line: a text is split as a shell does. */
void take_words(ComposeBuild *build, const Key *key, JsonNode *value)
{
	g_autofree char *text = JSON_NODE_HOLDS_ARRAY(value) ? NULL : compose_text(value);
	g_auto(GStrv) words = NULL;
	JsonArray *array = text ? json_array_new() : NULL;

	if (!text) {
		take_list(build, key, value);
		return;
	}
	if (*text && !g_shell_parse_argv(text, NULL, &words, NULL))
		take_misunderstood(build, key);
	for (char **word = words; word && *word; word++)
		json_array_add_string_element(array, *word);
	json_object_set_array_member(build->body, key->to, array);
}

/* "K=V" of a map or a list; what has no value comes from the environment. */
static void add_pair(ComposeBuild *build, const char *name, JsonNode *value, JsonArray *list, JsonObject *map)
{
	g_autofree char *text = value && !JSON_NODE_HOLDS_NULL(value)
		? JSON_NODE_HOLDS_VALUE(value) && json_node_get_value_type(value) == G_TYPE_BOOLEAN ? g_strdup(json_node_get_boolean(value) ? "true" : "false") : compose_text(value)
		: g_strdup(list ? g_getenv(name) : "");

	if (!text && value && !JSON_NODE_HOLDS_NULL(value))
		compose_unknown(build, "the value of %s is not understood", name);
	if (text && list) {
		g_autofree char *pair = g_strdup_printf("%s=%s", name, text);
		json_array_add_string_element(list, pair);
	} else if (text) {
		json_object_set_string_member(map, name, text);
	}
}

static void take_pairs(ComposeBuild *build, const Key *key, JsonNode *value, JsonArray *list, JsonObject *map)
{
	JsonObject *object = JSON_NODE_HOLDS_OBJECT(value) ? json_node_get_object(value) : NULL;
	JsonArray *array = JSON_NODE_HOLDS_ARRAY(value) ? json_node_get_array(value) : NULL;
	g_autoptr(GList) names = object ? json_object_get_members(object) : NULL;

	for (const GList *at = names; at; at = at->next)
		add_pair(build, at->data, json_object_get_member(object, at->data), list, map);
	for (guint i = 0; array && i < json_array_get_length(array); i++) {
		g_autofree char *text = compose_text(json_array_get_element(array, i));
		char *equals = text ? strchr(text, '=') : NULL;
		if (equals)
			*equals = 0;
		g_autoptr(JsonNode) node = equals ? json_node_init_string(json_node_alloc(), equals + 1) : NULL;
		if (text)
			add_pair(build, text, node, list, map);
		else
			take_misunderstood(build, key);
	}
	if (!object && !array)
		take_misunderstood(build, key);
}

void take_environment(ComposeBuild *build, const Key *key, JsonNode *value)
{
	JsonArray *list = json_array_new();

	take_pairs(build, key, value, list, NULL);
	json_object_set_array_member(build->body, key->to, list);
}

void take_map(ComposeBuild *build, const Key *key, JsonNode *value)
{
	JsonObject *map = json_object_new();
	const char *name;
	JsonObject *object = place(build, key, &name);

	take_pairs(build, key, value, NULL, map);
	json_object_set_object_member(object, name, map);
}
