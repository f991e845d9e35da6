/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <yaml.h>
#include "base/limits.h"
#include "base/text.h"
#include "policy/schema/yaml.h"
#include "request/list.h"

#define SHOWN_BYTES 60u
#define FEW_KEYS 16u

typedef struct Reader {
	yaml_parser_t parser;
	yaml_event_t event;
	const char *file;
	Arena *arena;
	GPtrArray *diagnostics;
	unsigned depth, nodes;
} Reader;

static unsigned line_of(const yaml_mark_t *mark)
{
	return (unsigned)mark->line + 1;
}

static unsigned column_of(const yaml_mark_t *mark)
{
	return (unsigned)mark->column + 1;
}

static void *refuse(Reader *reader, const char *message)
{
	const yaml_mark_t *mark = &reader->event.start_mark;

	diagnostics_add(reader->diagnostics, DIAGNOSTIC_ERROR, reader->file, line_of(mark), column_of(mark), "%s", message);
	return NULL;
}

/* The next event; false when libyaml cannot go on. */
static bool next(Reader *reader)
{
	yaml_event_delete(&reader->event);
	if (yaml_parser_parse(&reader->parser, &reader->event))
		return true;
	const yaml_mark_t *mark = reader->parser.context || reader->parser.problem_mark.line ? &reader->parser.problem_mark : &reader->parser.mark;
	const char *problem = reader->parser.problem ? reader->parser.problem : "the text cannot be read";
	diagnostics_add(reader->diagnostics, DIAGNOSTIC_ERROR, reader->file, line_of(mark), column_of(mark), "this is not valid YAML: %s%s%s", problem,
		reader->parser.context ? ", " : "", reader->parser.context ? reader->parser.context : "");
	return false;
}

static YamlNode *node_new(Reader *reader, YamlKind kind)
{
	YamlNode *node = arena_alloc(reader->arena, sizeof *node);

	node->kind = kind;
	node->line = line_of(&reader->event.start_mark);
	node->column = column_of(&reader->event.start_mark);
	return node;
}

static YamlNode *read_node(Reader *reader);

static YamlNode *read_scalar(Reader *reader)
{
	const char *text = (const char *)reader->event.data.scalar.value;
	size_t length = reader->event.data.scalar.length;

	if (strlen(text) != length)
		return refuse(reader, "a NUL character has no place here");
	YamlNode *node = node_new(reader, YAML_SCALAR);
	node->text = arena_strndup(reader->arena, text, length);
	node->plain = reader->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	return node;
}

static YamlNode *read_list(Reader *reader)
{
	YamlNode *list = node_new(reader, YAML_LIST);

	while (next(reader)) {
		if (reader->event.type == YAML_SEQUENCE_END_EVENT)
			return list;
		YamlNode *item = read_node(reader);
		if (!item)
			return NULL;
		LIST_APPEND(reader->arena, list, item);
	}
	return NULL;
}

/* Keys and values are two lists of the same length. */
static void map_append(Reader *reader, YamlNode *map, YamlNode *key, YamlNode *value)
{
	struct { YamlNode **items; size_t count; } keys = { map->keys, map->count };

	LIST_APPEND(reader->arena, &keys, key);
	map->keys = keys.items;
	LIST_APPEND(reader->arena, map, value);
}

/* The keys of one map; a hash only when there are many. */
typedef struct KeySet {
	const YamlNode *map;
	GHashTable *lines; /* text -> line */
} KeySet;

static void key_set_clear(KeySet *set)
{
	g_clear_pointer(&set->lines, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KeySet, key_set_clear)

/* The line where the key was before; 0: it is new. */
static unsigned key_line(KeySet *set, const char *text)
{
	const YamlNode *map = set->map;

	for (size_t i = 0; map->count <= FEW_KEYS && i < map->count; i++)
		if (!strcmp(map->keys[i]->text, text))
			return map->keys[i]->line;
	if (map->count <= FEW_KEYS)
		return 0;
	if (!set->lines)
		set->lines = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = g_hash_table_size(set->lines); i < map->count; i++)
		g_hash_table_insert(set->lines, (gpointer)(uintptr_t)map->keys[i]->text, GUINT_TO_POINTER(map->keys[i]->line));
	return GPOINTER_TO_UINT(g_hash_table_lookup(set->lines, text));
}

static bool key_is_new(Reader *reader, KeySet *set, const YamlNode *key)
{
	unsigned line = key_line(set, key->text);

	if (line)
		diagnostics_add(reader->diagnostics, DIAGNOSTIC_ERROR, reader->file, key->line, key->column,
			"the key \"%s\" is there twice, first in line %u; keep one", text_printable(reader->arena, key->text, SHOWN_BYTES), line);
	return !line;
}

static YamlNode *read_map(Reader *reader)
{
	YamlNode *map = node_new(reader, YAML_MAP);
	g_auto(KeySet) set = { map, NULL };

	while (next(reader)) {
		if (reader->event.type == YAML_MAPPING_END_EVENT)
			return map;
		if (reader->event.type != YAML_SCALAR_EVENT)
			return refuse(reader, "a key must be a word");
		YamlNode *key = read_node(reader);
		if (!key || !key_is_new(reader, &set, key))
			return NULL;
		if (map->count == LIMIT_YAML_KEYS)
			return refuse(reader, "too many keys in one place");
		YamlNode *value = next(reader) ? read_node(reader) : NULL;
		if (!value)
			return NULL;
		map_append(reader, map, key, value);
	}
	return NULL;
}

/* Tags that say what a plain value would be anyway are not worth the confusion either. */
static const char *decorated(const yaml_event_t *event)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (event->type == YAML_ALIAS_EVENT)
		return "aliases (*name) are not allowed; write the value out";
	if (event->type == YAML_SCALAR_EVENT) {
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	}
	if (anchor)
		return "anchors (&name) are not allowed; write the value out";
	return tag ? "tags (!name) are not allowed; quote the value if it should be text" : NULL;
}

static YamlNode *read_node(Reader *reader)
{
	YamlNode *node = NULL;
	const char *why = decorated(&reader->event);

	if (why)
		return refuse(reader, why);
	if (++reader->nodes > LIMIT_YAML_NODES)
		return refuse(reader, "the file has too many values");
	if (++reader->depth > LIMIT_YAML_DEPTH)
		return refuse(reader, "the file is nested too deeply");
	switch (reader->event.type) {
	case YAML_SCALAR_EVENT:
		node = read_scalar(reader);
		break;
	case YAML_SEQUENCE_START_EVENT:
		node = read_list(reader);
		break;
	case YAML_MAPPING_START_EVENT:
		node = read_map(reader);
		break;
	default:
		node = refuse(reader, "a value was expected");
		break;
	}
	reader->depth--;
	return node;
}

static YamlNode *read_document(Reader *reader)
{
	if (!next(reader) || !next(reader)) /* the stream, then the document */
		return NULL;
	if (reader->event.type == YAML_STREAM_END_EVENT)
		return node_new(reader, YAML_MAP);
	YamlNode *root = next(reader) ? read_node(reader) : NULL;
	if (!root || !next(reader) || !next(reader))
		return NULL;
	if (reader->event.type != YAML_STREAM_END_EVENT)
		return refuse(reader, "a second document (---) begins here; one file holds one");
	return root;
}

YamlNode *yaml_parse(const char *file, const char *text, size_t length, Arena *arena, GPtrArray *diagnostics)
{
	Reader reader = { .file = file, .arena = arena, .diagnostics = diagnostics };

	if (length > LIMIT_POLICY_BYTES) {
		diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, file, 0, 0, "the file has %zu bytes, %u are the most", length, LIMIT_POLICY_BYTES);
		return NULL;
	}
	if (!yaml_parser_initialize(&reader.parser)) {
		diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, file, 0, 0, "there is not enough memory to read it");
		return NULL;
	}
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, length);
	YamlNode *root = read_document(&reader);
	yaml_event_delete(&reader.event);
	yaml_parser_delete(&reader.parser);
	return root;
}

bool yaml_is_null(const YamlNode *node)
{
	return node->kind == YAML_SCALAR && node->plain && (!*node->text || !strcmp(node->text, "~") || !strcmp(node->text, "null"));
}
