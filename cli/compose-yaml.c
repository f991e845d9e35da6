/* SPDX-License-Identifier: MIT
 *
 * A project's file without Docker's plugin: maps, lists and plain values.  What Compose would change (variables, merges, tags) is refused.
 */
#include <string.h>
#include <yaml.h>
#include "cli/compose.h"

#define MOST_DEPTH 32
#define MOST_NODES 50000

typedef struct Reader {
	yaml_parser_t parser;
	unsigned depth, nodes;
	bool compose; /* the file is Compose's, which puts variables where a $ stands */
	char *problem;
} Reader;

static JsonNode *fail(Reader *reader, const yaml_mark_t *at, const char *why)
{
	if (!reader->problem)
		reader->problem = g_strdup_printf("line %zu: %s", at->line + 1, why);
	return NULL;
}

static bool is_digits(const char *text)
{
	return *text && !text[strspn(text, G_CSET_DIGITS)];
}

/* Both readers of YAML that Compose had take the same for it, or it is nothing that we read. */
static JsonNode *plain(Reader *reader, const yaml_event_t *event, const char *text)
{
	static const char *const doubtful[] = { "yes", "no", "on", "off", NULL };
	const char *digits = text + (*text == '-');
	g_autofree char *lower = g_ascii_strdown(text, -1);
	const char *dot = strchr(digits, '.');

	if (!*text || !strcmp(text, "~") || !strcmp(lower, "null"))
		return json_node_new(JSON_NODE_NULL);
	if (!strcmp(lower, "true") || !strcmp(lower, "false"))
		return json_node_init_boolean(json_node_alloc(), *lower == 't');
	if (g_strv_contains(doubtful, lower))
		return fail(reader, &event->start_mark, "it is not the same to all readers: write true, false, or a text in quotes");
	if (is_digits(digits) && (*digits != '0' || !digits[1]) && strlen(digits) < 18)
		return json_node_init_int(json_node_alloc(), g_ascii_strtoll(text, NULL, 10));
	if (g_ascii_isdigit(*digits) && dot && is_digits(dot + 1) && strspn(digits, G_CSET_DIGITS) == (size_t)(dot - digits))
		return json_node_init_double(json_node_alloc(), g_ascii_strtod(text, NULL));
	if (*digits == '0' && (is_digits(digits) || strchr("xob", digits[1])))
		return fail(reader, &event->start_mark, "a number that begins with 0 is not the same to all readers: write it in quotes, or decimal");
	return json_node_init_string(json_node_alloc(), text);
}

static JsonNode *scalar(Reader *reader, const yaml_event_t *event)
{
	g_autofree char *text = g_strndup((const char *)event->data.scalar.value, event->data.scalar.length);

	if (event->data.scalar.anchor || event->data.scalar.tag)
		return fail(reader, &event->start_mark, "anchors and tags are not read");
	if (strlen(text) != event->data.scalar.length)
		return fail(reader, &event->start_mark, "there is a NUL in it");
	if (reader->compose && strchr(text, '$'))
		return fail(reader, &event->start_mark, "Compose puts variables where a $ stands");
	return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? plain(reader, event, text) : json_node_init_string(json_node_alloc(), text);
}

static JsonNode *value(Reader *reader, yaml_event_t *event);

static bool next(Reader *reader, yaml_event_t *event)
{
	if (reader->problem)
		return false;
	if (yaml_parser_parse(&reader->parser, event))
		return true;
	(void)fail(reader, &reader->parser.problem_mark, reader->parser.problem ? reader->parser.problem : "it is no YAML");
	return false;
}

static JsonNode *list(Reader *reader)
{
	g_autoptr(JsonArray) array = json_array_new();
	JsonNode *node = json_node_new(JSON_NODE_ARRAY);
	yaml_event_t event;

	while (next(reader, &event)) {
		const bool end = event.type == YAML_SEQUENCE_END_EVENT;
		JsonNode *element = end ? NULL : value(reader, &event);
		yaml_event_delete(&event);
		if (element)
			json_array_add_element(array, element);
		if (end)
			break;
	}
	json_node_set_array(node, array);
	return node;
}

static void member(Reader *reader, JsonObject *object, const yaml_event_t *key)
{
	const char *name = key->type == YAML_SCALAR_EVENT ? (const char *)key->data.scalar.value : NULL;
	yaml_event_t event;

	if (!name || !strcmp(name, "<<") || (reader->compose && strchr(name, '$')) || key->data.scalar.anchor || json_object_has_member(object, name)) {
		(void)fail(reader, &key->start_mark, name && json_object_has_member(object, name) ? "the key is there twice" : "such a key is not read");
		return;
	}
	if (!next(reader, &event))
		return;
	JsonNode *node = value(reader, &event);
	yaml_event_delete(&event);
	if (node)
		json_object_set_member(object, name, node);
}

static JsonNode *map(Reader *reader)
{
	g_autoptr(JsonObject) object = json_object_new();
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);
	yaml_event_t event;

	while (next(reader, &event)) {
		const bool end = event.type == YAML_MAPPING_END_EVENT;
		if (!end)
			member(reader, object, &event);
		yaml_event_delete(&event);
		if (end)
			break;
	}
	json_node_set_object(node, object);
	return node;
}

/* NULL: there is a problem. */
static JsonNode *value(Reader *reader, yaml_event_t *event)
{
	const bool is_map = event->type == YAML_MAPPING_START_EVENT, is_list = event->type == YAML_SEQUENCE_START_EVENT;

	if (++reader->nodes > MOST_NODES || reader->depth == MOST_DEPTH)
		return fail(reader, &event->start_mark, "the file is too large, or too deep");
	if (event->type == YAML_SCALAR_EVENT)
		return scalar(reader, event);
	if ((!is_map && !is_list) || (is_map ? event->data.mapping_start.anchor || event->data.mapping_start.tag
					      : event->data.sequence_start.anchor || event->data.sequence_start.tag))
		return fail(reader, &event->start_mark, "anchors, aliases and tags are not read");
	reader->depth++;
	JsonNode *node = is_map ? map(reader) : list(reader);
	reader->depth--;
	return node;
}

static JsonNode *read_tree(const char *text, gsize length, bool compose, char **ret_problem)
{
	Reader reader = { .compose = compose };
	JsonNode *root = NULL;
	yaml_event_t event;
	unsigned documents = 0;

	*ret_problem = NULL;
	if (!yaml_parser_initialize(&reader.parser))
		return NULL;
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, length);
	for (bool end = false; !end && next(&reader, &event); yaml_event_delete(&event)) {
		end = event.type == YAML_STREAM_END_EVENT;
		documents += event.type == YAML_DOCUMENT_START_EVENT;
		if (documents > 1)
			(void)fail(&reader, &event.start_mark, "there is a second document");
		else if (event.type == YAML_MAPPING_START_EVENT)
			root = value(&reader, &event);
		else if (event.type == YAML_SCALAR_EVENT || event.type == YAML_SEQUENCE_START_EVENT || event.type == YAML_ALIAS_EVENT)
			(void)fail(&reader, &event.start_mark, compose ? "it is no project" : "it is no map of keys");
	}
	yaml_parser_delete(&reader.parser);
	if (reader.problem || !root)
		g_clear_pointer(&root, json_node_unref);
	*ret_problem = reader.problem ? reader.problem : root ? NULL : g_strdup("it is empty");
	return root;
}

JsonNode *compose_yaml(const char *text, gsize length, char **ret_problem)
{
	return read_tree(text, length, true, ret_problem);
}

JsonNode *yaml_tree(const char *text, gsize length, char **ret_problem)
{
	return read_tree(text, length, false, ret_problem);
}
