/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "policy/model.h"
#include "policy/review/append.h"
#include "policy/schema/field.h"

#define INDENT 2u

static void put_line(Buffer *out, unsigned indent, const char *key, const char *value)
{
	if (!*value)
		return;
	buffer_printf(out, "%*s%s: ", (int)indent, "", key);
	buffer_json_string(out, value, 0); /* is YAML as well */
	buffer_puts(out, "\n");
}

static void put_list(Buffer *out, unsigned indent, const char *key, const char *const *words, size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (!*words[i])
			continue;
		if (any)
			buffer_puts(out, ", ");
		else
			buffer_printf(out, "%*s%s: [", (int)indent, "", key);
		buffer_json_string(out, words[i], 0);
		any = true;
	}
	buffer_puts(out, any ? "]\n" : "");
}

void excuse_put(Buffer *out, const Excuse *excuse, const StringList *users, const ExcuseTerms *terms, unsigned indent)
{
	const char *const values[] = { excuse->value, excuse->also };
	const unsigned inner = indent + INDENT;

	buffer_printf(out, "%*s- rules: [%s]\n", (int)indent, "", excuse->rule);
	put_list(out, inner, "values", values, G_N_ELEMENTS(values));
	put_list(out, inner, "commands", &excuse->command, 1);
	if (excuse->read_only)
		buffer_printf(out, "%*sread_only: true\n", (int)inner, "");
	put_list(out, inner, "images", &excuse->image, 1);
	put_list(out, inner, "users", users->items, users->count);
	put_line(out, inner, "reason", terms->reason);
	put_line(out, inner, "owner", terms->owner);
	buffer_printf(out, "%*sexpires: %s\n", (int)inner, "", terms->expires);
}

static const YamlNode *list_of(const Policy *policy)
{
	return field_find(policy->source, "exceptions");
}

/* Of a line that counts from 1; behind the text: its end. */
static const char *line_start(const char *text, unsigned line)
{
	for (; line > 1 && *text; line--) {
		const char *end = strchr(text, '\n');
		text = end ? end + 1 : text + strlen(text);
	}
	return text;
}

unsigned policy_exceptions_indent(const Policy *policy, const char *yaml)
{
	const YamlNode *list = list_of(policy);

	return list && list->kind == YAML_LIST && list->count ? (unsigned)strspn(line_start(yaml, list->items[0]->line), " ") : INDENT;
}

/* Where the next key of the policy stands, or the end. */
static const char *behind(const Policy *policy, const char *yaml)
{
	const YamlNode *root = policy->source;

	for (size_t i = 0; i + 1 < root->count; i++)
		if (!strcmp(root->keys[i]->text, "exceptions"))
			return line_start(yaml, root->keys[i + 1]->line);
	return yaml + strlen(yaml);
}

static bool is_block(const YamlNode *list, const char *yaml)
{
	const char *line = line_start(yaml, list->items[0]->line);

	return line[strspn(line, " ")] == '-';
}

/* Ends with "..." or a map in braces: nothing can stand behind it. */
static bool is_open(const Policy *policy, const char *yaml)
{
	const YamlNode *root = policy->source;

	return root->kind == YAML_MAP && root->count && root->keys[0]->column == 1 && *line_start(yaml, root->line) != '{' && !g_str_has_prefix(yaml, "...") &&
	       !strstr(yaml, "\n...");
}

const char *policy_text_with(const Policy *policy, const char *yaml, const char *items, Arena *arena, const char **ret_why)
{
	const YamlNode *list = list_of(policy);
	Buffer out = BUFFER_INIT(arena);

	*ret_why = "the policy is written in one line or has an end mark; write it with each key on a line of its own";
	if (!is_open(policy, yaml))
		return NULL;
	*ret_why = "the list exceptions is written in brackets or empty; write it with each exception on a line that begins with -, or remove it";
	if (list && (list->kind != YAML_LIST || !list->count || !is_block(list, yaml)))
		return NULL;
	*ret_why = NULL;
	const char *at = list ? behind(policy, yaml) : yaml + strlen(yaml);
	buffer_append(&out, yaml, (size_t)(at - yaml));
	if (at > yaml && at[-1] != '\n')
		buffer_puts(&out, "\n");
	buffer_printf(&out, "%s%s%s", list ? "" : "\nexceptions:\n", items, at);
	return out.data;
}
