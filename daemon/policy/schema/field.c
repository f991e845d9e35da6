/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <string.h>
#include "base/nearest.h"
#include "base/old-keys.h"
#include "base/text.h"
#include "policy/schema/field.h"
#include "request/list.h"

#define SHOWN_BYTES 60u

void field_put_path(GString *out, const KeyPath *path)
{
	if (!path)
		return;
	field_put_path(out, path->parent);
	if (!path->name)
		g_string_append_printf(out, "[%zu]", path->index);
	else
		g_string_append_printf(out, "%s%s", out->len ? "." : "", path->name);
}

G_GNUC_PRINTF(5, 0)
static void report(Loader *loader, DiagnosticLevel level, const YamlNode *node, const KeyPath *path, const char *format, va_list arguments)
{
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	g_autoptr(GString) where = g_string_new("");

	field_put_path(where, path);
	diagnostics_add(loader->diagnostics, level, loader->file, node->line, node->column, "%s%s%s", where->str, where->len ? ": " : "", message);
}

void field_error(Loader *loader, const YamlNode *node, const KeyPath *path, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	report(loader, DIAGNOSTIC_ERROR, node, path, format, arguments);
	va_end(arguments);
}

void field_warning(Loader *loader, const YamlNode *node, const KeyPath *path, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	report(loader, DIAGNOSTIC_WARNING, node, path, format, arguments);
	va_end(arguments);
}

static const char *shown(Loader *loader, const YamlNode *node)
{
	static const char *const kinds[] = { [YAML_SCALAR] = "", [YAML_LIST] = "a list", [YAML_MAP] = "a group of keys" };

	if (node->kind != YAML_SCALAR)
		return kinds[node->kind];
	return arena_printf(loader->arena, "\"%s\"", text_printable(loader->arena, node->text, SHOWN_BYTES));
}

void field_wrong(Loader *loader, const YamlNode *node, const KeyPath *path, const char *expected)
{
	field_error(loader, node, path, "expected %s, found %s", expected, yaml_is_null(node) ? "nothing" : shown(loader, node));
}

const YamlNode *field_find(const YamlNode *map, const char *key)
{
	for (size_t i = 0; map->kind == YAML_MAP && i < map->count; i++)
		if (!strcmp(map->keys[i]->text, key))
			return map->items[i];
	return NULL;
}

static const Field *find_field(const Section *section, const char *name)
{
	for (size_t i = 0; i < section->count; i++)
		if (*section->fields[i].name == *name && !strcmp(section->fields[i].name, name))
			return &section->fields[i];
	return NULL;
}

static void unknown_key(Loader *loader, const YamlNode *key, const KeyPath *path, const Section *section)
{
	g_autofree const char **names = g_new0(const char *, section->count);
	const KeyPath here = { path, text_printable(loader->arena, key->text, SHOWN_BYTES), 0 };
	const char *instead = path || !find_field(section, "rules") ? NULL : old_key_now(key->text); /* of policies */

	for (size_t i = 0; i < section->count; i++)
		names[i] = section->fields[i].name;
	const char *near = nearest_word(key->text, names, section->count);
	if (instead)
		field_error(loader, key, &here, "this key is from an older format; use %s", instead);
	else
		field_error(loader, key, &here, "unknown key%s%s%s", near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

void section_read(Loader *loader, const YamlNode *node, const KeyPath *path, const Section *section, void *base)
{
	static const KeyPath root = { NULL, "the file", 0 };

	if (node->kind != YAML_MAP) {
		field_wrong(loader, node, path ? path : &root, "a group of keys");
		return;
	}
	for (size_t i = 0; i < node->count; i++) {
		const Field *field = find_field(section, node->keys[i]->text);
		const KeyPath here = { path, node->keys[i]->text, 0 };
		if (field)
			field->read(loader, node->items[i], &here, field, (char *)base + field->offset);
		else
			unknown_key(loader, node->keys[i], path, section);
	}
	if (section->check)
		section->check(loader, node, path, base);
}

FIELD_READER(field_section)
{
	section_read(loader, node, path, field->detail, target);
}

FIELD_READER(field_sections)
{
	const Section *section = field->detail;
	size_t room = LIST_FIRST_ROOM; /* as LIST_APPEND would have grown it */

	if (node->kind != YAML_LIST) {
		field_wrong(loader, node, path, "a list");
		return;
	}
	while (room < node->count)
		room *= 2;
	char *items = arena_alloc(loader->arena, room * section->size);
	for (size_t i = 0; i < node->count; i++) {
		void *element = items + i * section->size;
		const KeyPath here = { path, NULL, i };
		if (section->init)
			section->init(element);
		section_read(loader, node->items[i], &here, section, element);
	}
	/* Every list of the model is a pointer and a count, whatever it points to. */
	memcpy(target, &items, sizeof items);
	memcpy((char *)target + sizeof items, &node->count, sizeof node->count);
}
