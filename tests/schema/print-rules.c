/* SPDX-License-Identifier: MIT
 *
 * Writes what documents say of rules and their keys, from the catalogue and the loader's own tables:
 * print-rules cheatsheet|policy|manual.  build/tests/schema/print-rules is called by test-printed.py, which also puts it into the documents.
 */
#include <stdio.h>
#include <string.h>
#include "policy/schema/schema.h"

typedef void (*KeyFn)(const char *name, const Field *field, void *data);

/* Keys that hold a rule of their own. */
static bool is_rule(const Field *field)
{
	return field->read == read_rule || field->read == read_rule_or_word;
}

static const Section *below(const Field *field)
{
	if (field->read == read_group)
		return ((const RuleDefaults *)field->detail)->section;
	return field->read == field_section ? field->detail : NULL;
}

/* What every rule has is said once. */
static bool is_common(const Field *field)
{
	for (size_t i = 0; i < rule_section.count; i++)
		if (!strcmp(rule_section.fields[i].name, field->name))
			return true;
	return false;
}

static void each_key(const Section *section, const char *prefix, KeyFn each, void *data)
{
	for (size_t i = 0; i < section->count; i++) {
		const Field *field = &section->fields[i];
		g_autofree char *name = g_strconcat(prefix, field->name, NULL), *deeper = g_strconcat(name, ".", NULL);
		each(name, field, data);
		if (below(field))
			each_key(below(field), deeper, each, data);
	}
}

/* What makes it stricter, in a word or two. */
static const char *stricter(const Field *field)
{
	static const char *const words[STRICTER_WAYS] = {
		[STRICTER_BLOCK] = "block", [STRICTER_TRUE] = "true", [STRICTER_FALSE] = "false", [STRICTER_LOWER] = "lower", [STRICTER_MOST] = "lower", [STRICTER_COUNT] = "lower",
		[STRICTER_HIGHER] = "higher", [STRICTER_MORE] = "longer list", [STRICTER_ENTRIES] = "longer list", [STRICTER_FEWER] = "shorter list",
		[STRICTER_LISTED] = "shorter list", [STRICTER_SUBSET] = "shorter list", [STRICTER_PATHS] = "shorter list", [STRICTER_WARNED] = "shorter list",
	};

	if (is_rule(field) || field->read == read_group)
		return "a rule";
	return field->read == field_action ? "block" : words[field->stricter];
}

static bool switches(const Field *field, RuleId rule)
{
	for (const RuleId *at = field->rules; at && *at; at++)
		if (*at == rule)
			return true;
	return false;
}

typedef struct Cell {
	RuleId rule;
	GString *text;
} Cell;

static void add_key(const char *name, const Field *field, void *data)
{
	const Cell *cell = data;

	if (!switches(field, cell->rule))
		return;
	g_string_append(cell->text, cell->text->len ? ", " : "");
	if (strcmp(name, rule_catalogue[cell->rule].id) != 0)
		g_string_append_printf(cell->text, "`%s` ", name);
	g_string_append(cell->text, stricter(field));
}

/* The keys that switch a rule; "": none does. */
static char *keys_of(RuleId rule)
{
	Cell cell = { rule, g_string_new("") };

	each_key(&rules_section, "", add_key, &cell);
	each_key(&settings_section, "settings.", add_key, &cell);
	return g_string_free(cell.text, FALSE);
}

static char *message_of(const RuleInfo *rule)
{
	g_auto(GStrv) parts = g_strsplit(rule->message, "%", -1);

	return g_strjoinv("…", parts);
}

static void print_cheatsheet(void)
{
	(void)puts("| rule | severity | stricter | says |\n|---|---|---|---|");
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const RuleInfo *rule = &rule_catalogue[i];
		g_autofree char *keys = keys_of((RuleId)i), *message = message_of(rule);
		(void)printf("| `%s` | %s | %s | %s |\n", rule->id, severity_name(rule->severity), *keys ? keys : "always there", message);
	}
}

static void print_policy(void)
{
	(void)puts("| rule | severity | says | references |\n|---|---|---|---|");
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const RuleInfo *rule = &rule_catalogue[i];
		g_autofree char *message = message_of(rule);
		(void)printf("| `%s` | %s | %s | %s |\n", rule->id, severity_name(rule->severity), message, rule->references ? rule->references : "");
	}
}

/* A section's own keys, each with what makes it stricter. */
static void print_keys(const Section *section)
{
	const char *between = "\t";

	for (size_t i = 0; i < section->count; i++) {
		const Field *field = &section->fields[i];
		if (is_common(field))
			continue;
		(void)printf("%s*%s* (%s)", between, field->name, stricter(field));
		between = ", ";
	}
	(void)puts(".\n");
}

static void print_manual(void)
{
	for (size_t i = 0; i < rules_section.count; i++) {
		const Field *field = &rules_section.fields[i];
		(void)printf("*%s*\n", field->name);
		if (below(field))
			print_keys(below(field));
		else
			(void)puts("\tA rule.\n");
	}
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*print)(void); } forms[] = {
		{ "cheatsheet", print_cheatsheet }, { "policy", print_policy }, { "manual", print_manual },
	};

	for (size_t i = 0; argc == 2 && i < G_N_ELEMENTS(forms); i++) {
		if (strcmp(argv[1], forms[i].name) != 0)
			continue;
		forms[i].print();
		return 0;
	}
	(void)fputs("print-rules cheatsheet|policy|manual\n", stderr);
	return 2;
}
