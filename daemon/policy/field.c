/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "policy/field.h"
#include "base/nearest.h"
#include "request/list.h"

#define SHOWN_BYTES 60u
#define NANO 1000000000.0

G_GNUC_PRINTF(4, 0)
static void report(Loader *loader, DiagnosticLevel level, const YamlNode *node, const char *format, va_list arguments)
{
	g_autofree char *message = g_strdup_vprintf(format, arguments);

	diagnostics_add(loader->diagnostics, level, loader->file, node->line, node->column, "%s", message);
}

void field_error(Loader *loader, const YamlNode *node, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	report(loader, DIAGNOSTIC_ERROR, node, format, arguments);
	va_end(arguments);
}

void field_warning(Loader *loader, const YamlNode *node, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	report(loader, DIAGNOSTIC_WARNING, node, format, arguments);
	va_end(arguments);
}

static const char *shown(Loader *loader, const YamlNode *node)
{
	static const char *const kinds[] = { [YAML_SCALAR] = "", [YAML_LIST] = "a list", [YAML_MAP] = "a group of keys" };

	if (node->kind != YAML_SCALAR)
		return kinds[node->kind];
	return arena_printf(loader->arena, "\"%s\"", text_printable(loader->arena, node->text, SHOWN_BYTES));
}

static void wrong(Loader *loader, const YamlNode *node, const char *path, const char *expected)
{
	field_error(loader, node, "%s: expected %s, found %s", path, expected, yaml_is_null(node) ? "nothing" : shown(loader, node));
}

static void unknown_key(Loader *loader, const YamlNode *key, const char *path, const Section *section)
{
	g_autofree const char **names = g_new0(const char *, section->count);

	for (size_t i = 0; i < section->count; i++)
		names[i] = section->fields[i].name;
	const char *near = nearest_word(key->text, names, section->count);
	field_error(loader, key, "%s%s%s: unknown key%s%s%s", path, *path ? "." : "", text_printable(loader->arena, key->text, SHOWN_BYTES),
		near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static const Field *find_field(const Section *section, const char *name)
{
	for (size_t i = 0; i < section->count; i++)
		if (!strcmp(section->fields[i].name, name))
			return &section->fields[i];
	return NULL;
}

void section_read(Loader *loader, const YamlNode *node, const char *path, const Section *section, void *base)
{
	if (node->kind != YAML_MAP) {
		wrong(loader, node, *path ? path : "the file", "a group of keys");
		return;
	}
	for (size_t i = 0; i < node->count; i++) {
		const Field *field = find_field(section, node->keys[i]->text);
		const char *name = arena_printf(loader->arena, "%s%s%s", path, *path ? "." : "", node->keys[i]->text);
		if (field)
			field->read(loader, node->items[i], name, field, (char *)base + field->offset);
		else
			unknown_key(loader, node->keys[i], path, section);
	}
	if (section->check)
		section->check(loader, node, path, base);
}

void field_text(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target)
{
	(void)field;
	if (node->kind != YAML_SCALAR || yaml_is_null(node))
		wrong(loader, node, path, "text");
	else
		*(const char **)target = node->text;
}

void field_flag(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target)
{
	(void)field;
	bool yes = node->kind == YAML_SCALAR && node->plain && !strcmp(node->text, "true");
	bool no = node->kind == YAML_SCALAR && node->plain && !strcmp(node->text, "false");

	if (yes || no)
		*(bool *)target = yes;
	else
		wrong(loader, node, path, "true or false");
}

void field_number(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target)
{
	const Range *range = field->detail;
	char *end = NULL;
	long long value = 0;

	errno = 0;
	if (node->kind == YAML_SCALAR && node->plain && g_ascii_isdigit(*node->text))
		value = strtoll(node->text, &end, 10);
	if (!end || *end || errno || value < range->least || value > range->most)
		wrong(loader, node, path, arena_printf(loader->arena, "a number from %lld to %lld", (long long)range->least, (long long)range->most));
	else
		*(int64_t *)target = value;
}

void field_words(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target)
{
	StringList *words = target;

	(void)field;
	if (node->kind != YAML_LIST) {
		wrong(loader, node, path, "a list");
		return;
	}
	for (size_t i = 0; i < node->count; i++) {
		const YamlNode *item = node->items[i];
		if (item->kind != YAML_SCALAR || yaml_is_null(item) || !*item->text)
			wrong(loader, item, path, "a word in each place of the list");
		else
			LIST_APPEND(loader->arena, words, item->text);
	}
}

/* "512m", "2g", "1048576"; as docker run --memory (go-units RAMInBytes, powers of 1024). */
void field_size(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target)
{
	static const char units[] = "bkmgt";
	char *end = NULL;
	double value = 0;

	(void)field;
	if (node->kind == YAML_SCALAR && g_ascii_isdigit(*node->text))
		value = g_ascii_strtod(node->text, &end);
	const char *unit = end && *end ? strchr(units, g_ascii_tolower(*end)) : units;
	bool tail = end && *end && end[1] && g_ascii_strcasecmp(end + 1, "b") != 0 && g_ascii_strcasecmp(end + 1, "ib") != 0;
	if (!end || !unit || tail || value <= 0) {
		wrong(loader, node, path, "a size such as 512m or 2g");
		return;
	}
	for (; unit > units; unit--)
		value *= 1024;
	*(int64_t *)target = value < (double)INT64_MAX ? (int64_t)value : INT64_MAX;
}

void field_cpus(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target)
{
	char *end = NULL;
	double value = 0;

	(void)field;
	if (node->kind == YAML_SCALAR && g_ascii_isdigit(*node->text))
		value = g_ascii_strtod(node->text, &end);
	if (!end || *end || value <= 0 || value > 1e6)
		wrong(loader, node, path, "a number of CPUs such as 1.5");
	else
		*(int64_t *)target = (int64_t)(value * NANO);
}

void field_action(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target)
{
	(void)field;
	if (node->kind != YAML_SCALAR || !action_parse(node->text, target))
		wrong(loader, node, path, "allow, warn or block");
}

void field_severity(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target)
{
	(void)field;
	if (node->kind != YAML_SCALAR || !severity_parse(node->text, target))
		wrong(loader, node, path, "low, medium, high or critical");
}

void field_mode(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target)
{
	(void)field;
	if (node->kind != YAML_SCALAR || !mode_parse(node->text, target))
		wrong(loader, node, path, "enforce, warn or audit");
}

void field_section(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target)
{
	section_read(loader, node, path, field->detail, target);
}

void field_sections(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target)
{
	const Section *section = field->detail;
	size_t room = LIST_FIRST_ROOM; /* as LIST_APPEND would have grown it */

	while (room < node->count)
		room *= 2;
	char *items = arena_alloc(loader->arena, room * section->size);

	if (node->kind != YAML_LIST) {
		wrong(loader, node, path, "a list");
		return;
	}
	for (size_t i = 0; i < node->count; i++) {
		void *element = items + i * section->size;
		if (section->init)
			section->init(element);
		section_read(loader, node->items[i], arena_printf(loader->arena, "%s[%zu]", path, i), section, element);
	}
	/* Every list of the model is a pointer and a count, whatever it points to. */
	memcpy(target, &items, sizeof items);
	memcpy((char *)target + sizeof items, &node->count, sizeof node->count);
}

void field_later(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target)
{
	(void)field;
	(void)target;
	if (node->kind != YAML_SCALAR || strcmp(node->text, "false") != 0)
		field_warning(loader, node, "%s: has no effect in this version; images are not scanned yet", path);
}
