/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/scanner-names.h"
#include "cli/complete.h"
#include "cli/complete-things.h"
#include "cli/verb.h"

#define PATIENCE_S 5u

static void offer(const Completion *completion, const char *word, const char *help)
{
	if (g_str_has_prefix(word, completion->typed))
		complete_print(completion, word, help);
}

static void offer_scanners(Completion *completion)
{
	for (size_t i = 0; i < SCANNER_NAMES; i++)
		if (scanner_names[i].vulnerabilities)
			offer(completion, scanner_names[i].name, "");
}

static void offer_detectors(Completion *completion)
{
	for (size_t i = 0; i < SCANNER_NAMES; i++)
		if (scanner_names[i].secrets)
			offer(completion, scanner_names[i].name, "");
}

/* What the words in capitals of help lines stand for: choices, a list of things, or what the shell knows itself. */
static const struct { const char *word, *choices; CompleteThings *things; const char *shell; } kinds[] = {
	{ "BUS", "system session" },
	{ "COMMAND", "run create exec build pull push cp" },
	{ "DECISION", NULL, complete_denials },
	{ "DETECTORS", NULL, offer_detectors },
	{ "DIR", NULL, NULL, ":directories" },
	{ "DIR:TARGET", NULL, NULL, ":directories" },
	{ "FILE", NULL, NULL, ":files" },
	{ "FORMAT", "json jsonl csv cef" },
	{ "GRANT", NULL, complete_grants },
	{ "ID", NULL, complete_decisions },
	{ "IMAGE", NULL, complete_images },
	{ "MAP", "self subuid" },
	{ "NAME", NULL, complete_policies },
	{ "PIN", NULL, complete_pins },
	{ "REPORT", "table json sarif cyclonedx" },
	{ "RULE", NULL, complete_rules },
	{ "SCANNERS", NULL, offer_scanners },
	{ "SOCKET", NULL, complete_sockets },
	{ "SPAN", "10min 1h 8h 7d 30d 90d" },
	{ "TIME", "1h 24h 7d 30d now today yesterday" },
	{ "USER", NULL, complete_users },
	{ "WORD", "allowed denied warned" },
};

static void offer_verb(const char *word, const char *help, void *data)
{
	offer(data, word, help);
}

/* "[NAME|FILE]", "FILE...": each of the words in it. */
static void offer_values(Completion *completion, const char *words)
{
	g_autofree char *bare = g_strdup(words);
	g_auto(GStrv) parts = g_strsplit(g_strdelimit(bare, "[].", ' '), "|", -1);

	for (char **part = parts; *part; part++)
		for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
			if (strcmp(g_strstrip(*part), kinds[i].word) != 0)
				continue;
			g_auto(GStrv) choices = kinds[i].choices ? g_strsplit(kinds[i].choices, " ", -1) : NULL;
			for (char **choice = choices; choice && *choice; choice++)
				offer(completion, *choice, "");
			if (kinds[i].things)
				kinds[i].things(completion);
			if (kinds[i].shell)
				(void)puts(kinds[i].shell);
		}
}

static void offer_options(const Completion *completion, const OptionTable *table)
{
	for (size_t i = 0; table && i < table->count; i++) {
		g_autofree char *word = g_strconcat("--", table->rows[i].name, NULL);
		offer(completion, word, table->rows[i].help);
	}
}

/* What the words before the last one say. */
typedef struct Before {
	const Verb *verb;
	const char *group;
	const Option *waits; /* for its value */
	int arguments, command; /* command: where the words behind -- begin; 0: there is no -- */
	bool lost;              /* something that is no verb: nobody knows what comes */
} Before;

static void read_word(Before *before, char *word)
{
	char *const pair[] = { (char *)(uintptr_t)(before->group ? before->group : word), before->group ? word : NULL, NULL };
	int used;

	if (before->verb) {
		before->arguments++;
		return;
	}
	before->verb = verb_find(pair, &used);
	before->lost = !before->verb && (before->group || !verb_is_group(word));
	/* "pin" is a verb, and begins others. */
	if (!before->group && verb_is_group(word))
		before->group = word;
}

/* Verbs that begin with a word that is one: the second word says which is meant. */
static void read_second(Before *before, char *word)
{
	char *const pair[] = { (char *)(uintptr_t)before->group, word, NULL };
	int used;
	const Verb *verb = verb_find(pair, &used);

	if (before->verb && before->group && before->arguments == 0 && verb && used == 2)
		before->verb = verb;
	else
		read_word(before, word);
}

static Before read_before(Completion *completion, char **words, int count)
{
	Before before = { 0 };

	for (int i = 0; i < count && !before.command; i++) {
		char *word = words[i];
		const Option *option = *word == '-' ? option_find(before.verb ? &before.verb->options : NULL, word + strspn(word, "-")) : NULL;
		if (before.waits) {
			complete_take(completion, before.waits, word);
			before.waits = NULL;
		} else if (!strcmp(word, "--")) {
			before.command = i + 1;
		} else if (*word == '-') {
			complete_take(completion, option, strchr(word, '=') ? strchr(word, '=') + 1 : NULL);
			before.waits = option && option->kind != OPTION_FLAG && !strchr(word, '=') ? option : NULL;
		} else {
			read_second(&before, word);
		}
	}
	return before;
}

/* The argument that comes next. */
static void offer_argument(Completion *completion, const Before *before)
{
	g_auto(GStrv) words = g_strsplit(before->verb->arguments, " ", -1);
	const int count = (int)g_strv_length(words);

	const bool half = before->group && before->arguments == 0 && !strchr(before->verb->words, ' ');

	if (before->verb == &verb_help || half)
		verb_each(before->verb == &verb_help ? completion->help_of : before->group, offer_verb, completion);
	if (count == 0)
		return;
	if (!strcmp(words[0], "--"))
		offer(completion, "--", "what stands behind it is docker's");
	else if (before->arguments < count || g_str_has_suffix(words[count - 1], "..."))
		offer_values(completion, words[MIN(before->arguments, count - 1)]);
}

static void offer_last(Completion *completion, const Before *before)
{
	const char *typed = completion->typed, *equals = strchr(typed, '=');
	const Option *option = *typed == '-' ? option_find(before->verb ? &before->verb->options : NULL, typed + strspn(typed, "-")) : NULL;

	if (before->command) {
		(void)printf(":command %d\n", before->command);
	} else if (before->lost) {
		return;
	} else if (before->waits) {
		offer_values(completion, before->waits->value);
	} else if (*typed == '-' && equals && option && option->value) {
		completion->prefix = g_strndup(typed, (gsize)(equals - typed) + 1);
		completion->typed = equals + 1;
		offer_values(completion, option->value);
	} else if (*typed == '-') {
		offer_options(completion, before->verb ? &before->verb->options : NULL);
		offer_options(completion, &option_all);
	} else if (!before->verb) {
		verb_each(before->group, offer_verb, completion);
	} else {
		offer_argument(completion, before);
	}
}

int complete(char **words)
{
	const int count = (int)g_strv_length(words);
	Completion completion = { .typed = count ? words[count - 1] : "", .cli = { .no_ask_password = TRUE } };

	(void)alarm(PATIENCE_S);
	/* What goes wrong is nothing that somebody who types wants to read. */
	if (!freopen("/dev/null", "w", stderr))
		return EXIT_DONE;
	const Before before = read_before(&completion, words, count - 1);
	completion.help_of = count > 1 && before.verb == &verb_help && before.arguments ? words[count - 2] : NULL;
	offer_last(&completion, &before);
	complete_end(&completion);
	return EXIT_DONE;
}
