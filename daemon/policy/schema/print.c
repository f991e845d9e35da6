/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "policy/schema/print.h"
#include "policy/schema/schema.h"

#define SCALAR "\"type\":[\"string\",\"number\",\"boolean\"]"
#define WORD "{" SCALAR ",\"minLength\":1}"
#define WORDS "\"type\":\"array\",\"items\":" WORD
#define ACTIONS "\"enum\":[\"allow\",\"warn\",\"block\"]"
#define SEVERITIES "\"enum\":[\"low\",\"medium\",\"high\",\"critical\"]"
#define DATE "\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2}))?$\""
#define PORT                                                                            \
	"\"anyOf\":[{\"type\":\"integer\",\"minimum\":1,\"maximum\":65535},"             \
	"{\"type\":\"string\",\"pattern\":\"^[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?$\"}]"
#define SIZE                                                                            \
	"\"anyOf\":[{\"type\":\"number\",\"exclusiveMinimum\":0},"                        \
	"{\"type\":\"string\",\"pattern\":\"^[0-9]+([.][0-9]+)?([bkmgtBKMGT]([iI]?[bB])?)?$\"}]"
#define CPUS                                                                            \
	"\"anyOf\":[{\"type\":\"number\",\"exclusiveMinimum\":0,\"maximum\":1000000},"    \
	"{\"type\":\"string\",\"pattern\":\"^[0-9][0-9.]*$\"}]"
#define DURATION "\"type\":\"string\",\"pattern\":\"^([0-9]+([.][0-9]+)?(ms|s|m|h|d))+$\""

/* Sections that occur again and again, or within themselves. */
static const struct { const Section *section; const char *name; } shared[] = {
	{ &rule_section, "rule" }, { &exception_section, "exception" }, { &condition_section, "condition" },
	{ &path_alone_section, "path" },
};

/* Readers whose values need no more than a fixed text. */
static const struct { FieldReader read; const char *json; } plain[] = {
	{ field_text, SCALAR },
	{ field_flag, "\"type\":\"boolean\"" },
	{ field_words, WORDS },
	{ read_globs, WORDS },
	{ read_registries, WORDS },
	{ read_images, WORDS },
	{ read_ranges, "\"type\":\"array\",\"items\":{\"type\":\"string\",\"pattern\":\"^[0-9a-fA-F.:]+/[0-9]{1,3}$\"}" },
	{ read_regexes, "\"type\":\"array\",\"items\":{\"type\":\"string\",\"minLength\":1,\"format\":\"regex\"}" },
	{ read_paths, "\"type\":\"array\",\"items\":{\"anyOf\":[{\"type\":\"string\",\"pattern\":\"^/\"},{\"$ref\":\"#/definitions/path\"}]}" },
	{ read_path, "\"type\":\"string\",\"pattern\":\"^/\"" },
	{ read_rule_name, SCALAR ",\"minLength\":1,\"pattern\":\"^[-A-Za-z0-9_. ]+$\"" },
	{ read_version, "\"enum\":[\"1.0\",\"1\",1]" },
	{ field_size, SIZE },
	{ field_cpus, CPUS },
	{ field_duration, DURATION },
	{ field_action, ACTIONS },
	{ field_severity, SEVERITIES },
	{ read_rule_severity, SEVERITIES },
	{ field_mode, "\"enum\":[\"enforce\",\"warn\",\"audit\"]" },
	{ read_port, PORT },
	{ read_date, DATE },
	{ read_value, "\"anyOf\":[{" SCALAR "},{\"type\":\"array\",\"items\":{" SCALAR "}}]" },
	{ read_rule, "\"$ref\":\"#/definitions/rule\"" },
	{ read_rule_or_word, "\"anyOf\":[{\"$ref\":\"#/definitions/rule\"},{" ACTIONS "}]" },
	{ read_condition, "\"$ref\":\"#/definitions/condition\"" },
	{ read_none, "\"anyOf\":[{\"$ref\":\"#/definitions/condition\"},{\"type\":\"array\",\"items\":{\"$ref\":\"#/definitions/condition\"}}]" },
};

static void print_section(Buffer *out, const Section *section);

static void print_reference(Buffer *out, const Section *section)
{
	for (size_t i = 0; i < G_N_ELEMENTS(shared); i++) {
		if (shared[i].section != section)
			continue;
		buffer_printf(out, "\"$ref\":\"#/definitions/%s\"", shared[i].name);
		return;
	}
	print_section(out, section);
}

static void print_choice(Buffer *out, const Choice *choice)
{
	buffer_puts(out, "\"enum\":[");
	for (size_t i = 0; i < choice->count; i++)
		buffer_printf(out, "%s\"%s\"", i ? "," : "", choice->words[i]);
	buffer_puts(out, "]");
}

static void print_value(Buffer *out, const Field *field)
{
	const Range *range = field->detail;

	for (size_t i = 0; i < G_N_ELEMENTS(plain); i++)
		if (plain[i].read == field->read)
			buffer_puts(out, plain[i].json);
	if (field->read == field_number) {
		buffer_printf(out, "\"type\":\"integer\",\"minimum\":%lld", (long long)range->least);
		if (range->most < INT64_MAX)
			buffer_printf(out, ",\"maximum\":%lld", (long long)range->most);
	} else if (field->read == read_choice || field->read == read_operator) {
		print_choice(out, field->detail);
	} else if (field->read == read_choices) {
		buffer_puts(out, "\"type\":\"array\",\"items\":{");
		print_choice(out, field->detail);
		buffer_puts(out, "}");
	} else if (field->read == field_section) {
		print_reference(out, field->detail);
	} else if (field->read == read_group) {
		print_section(out, ((const RuleDefaults *)field->detail)->section);
	} else if (field->read == field_sections) {
		buffer_puts(out, "\"type\":\"array\",\"items\":{");
		print_reference(out, field->detail);
		buffer_puts(out, "}");
	}
}

/* "a|b" -> [{"required":["a"]},{"required":["b"]}] */
static void print_alternatives(Buffer *out, const char *word, const char *separator)
{
	g_auto(GStrv) keys = g_strsplit(word, separator, 0);

	buffer_puts(out, "[");
	for (size_t i = 0; keys[i]; i++)
		buffer_printf(out, "%s{\"required\":[\"%s\"]}", i ? "," : "", keys[i]);
	buffer_puts(out, "]");
}

static void print_required(Buffer *out, const char *required)
{
	g_auto(GStrv) words = g_strsplit(required, " ", 0);
	bool first = true;

	buffer_puts(out, ",\"allOf\":[");
	for (size_t i = 0; words[i]; i++) {
		const char *implies = strchr(words[i], '>');
		buffer_puts(out, first ? "{" : ",{");
		first = false;
		if (implies) {
			buffer_printf(out, "\"dependencies\":{\"%.*s\":[\"%s\"]}", (int)(implies - words[i]), words[i], implies + 1);
		} else if (strpbrk(words[i], "|^")) {
			bool any = strchr(words[i], '|') != NULL;
			buffer_puts(out, any ? "\"anyOf\":" : "\"oneOf\":");
			print_alternatives(out, words[i], any ? "|" : "^");
		} else {
			buffer_printf(out, "\"required\":[\"%s\"]", words[i]);
		}
		buffer_puts(out, "}");
	}
	buffer_puts(out, "]");
}

static void print_section(Buffer *out, const Section *section)
{
	buffer_puts(out, "\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
	for (size_t i = 0; i < section->count; i++) {
		buffer_printf(out, "%s\"%s\":{", i ? "," : "", section->fields[i].name);
		print_value(out, &section->fields[i]);
		buffer_puts(out, "}");
	}
	buffer_puts(out, "}");
	if (section->required)
		print_required(out, section->required);
}

void schema_print_json(Buffer *out)
{
	buffer_puts(out, "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"title\":\"Docker Sentinel policy\",\"definitions\":{");
	for (size_t i = 0; i < G_N_ELEMENTS(shared); i++) {
		buffer_printf(out, "%s\"%s\":{", i ? "," : "", shared[i].name);
		print_section(out, shared[i].section);
		buffer_puts(out, "}");
	}
	buffer_puts(out, "},");
	print_section(out, &policy_section);
	buffer_puts(out, "}");
}

static void walk(const Section *section, const char *prefix, SchemaKeyFn each, void *data);

static void walk_field(const Field *field, const char *name, SchemaKeyFn each, void *data)
{
	const Section *section = NULL;
	bool list = field->read == field_sections;

	if (field->read == field_section || list)
		section = field->detail;
	else if (field->read == read_group)
		section = ((const RuleDefaults *)field->detail)->section;
	for (size_t i = 0; i < G_N_ELEMENTS(shared); i++)
		if (shared[i].section == section)
			section = NULL; /* once, under its own name */
	if (!section)
		return;
	g_autofree char *below = g_strdup_printf("%s%s.", name, list ? "[]" : "");
	walk(section, below, each, data);
}

static void walk(const Section *section, const char *prefix, SchemaKeyFn each, void *data)
{
	for (size_t i = 0; i < section->count; i++) {
		g_autofree char *name = g_strconcat(prefix, section->fields[i].name, NULL);
		each(name, data);
		walk_field(&section->fields[i], name, each, data);
	}
}

void schema_each_key(SchemaKeyFn each, void *data)
{
	walk(&policy_section, "", each, data);
	for (size_t i = 0; i < G_N_ELEMENTS(shared); i++) {
		g_autofree char *prefix = g_strconcat(shared[i].name, ".", NULL);
		walk(shared[i].section, prefix, each, data);
	}
}
