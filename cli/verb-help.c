/* SPDX-License-Identifier: MIT
 *
 * What is said about verbs: all of it stands in their rows.
 */
#include <string.h>
#include "cli/language.h"
#include "cli/layout.h"
#include "cli/output.h"
#include "cli/pager.h"
#include "cli/verb.h"

#define INDENT 26u /* where what a verb does begins */

static void print_line(FILE *stream, const Verb *verb)
{
	g_autofree char *left = g_strdup_printf("  %s %s", verb->words, verb->arguments);

	g_strchomp(left);
	if (strlen(left) + 1 > INDENT)
		(void)fprintf(stream, "%s\n%*s", left, (int)INDENT, "");
	else
		(void)fprintf(stream, "%-*s", (int)INDENT, left);
	layout_wrap(stream, _(verb->help), INDENT, INDENT);
}

void verb_print_group(FILE *stream, const char *word)
{
	const size_t length = word ? strlen(word) : 0;
	size_t count;
	const Verb *const *verbs = verb_rows(&count);

	for (size_t i = 0; i < count; i++)
		if (!word || (!strncmp(verbs[i]->words, word, length) && (!verbs[i]->words[length] || verbs[i]->words[length] == ' ')))
			print_line(stream, verbs[i]);
}

void verb_print_all(FILE *stream)
{
	(void)fputs(_("sentinel - security for Docker before anything runs\n\nUsage: sentinel [OPTIONS] VERB ...\n\n"), stream);
	verb_print_group(stream, NULL);
	(void)fputs(_("\nOptions:\n"), stream);
	option_print(stream, &option_all);
	(void)fputs(_("\nsentinel help VERB says more of one: sentinel help policy show.\nManual: sentinel(1)\n"), stream);
}

void verb_print(const Verb *verb)
{
	g_autofree char *usage = g_strdup_printf("sentinel %s%s %s", verb->words, verb->options.count ? " [OPTIONS]" : "", verb->arguments);
	g_autofree char *exits = g_strdup_printf(_("0 done%s%s, 2 wrong usage, 3 not done, 4 not authorised"), verb->one ? ", 1 " : "", verb->one ? _(verb->one) : "");

	(void)printf(_("Usage: %s\n\n"), g_strchomp(usage));
	layout_wrap(stdout, _(verb->help), 0, 0);
	if (verb->options.count)
		(void)puts(_("\nOptions (those of all verbs: sentinel help):"));
	option_print(stdout, &verb->options);
	(void)puts(_("\nExit status:"));
	(void)fputs("  ", stdout);
	layout_wrap(stdout, exits, 2, 2);
	(void)printf(_("\nExample:\n  sentinel %s\n"), verb->example);
}

static JsonObject *describe(const Verb *verb)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "verb", verb->words);
	json_object_set_string_member(object, "arguments", verb->arguments);
	json_object_set_string_member(object, "help", verb->help);
	json_object_set_string_member(object, "example", verb->example);
	json_object_set_string_member(object, "status_1", verb->one ? verb->one : "");
	json_object_set_array_member(object, "options", option_describe(&verb->options));
	return object;
}

/* The rows for programs: all, or those that `words` name. */
static void print_json(const Verb *only, const char *group)
{
	JsonObject *data = json_object_new();
	JsonArray *array = json_array_new();
	size_t count;
	const Verb *const *verbs = verb_rows(&count);

	for (size_t i = 0; i < count; i++)
		if (only ? verbs[i] == only : !group || (g_str_has_prefix(verbs[i]->words, group) && verbs[i]->words[strlen(group)] == ' '))
			json_array_add_object_element(array, describe(verbs[i]));
	json_object_set_array_member(data, "verbs", array);
	json_object_set_array_member(data, "options", option_describe(&option_all));
	output_object(true, data);
}

static int run_help(Cli *cli, const void *options)
{
	int used = 0;
	const Verb *verb = cli->word_count ? verb_find(cli->words, &used) : NULL;
	const char *group = cli->word_count && !(verb && used == cli->word_count) ? cli->words[0] : NULL;

	(void)options;
	if (group && (cli->word_count > 1 || !verb_is_group(group)))
		return verb_unknown(cli, cli->words);
	if (cli->json) {
		print_json(group ? NULL : verb, group);
		return EXIT_DONE;
	}
	pager_open(cli);
	if (group)
		(void)printf(_("Usage: sentinel %s VERB ...\n\n"), group), verb_print_group(stdout, group);
	else if (verb)
		verb_print(verb);
	else
		verb_print_all(stdout);
	return EXIT_DONE;
}

const Verb verb_help = { "help", run_help, 0, 2, "[VERB]", N_("show this help, or that of a verb"), { 0 }, "help policy replay", .alone = true };
