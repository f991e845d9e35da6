/* SPDX-License-Identifier: MIT
 *
 * The words on the command line.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include "cli/client.h"
#include "cli/complete.h"
#include "cli/language.h"
#include "cli/output.h"
#include "cli/pager.h"
#include "cli/policy.h"
#include "cli/verb.h"

/* What the words say. */
typedef struct Invocation {
	const Verb *verb;  /* NULL: none */
	const char *group; /* the first word of verbs of two, alone: "policy --help" */
	void *options;     /* the verb's struct */
} Invocation;

static int take_verb(Invocation *invocation, const Verb *verb, int used, int *at)
{
	invocation->verb = verb;
	invocation->options = g_malloc0(MAX(verb->options.bytes, 1));
	*at += used;
	return 0;
}

/* The verb at words[*at], or the beginning of one: options may stand behind it. */
static int read_verb(const Cli *cli, char **words, int *at, Invocation *invocation)
{
	char *const pair[] = { (char *)(uintptr_t)invocation->group, words[*at], NULL };
	int used;
	const Verb *verb = verb_find(invocation->group ? pair : words + *at, &used);

	if (verb)
		return take_verb(invocation, verb, invocation->group ? used - 1 : used, at);
	if (invocation->group)
		return verb_unknown(cli, pair);
	if (!verb_is_group(words[*at]) || (words[*at + 1] && *words[*at + 1] != '-'))
		return verb_unknown(cli, words + *at);
	invocation->group = words[(*at)++];
	return 0;
}

/* Options before and behind the verb, then its arguments; behind -- everything is an argument. */
static int read_words(Cli *cli, char **words, Invocation *invocation)
{
	g_autoptr(GPtrArray) arguments = g_ptr_array_new();
	int code = 0, at = 0;

	while (code == 0 && words[at]) {
		if (!strcmp(words[at], "--")) {
			for (at++; words[at]; at++)
				g_ptr_array_add(arguments, words[at]);
		} else if (*words[at] == '-' && words[at][1]) {
			code = option_read(cli, invocation->verb ? &invocation->verb->options : NULL, invocation->options, words, &at);
		} else if (!invocation->verb) {
			code = read_verb(cli, words, &at, invocation);
			cli->verb = invocation->verb ? invocation->verb->words : NULL;
		} else {
			g_ptr_array_add(arguments, words[at++]);
		}
	}
	cli->word_count = (int)arguments->len;
	g_ptr_array_add(arguments, NULL);
	cli->words = g_strdupv((char **)arguments->pdata);
	return code;
}

/* Whoever set the variable believes that it says which policies are meant. */
static bool ignores_directory(const Cli *cli, const Verb *verb)
{
	const char *directory = g_getenv("SENTINEL_CONFIG_DIR");
	bool alone = verb->alone || (verb->of_files && cli->word_count);

	for (int i = 0; verb->of_files && i < cli->word_count; i++)
		alone &= policy_is_file(cli->words[i]);
	return directory && *directory && !cli->local && !cli->quiet && !alone;
}

static int check(const Cli *cli, const Verb *verb)
{
	if (cli->bus && strcmp(cli->bus, "system") != 0 && strcmp(cli->bus, "session") != 0)
		return output_error(cli, EXIT_USAGE, "usage", _("--bus %s: expected system or session"), cli->bus);
	if (cli->config_dir && !cli->local)
		return output_error(cli, EXIT_USAGE, "usage", _("--config-dir goes with --local; the service has its own"));
	if (cli->word_count < verb->least)
		return output_error(cli, EXIT_USAGE, "usage", _("%s: expected %s; see: sentinel help %s"), verb->words, verb->arguments, verb->words);
	if (verb->most >= 0 && cli->word_count > verb->most)
		return output_error(cli, EXIT_USAGE, "usage", _("%s: \"%s\" is too much; see: sentinel help %s"), verb->words, cli->words[verb->most], verb->words);
	if (ignores_directory(cli, verb))
		(void)fputs(_("sentinel: SENTINEL_CONFIG_DIR is not used: the service has its own directory; it counts with --local\n"), stderr);
	return 0;
}

/* --help stands for the verb help, --version for the other. */
static int instead(Cli *cli, Invocation *invocation)
{
	const Verb *verb = cli->help ? &verb_help : &verb_version;
	g_auto(GStrv) words = NULL;

	if (cli->help && invocation->verb)
		words = g_strsplit(invocation->verb->words, " ", -1);
	else if (cli->help && invocation->group)
		words = g_strsplit(invocation->group, " ", -1);
	g_strfreev(cli->words);
	cli->words = words ? g_steal_pointer(&words) : g_new0(char *, 1);
	cli->word_count = (int)g_strv_length(cli->words);
	return verb->run(cli, NULL);
}

/* Options were read, but no verb. */
static int without_verb(const Cli *cli, const Invocation *invocation)
{
	char *const words[] = { (char *)(uintptr_t)invocation->group, NULL };

	return verb_unknown(cli, words);
}

static int run(Cli *cli, const Invocation *invocation)
{
	if (cli->quiet && !cli->json && invocation->verb->answer && !freopen("/dev/null", "w", stdout))
		return output_error(cli, EXIT_UNDONE, "failed", _("/dev/null cannot be opened"));
	return invocation->verb->run(cli, invocation->options);
}

/* Whoever wants JSON gets it, whatever else is wrong with the line. */
static gboolean wants_json(char **words)
{
	for (; *words && strcmp(*words, "--") != 0; words++)
		if (!strcmp(*words, "--json"))
			return TRUE;
	return FALSE;
}

int main(int argc, char **argv)
{
	Invocation invocation = { 0 };
	Cli cli = { .json = wants_json(argv + (argc > 0)) };

	(void)setlocale(LC_ALL, "");
	if (!cli.json)
		language_begin();
	if (argc > 1 && !strcmp(argv[1], COMPLETE_WORD))
		return complete(argv + 2);
	int code = read_words(&cli, argv + (argc > 0), &invocation);
	if (code == 0 && (cli.help || cli.version))
		code = instead(&cli, &invocation);
	else if (code == 0 && !invocation.verb)
		code = without_verb(&cli, &invocation);
	else if (code == 0 && (code = check(&cli, invocation.verb)) == 0)
		code = run(&cli, &invocation);
	client_close(&cli);
	pager_close(&cli);
	if (invocation.verb)
		option_clear(&invocation.verb->options, invocation.options);
	g_free(invocation.options);
	option_clear(&option_all, &cli);
	g_strfreev(cli.words);
	return code;
}
