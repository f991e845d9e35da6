/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include "base/nearest.h"
#include "cli/language.h"
#include "cli/output.h"
#include "cli/verb.h"

#define VERB_ROW(name) &verb_##name,
static const Verb *const verbs[] = { VERBS(VERB_ROW) };

const Verb *const *verb_rows(size_t *ret_count)
{
	*ret_count = G_N_ELEMENTS(verbs);
	return verbs;
}

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

void verb_each(const char *group, VerbEach *each, void *data)
{
	g_autofree char *last = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
		const char *words = verbs[i]->words, *blank = strchr(words, ' ');
		g_autofree char *first = blank ? g_strndup(words, (gsize)(blank - words)) : g_strdup(words);
		if (group && blank && !strcmp(first, group))
			each(blank + 1, _(verbs[i]->help), data);
		if (group || !g_strcmp0(first, last))
			continue;
		each(first, blank ? "..." : _(verbs[i]->help), data);
		g_free(last);
		last = g_steal_pointer(&first);
	}
}

/* Only the first word of some was typed, or none. */
static int incomplete(const Cli *cli, const char *word)
{
	g_autoptr(GString) names = g_string_new("");

	if (!cli->json && !word) {
		verb_print_all(stderr);
		return EXIT_USAGE;
	}
	if (!cli->json) {
		(void)fprintf(stderr, _("sentinel: %s what?  There are:\n"), word);
		verb_print_group(stderr, word);
		return EXIT_USAGE;
	}
	if (!word)
		return output_error(cli, EXIT_USAGE, "usage", _("a verb was expected; see: sentinel help"));
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (begins(verbs[i], word))
			g_string_append_printf(names, "%s%s", names->len ? ", " : "", verbs[i]->words);
	return output_error(cli, EXIT_USAGE, "usage", _("%s what?  There are: %s"), word, names->str);
}

/* The verb that was meant: among all, or among those of the group that was typed. */
static const char *near_verb(const char *typed, const char *group)
{
	const char *names[G_N_ELEMENTS(verbs)];
	size_t count = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (!group || begins(verbs[i], group))
			names[count++] = verbs[i]->words;
	return nearest_word(typed, names, count);
}

/* "status" is the second word of "authz status"; "run" is docker's.  Freed by the caller. */
static char *by_second_word(const char *word)
{
	static const char *const dockers[] = { "docker", "run", "create", "build", "pull", "push", "start", "ps", "compose", NULL };
	g_autoptr(GString) found = g_string_new("");

	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
		const char *blank = strchr(verbs[i]->words, ' ');
		if (blank && !strcmp(blank + 1, word))
			g_string_append_printf(found, "%s%s", found->len ? ", " : "", verbs[i]->words);
	}
	if (found->len)
		return g_strdup_printf(_("; did you mean %s?"), found->str);
	return g_strdup(g_strv_contains(dockers, word) ? _("; docker's commands stand behind: sentinel validate --, or sentinel exec --") : "");
}

int verb_unknown(const Cli *cli, char *const *words)
{
	if (!words[0])
		return incomplete(cli, NULL);
	const bool pair = words[1] && *words[1] != '-', group = verb_is_group(words[0]);
	if (!pair && group)
		return incomplete(cli, words[0]);
	/* Behind what begins no verb of two words stand arguments. */
	g_autofree char *both = pair ? g_strconcat(words[0], " ", words[1], NULL) : NULL;
	g_autofree char *exact = group ? g_strdup("") : by_second_word(words[0]);
	const char *near = both ? near_verb(both, group ? words[0] : NULL) : NULL, *typed = near || group ? both : words[0];
	if (!near && !group)
		near = near_verb(typed, NULL);
	g_autofree char *meant = *exact || !near ? g_steal_pointer(&exact) : g_strdup_printf(_("; did you mean %s?"), near);
	return output_error(cli, EXIT_USAGE, "usage", _("there is no verb \"%s\"%s; see: sentinel help%s%s"), typed, meant, group ? " " : "", group ? words[0] : "");
}
