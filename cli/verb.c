/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include "base/nearest.h"
#include "cli/output.h"
#include "cli/verb.h"

#define VERB_ROW(name) &verb_##name,
static const Verb *const verbs[] = { VERBS(VERB_ROW) };

/* Whether the verb is of two words and this is the first of them. */
static bool begins(const Verb *verb, const char *word)
{
	size_t length = strlen(word);

	return !strncmp(verb->words, word, length) && verb->words[length] == ' ';
}

const Verb *verb_find(char *const *words, int *ret_used)
{
	g_autofree char *two = words[0] && words[1] ? g_strconcat(words[0], " ", words[1], NULL) : NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
		bool pair = strchr(verbs[i]->words, ' ') != NULL;
		const char *typed = pair ? two : words[0];
		*ret_used = pair ? 2 : 1;
		if (typed && !strcmp(verbs[i]->words, typed))
			return verbs[i];
	}
	return NULL;
}

bool verb_is_group(const char *word)
{
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (begins(verbs[i], word))
			return true;
	return false;
}

static void print_line(FILE *stream, const Verb *verb)
{
	g_autofree char *left = g_strdup_printf("%s %s", verb->words, verb->arguments);

	(void)fprintf(stream, "  %-24s %s\n", left, verb->help);
}

static void print_group(FILE *stream, const char *word)
{
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (begins(verbs[i], word))
			print_line(stream, verbs[i]);
}

/* Only the first word of some was typed. */
static int incomplete(const Cli *cli, const char *word)
{
	g_autoptr(GString) names = g_string_new("");

	if (!cli->json) {
		(void)fprintf(stderr, "sentinel: %s what?  There are:\n", word);
		print_group(stderr, word);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (begins(verbs[i], word))
			g_string_append_printf(names, "%s%s", names->len ? ", " : "", verbs[i]->words);
	return output_error(cli, EXIT_USAGE, "usage", "%s what?  There are: %s", word, names->str);
}

int verb_unknown(const Cli *cli, char *const *words)
{
	const char *names[G_N_ELEMENTS(verbs)];
	bool pair = words[1] && *words[1] != '-';
	g_autofree char *typed = pair ? g_strconcat(words[0], " ", words[1], NULL) : g_strdup(words[0]);

	if (!pair && verb_is_group(words[0]))
		return incomplete(cli, words[0]);
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
		names[i] = verbs[i]->words;
	const char *near = nearest_word(typed, names, G_N_ELEMENTS(names));
	return output_error(cli, EXIT_USAGE, "usage", "there is no verb \"%s\"%s%s%s; see: sentinel help", typed,
		near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

void verb_print(const Verb *verb)
{
	(void)printf("Usage: sentinel %s %s\n\n%s\n%s", verb->words, verb->arguments, verb->help, verb->options.count ? "\n" : "");
	option_print(&verb->options);
}

void verb_print_group(const char *word)
{
	(void)printf("Usage: sentinel %s VERB ...\n\n", word);
	print_group(stdout, word);
}

void verb_print_all(void)
{
	(void)puts("sentinel - security for Docker before anything runs\n\nUsage: sentinel [OPTIONS] VERB ...\n");
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
		print_line(stdout, verbs[i]);
	(void)puts("\nOptions:");
	option_print(&option_all);
	(void)puts("\nsentinel VERB --help says more.  Manual: sentinel(1)");
}

static int run_help(Cli *cli, const void *options)
{
	(void)cli;
	(void)options;
	verb_print_all();
	return EXIT_DONE;
}

const Verb verb_help = { "help", run_help, 0, 0, "", "show this help", { 0 } };
