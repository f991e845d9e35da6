/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/nearest.h"
#include "cli/language.h"
#include "cli/layout.h"
#include "cli/option.h"
#include "cli/output.h"

#define OPTION_INDENT 28 /* where what an option does begins */

static const Option rows[] = {
	OPTION(Cli, json, "json", 0, NULL, "answer as JSON: {success, timestamp, data or error}"),
	OPTION(Cli, local, "local", 0, NULL, "use a private sentineld: no bus, no root, no service"),
	OPTION(Cli, bus, "bus", 0, "BUS", "where the service is: system or session", .fallback = "system"),
	OPTION(Cli, config_dir, "config-dir", 0, "DIR", "with --local: the configuration directory"),
	OPTION(Cli, no_color, "no-color", 0, NULL, "no colours, also on a terminal"),
	OPTION(Cli, no_ask_password, "no-ask-password", 0, NULL, "fail instead of asking for a password"),
	OPTION(Cli, full, "full", 'l', NULL, "do not cut what is wider than the terminal"),
	OPTION(Cli, no_legend, "no-legend", 0, NULL, "tables without headings and sums"),
	OPTION(Cli, no_pager, "no-pager", 0, NULL, "long answers at once, not page by page"),
	OPTION(Cli, quiet, "quiet", 'q', NULL, "say nothing where the exit status is the answer: no confirmations, progress and hints"),
	OPTION(Cli, help, "help", 'h', NULL, "show this help"),
	OPTION(Cli, version, "version", 'V', NULL, "show the version"),
};
const OptionTable option_all = OPTION_TABLE(Cli, rows);

static const Option *find(const OptionTable *table, const char *word, size_t length)
{
	for (size_t i = 0; table && i < table->count; i++) {
		const Option *option = &table->rows[i];
		bool spelled = strlen(option->name) == length && !memcmp(option->name, word, length);
		if (spelled || (length == 1 && option->letter && option->letter == *word))
			return option;
	}
	return NULL;
}

const Option *option_find(const OptionTable *table, const char *word)
{
	const size_t length = strcspn(word, "=");
	const Option *own = find(table, word, length);

	return own ? own : find(&option_all, word, length);
}

/* Whether docker's words may stand where this option does. */
static bool behind_docker(const Cli *cli)
{
	return cli->verb && (!strcmp(cli->verb, "validate") || !strcmp(cli->verb, "exec"));
}

static int unknown(const Cli *cli, const OptionTable *table, const char *typed)
{
	const char *word = typed + strspn(typed, "-");
	size_t own = table ? table->count : 0, count = 0;
	g_autofree const char **names = g_new(const char *, option_all.count + own);

	for (size_t i = 0; i < option_all.count; i++)
		names[count++] = option_all.rows[i].name;
	for (size_t i = 0; i < own; i++)
		names[count++] = table->rows[i].name;
	g_autofree char *bare = g_strndup(word, strcspn(word, "=")), *shown = g_strndup(typed, strcspn(typed, "="));
	const char *near = nearest_word(bare, names, count);
	return output_error(cli, EXIT_USAGE, "usage", _("unknown option %s%s%s%s%s"), shown, near ? _("; did you mean --") : "",
		near ? near : "", near ? "?" : "", behind_docker(cli) && !near ? _("; if it is docker's, put -- before the docker command") : "");
}

static int set(const Cli *cli, const Option *option, void *values, const char *value)
{
	void *target = (char *)values + option->offset;
	char *end = NULL;

	switch (option->kind) {
	case OPTION_FLAG:
		*(gboolean *)target = TRUE;
		return 0;
	case OPTION_TEXT:
		g_free(*(char **)target);
		*(char **)target = g_strdup(value);
		return 0;
	case OPTION_COUNT:
		*(int64_t *)target = g_ascii_strtoll(value, &end, 10);
		if (*value && !*end && *(int64_t *)target > 0 && *(int64_t *)target <= UINT32_MAX)
			return 0;
		break;
	}
	return output_error(cli, EXIT_USAGE, "usage", _("--%s %s: expected a number above 0"), option->name, value);
}

int option_read(Cli *cli, const OptionTable *table, void *values, char **words, int *at)
{
	const char *word = words[*at] + strspn(words[*at], "-");
	size_t length = strcspn(word, "=");
	const Option *own = find(table, word, length), *option = option_find(table, word);

	if (!option)
		return unknown(cli, table, words[*at]);
	++*at;
	if (option->kind == OPTION_FLAG && word[length])
		return output_error(cli, EXIT_USAGE, "usage", _("--%s takes no value"), option->name);
	const char *value = word[length] ? word + length + 1 : NULL;
	if (option->kind != OPTION_FLAG && !value && !(value = words[*at]))
		return output_error(cli, EXIT_USAGE, "usage", _("--%s: expected %s"), option->name, option->value);
	if (option->kind != OPTION_FLAG && !word[length])
		++*at;
	return set(cli, option, own ? values : cli, value);
}

static void print_row(FILE *stream, const Option *option)
{
	g_autofree char *letter = option->letter ? g_strdup_printf("-%c, ", option->letter) : g_strdup("    ");
	g_autofree char *left = g_strdup_printf("  %s--%s%s%s", letter, option->name, option->value ? " " : "", option->value ? option->value : "");
	g_autofree char *text = option->fallback ? g_strdup_printf(_("%s (default: %s)"), _(option->help), _(option->fallback)) : g_strdup(_(option->help));

	if (strlen(left) + 2 > OPTION_INDENT)
		(void)fprintf(stream, "%s\n%*s", left, OPTION_INDENT, "");
	else
		(void)fprintf(stream, "%-*s", OPTION_INDENT, left);
	layout_wrap(stream, text, OPTION_INDENT, OPTION_INDENT);
}

void option_print(FILE *stream, const OptionTable *table)
{
	for (size_t i = 0; i < table->count; i++)
		print_row(stream, &table->rows[i]);
}

static void set_text(JsonObject *object, const char *name, const char *text)
{
	if (text)
		json_object_set_string_member(object, name, text);
	else
		json_object_set_null_member(object, name);
}

JsonArray *option_describe(const OptionTable *table)
{
	JsonArray *array = json_array_new();

	for (size_t i = 0; i < table->count; i++) {
		const Option *option = &table->rows[i];
		const char letter[] = { option->letter, 0 };
		JsonObject *object = json_object_new();
		set_text(object, "name", option->name);
		set_text(object, "letter", *letter ? letter : NULL);
		set_text(object, "value", option->value);
		set_text(object, "default", option->fallback);
		set_text(object, "help", option->help);
		json_array_add_object_element(array, object);
	}
	return array;
}

void option_clear(const OptionTable *table, void *values)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].kind == OPTION_TEXT)
			g_clear_pointer((char **)((char *)values + table->rows[i].offset), g_free);
}
