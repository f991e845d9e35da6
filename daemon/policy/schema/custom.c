/* SPDX-License-Identifier: MIT
 *
 * custom_rules: {name, condition, ...}
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/nearest.h"
#include "base/text.h"
#include "policy/match/patterns.h"
#include "policy/schema/schema.h"
#include "request/container.h"
#include "request/image.h"
#include "request/list.h"
#include "request/path.h"

#define SHOWN_BYTES 60u

static const char *const operator_words[OP_COUNT] = {
	[OP_EQUALS] = "equals", [OP_NOT_EQUALS] = "not_equals", [OP_CONTAINS] = "contains", [OP_NOT_CONTAINS] = "not_contains", [OP_MATCHES] = "matches",
	[OP_GLOB] = "glob", [OP_EXISTS] = "exists", [OP_IN] = "in", [OP_GREATER] = "greater", [OP_LESS] = "less",
};
static const Choice operator_choice = { operator_words, OP_COUNT };

FIELD_READER(read_operator)
{
	const char *word = NULL;

	read_choice(loader, node, path, field, (void *)&word);
	for (int op = 0; word && op < OP_COUNT; op++)
		if (word == operator_words[op])
			*(Operator *)target = (Operator)op;
}

/* One word or a list of them; numbers and switches are words here, and "" is one. */
FIELD_READER(read_value)
{
	const bool list = node->kind == YAML_LIST;

	for (size_t i = 0; i < (list ? node->count : 1); i++) {
		const char *text = NULL;
		field_text(loader, list ? node->items[i] : node, path, field, (void *)&text);
		if (text)
			LIST_APPEND(loader->arena, (StringList *)target, text);
	}
}

/* not: one condition, or a list none of which may hold. */
FIELD_READER(read_none)
{
	if (node->kind == YAML_LIST) {
		field_sections(loader, node, path, field, target);
		return;
	}
	ConditionList *list = target;
	list->items = arena_alloc(loader->arena, sizeof *list->items);
	list->count = 1;
	section_read(loader, node, path, field->detail, list->items);
}

static const Field condition_fields[] = {
	FIELD("field", Condition, field_name, field_text),
	DETAIL("operator", Condition, op, read_operator, &operator_choice),
	FIELD("value", Condition, values, read_value),
	DETAIL("and", Condition, all, field_sections, &condition_section),
	DETAIL("or", Condition, any, field_sections, &condition_section),
	DETAIL("not", Condition, none, read_none, &condition_section),
};

static bool find_field(Loader *loader, const YamlNode *node, const KeyPath *path, Condition *condition)
{
	g_autofree const char **names = g_new0(const char *, request_field_count);

	condition->field = request_field_find(condition->field_name, loader->arena, &condition->key);
	if (condition->field)
		return true;
	for (size_t i = 0; i < request_field_count; i++)
		names[i] = request_fields[i].name;
	const char *near = nearest_word(condition->field_name, names, request_field_count);
	field_error(loader, field_find(node, "field"), path, "there is no field \"%s\"%s%s%s; docs/POLICY.md lists them",
		text_printable(loader->arena, condition->field_name, SHOWN_BYTES), near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
	return false;
}

/* Literals in the form that requests have. */
static const char *normalised(const Condition *condition, const char *value, Arena *arena)
{
	const char *name = condition->field->name;
	bool whole = condition->op == OP_EQUALS || condition->op == OP_NOT_EQUALS || condition->op == OP_IN;

	if (whole && g_str_has_prefix(name, "capabilities."))
		return capability_normalise(value, arena);
	if (whole && !strcmp(name, "image") && *value) {
		const ImageRef image = image_parse(value, arena);
		return image_canonical(&image, arena);
	}
	if (whole && !strcmp(name, "mounts[].source") && *value == '/')
		return path_canonical_run(path_clean(value, arena), arena);
	return value;
}

static bool number_of(const Condition *condition, int64_t *ret)
{
	const char *text = condition->values.items[0];
	char *end = NULL;

	errno = 0;
	*ret = strtoll(text, &end, 10);
	if (*text && !*end && !errno)
		return true;
	bool bytes = g_str_has_prefix(condition->field->name, "memory") || !strcmp(condition->field->name, "shm_size");
	return bytes && size_parse(text, ret);
}

static bool is_flag(const char *text)
{
	return !strcmp(text, "true") || !strcmp(text, "false");
}

/* What is wrong with the value for this operator and this field; NULL: nothing. */
static const char *value_problem(Loader *loader, Condition *condition)
{
	bool compares = condition->op == OP_GREATER || condition->op == OP_LESS, equals = condition->op == OP_EQUALS || condition->op == OP_NOT_EQUALS;
	const char *problem = NULL, *first = condition->values.count ? condition->values.items[0] : "";

	if (condition->op == OP_EXISTS) {
		condition->number = !condition->values.count || !strcmp(first, "true");
		return condition->values.count > 1 || (condition->values.count && !is_flag(first)) ? "exists takes true or false" : NULL;
	}
	if (!condition->values.count)
		return "the key value is missing";
	if (condition->op != OP_IN && condition->values.count > 1)
		return "only the operator in takes a list of values";
	if (compares || condition->field->type == VALUE_NUMBER) {
		if (!compares && !equals)
			return "numbers are compared with equals, not_equals, greater, less or exists";
		return number_of(condition, &condition->number) ? NULL : "expected a number";
	}
	if (condition->field->type == VALUE_FLAG && (!equals || !is_flag(first)))
		return "this field is compared with equals or not_equals, and true or false";
	if (condition->op == OP_GLOB)
		return glob_problem(first);
	if (condition->op == OP_MATCHES && !(condition->regex = regex_compile(first, loader->arena, &problem)))
		return arena_printf(loader->arena, "this regular expression is not valid: %s", problem);
	return (condition->op == OP_CONTAINS || condition->op == OP_NOT_CONTAINS) && !*first ? "everything contains nothing; expected text" : NULL;
}

static void check_comparison(Loader *loader, const YamlNode *node, const KeyPath *path, Condition *condition)
{
	const YamlNode *value = field_find(node, "value");

	if (!field_find(node, "operator")) {
		field_error(loader, node, path, "the key operator is missing: equals, contains, matches, ...");
		return;
	}
	if (!find_field(loader, node, path, condition))
		return;
	const char *problem = value_problem(loader, condition);
	if (problem)
		field_error(loader, value ? value : node, path, "%s", problem);
	for (size_t i = 0; i < condition->values.count; i++)
		condition->values.items[i] = normalised(condition, condition->values.items[i], loader->arena);
}

static void check_condition(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	Condition *condition = element;

	if (condition->field_name)
		check_comparison(loader, node, path, condition);
	else if (field_find(node, "operator") || field_find(node, "value"))
		field_error(loader, node, path, "the key field is missing");
	else if (!condition->all.count && !condition->any.count && !condition->none.count)
		field_error(loader, node, path, "expected field, operator and value, or and, or, not with conditions");
}

const Section condition_section = { condition_fields, G_N_ELEMENTS(condition_fields), sizeof(Condition), NULL, check_condition,
	"field|and|or|not field>operator operator>field value>field" };

FIELD_READER(read_condition)
{
	Condition **condition = target;

	*condition = arena_alloc(loader->arena, sizeof **condition);
	section_read(loader, node, path, field->detail, *condition);
}

static const Choice kinds_choice = { request_kind_words, REQUEST_KIND_WORDS };
static const Field custom_fields[] = {
	FIELD("name", CustomRule, name, read_rule_name, STRICTER_KEY),
	FIELD("description", CustomRule, description, field_text, STRICTER_SILENT),
	FIELD("category", CustomRule, category, field_text, STRICTER_SILENT),
	RULE_FIELDS(CustomRule, rule),
	DETAIL("requests", CustomRule, requests, read_choices, &kinds_choice, STRICTER_SAME),
	DETAIL("condition", CustomRule, condition, read_condition, &condition_section, STRICTER_SAME),
};

static void init_custom(void *element)
{
	*(CustomRule *)element = (CustomRule){
		.name = "", .description = "", .category = "custom", .message = "",
		.rule = { .set = true, .action = ACTION_BLOCK, .severity = SEVERITY_MEDIUM, .message = "" },
	};
}

static const char *name_problem(const char *name)
{
	if (!*name)
		return "the key name is missing";
	for (; *name; name++)
		if (!g_ascii_isalnum(*name) && !strchr("-_. ", *name))
			return "a rule's name has letters, digits, '-', '_', '.' and spaces";
	return NULL;
}

static unsigned kinds_of(const CustomRule *rule)
{
	unsigned asked = rule->requests.count ? 0 : REQUEST_KINDS_ALL;

	for (size_t i = 0; i < rule->requests.count; i++)
		asked |= request_kinds_parse(rule->requests.items[i]);
	return asked & condition_kinds(rule->condition);
}

static void check_custom_rule(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	CustomRule *rule = element;
	const char *problem = name_problem(rule->name);

	if (problem)
		field_error(loader, node, path, "%s", problem);
	rule->id = arena_concat(loader->arena, "custom.", rule->name);
	rule->message = rule->rule.message;
	if (!rule->condition) {
		field_error(loader, node, path, "the key condition is missing");
		return;
	}
	if (diagnostics_have_error(loader->diagnostics))
		return;
	rule->kinds = kinds_of(rule);
	if (!rule->kinds)
		field_warning(loader, node, path, "this rule never applies: no kind of request has all the fields that it needs");
	if (rule->rule.action == ACTION_ALLOW)
		field_warning(loader, node, path, "this rule has no effect: its action is allow");
}

const Section custom_rule_section = { custom_fields, G_N_ELEMENTS(custom_fields), sizeof(CustomRule), init_custom, check_custom_rule, "name condition" };
