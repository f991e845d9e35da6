/* SPDX-License-Identifier: MIT
 *
 * The words on the command line.
 */
#include <locale.h>
#include <string.h>
#include "cli/client.h"
#include "cli/output.h"
#include "cli/verb.h"

/* What the words say. */
typedef struct Line {
	const Verb *verb;  /* NULL: none */
	const char *group; /* the first word of verbs of two, alone: "policy --help" */
	void *options;     /* the verb's struct */
} Line;

static int take_verb(Line *line, const Verb *verb, int used, int *at)
{
	line->verb = verb;
	line->options = g_malloc0(MAX(verb->options.bytes, 1));
	*at += used;
	return 0;
}

/* The verb at words[*at], or the beginning of one: options may stand behind it. */
static int read_verb(const Cli *cli, char **words, int *at, Line *line)
{
	char *const pair[] = { (char *)(uintptr_t)line->group, words[*at], NULL };
	int used;
	const Verb *verb = verb_find(line->group ? pair : words + *at, &used);

	if (verb)
		return take_verb(line, verb, line->group ? used - 1 : used, at);
	if (line->group)
		return verb_unknown(cli, pair);
	if (!verb_is_group(words[*at]) || (words[*at + 1] && *words[*at + 1] != '-'))
		return verb_unknown(cli, words + *at);
	line->group = words[(*at)++];
	return 0;
}

/* Options before and behind the verb, then its arguments; behind -- everything is an argument. */
static int read_words(Cli *cli, char **words, Line *line)
{
	g_autoptr(GPtrArray) arguments = g_ptr_array_new();
	int code = 0, at = 0;

	while (code == 0 && words[at]) {
		if (!strcmp(words[at], "--")) {
			for (at++; words[at]; at++)
				g_ptr_array_add(arguments, words[at]);
		} else if (*words[at] == '-' && words[at][1]) {
			code = option_read(cli, line->verb ? &line->verb->options : NULL, line->options, words, &at);
		} else if (!line->verb) {
			code = read_verb(cli, words, &at, line);
		} else {
			g_ptr_array_add(arguments, words[at++]);
		}
	}
	cli->word_count = (int)arguments->len;
	g_ptr_array_add(arguments, NULL);
	cli->words = g_strdupv((char **)arguments->pdata);
	cli->verb = line->verb ? line->verb->words : NULL;
	return code;
}

static int check(const Cli *cli, const Verb *verb)
{
	if (cli->bus && strcmp(cli->bus, "system") != 0 && strcmp(cli->bus, "session") != 0)
		return output_error(cli, EXIT_USAGE, "usage", "--bus %s: expected system or session", cli->bus);
	if (cli->config_dir && !cli->local)
		return output_error(cli, EXIT_USAGE, "usage", "--config-dir goes with --local; the service has its own");
	if (cli->word_count < verb->least)
		return output_error(cli, EXIT_USAGE, "usage", "sentinel %s: expected %s", verb->words, verb->arguments);
	if (verb->most >= 0 && cli->word_count > verb->most)
		return output_error(cli, EXIT_USAGE, "usage", "sentinel %s: \"%s\" is too much", verb->words, cli->words[verb->most]);
	return 0;
}

static int print_help(const Line *line)
{
	if (line->verb)
		verb_print(line->verb);
	else if (line->group)
		verb_print_group(line->group);
	else
		verb_print_all();
	return EXIT_DONE;
}

/* Options were read, but no verb. */
static int without_verb(const Cli *cli, const Line *line)
{
	char *const words[] = { (char *)(uintptr_t)line->group, NULL };

	if (line->group)
		return verb_unknown(cli, words);
	return output_error(cli, EXIT_USAGE, "usage", "a verb was expected; see: sentinel help");
}

int main(int argc, char **argv)
{
	Line line = { 0 };
	Cli cli = { 0 };

	(void)argc;
	(void)setlocale(LC_ALL, "");
	int code = read_words(&cli, argv + 1, &line);
	if (code == 0 && cli.help)
		code = print_help(&line);
	else if (code == 0 && !line.verb)
		code = without_verb(&cli, &line);
	else if (code == 0 && (code = check(&cli, line.verb)) == 0)
		code = line.verb->run(&cli, line.options);
	client_close(&cli);
	if (line.verb)
		option_clear(&line.verb->options, line.options);
	g_free(line.options);
	option_clear(&option_all, &cli);
	g_strfreev(cli.words);
	return code;
}
