/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/nearest.h"
#include "request/argv/commands/commands.h"
#include "request/argv/commands/verbs.h"
#include "request/list.h"

static const CommandTable *const tables[] = { &container_commands, &image_commands, &swarm_commands, &other_commands };

/* Whether one spelling ("container ls", up to '|' or the end) stands at argv; how many words it has. */
static size_t spelling_match(const char *spelling, const char *const *argv, size_t count)
{
	size_t used = 0;

	for (const char *at = spelling;; at++, used++) {
		size_t length = strcspn(at, " |");
		if (used == count || strlen(argv[used]) != length || memcmp(argv[used], at, length) != 0)
			return 0;
		at += length;
		if (*at != ' ')
			return used + 1;
	}
}

static size_t words_match(const char *words, const char *const *argv, size_t count)
{
	for (const char *at = words;; at++) {
		size_t used = spelling_match(at, argv, count);
		at = strchrnul(at, '|');
		if (used || !*at)
			return used;
	}
}

const Command *command_find(const char *const *argv, size_t count, size_t at, size_t *used)
{
	for (size_t t = 0; t < G_N_ELEMENTS(tables); t++) {
		for (size_t i = 0; i < tables[t]->count; i++) {
			*used = words_match(tables[t]->commands[i].words, argv + at, count - at);
			if (*used)
				return &tables[t]->commands[i];
		}
	}
	return NULL;
}

const FlagTable *command_flags(const Command *command)
{
	return command->table ? command->table : &command->flags;
}

/* Every first word, or every word that may follow `group`. */
static StringList collect(const char *group, Arena *arena)
{
	StringList words = { 0 };

	for (size_t t = 0; t < G_N_ELEMENTS(tables); t++) {
		for (size_t i = 0; i < tables[t]->count; i++) {
			g_auto(GStrv) spellings = g_strsplit(tables[t]->commands[i].words, "|", -1);
			for (size_t s = 0; spellings[s]; s++) {
				size_t first = strcspn(spellings[s], " ");
				bool below = group && strlen(group) == first && !memcmp(group, spellings[s], first) && spellings[s][first];
				const char *word = below ? spellings[s] + first + 1 : spellings[s];
				if (group && !below)
					continue;
				word = arena_strndup(arena, word, strcspn(word, " "));
				LIST_APPEND(arena, &words, word);
			}
		}
	}
	return words;
}

bool command_is_group(const char *word)
{
	g_autoptr(Arena) arena = arena_new();

	return collect(word, arena).count > 0;
}

const char *command_nearest(const char *group, const char *word, Arena *arena)
{
	StringList words = collect(group, arena);

	return nearest_word(word, words.items, words.count);
}
