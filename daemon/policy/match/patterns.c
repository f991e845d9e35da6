/* SPDX-License-Identifier: MIT */
#include <fnmatch.h>
#include <string.h>
#include "policy/match/patterns.h"

#define SPECIAL "*?["
#define FEW 8u

const char *glob_problem(const char *glob)
{
	for (const char *at = glob; *at; at++) {
		if (*at != '[')
			continue;
		const char *first = at + 1 + (at[1] == '!' || at[1] == '^');
		const char *end = *first ? strchr(first + 1, ']') : NULL;
		if (!end)
			return "the bracket [ is not closed";
		at = end;
	}
	return NULL;
}

TextNeed glob_need(const char *glob)
{
	size_t prefix = strcspn(glob, SPECIAL), length = strlen(glob);
	TextNeed longest = { TEXT_ANY, "", 0 };

	if (prefix == length)
		return (TextNeed){ TEXT_EQUALS, glob, length };
	if (prefix + 1 == length && glob[prefix] == '*')
		return (TextNeed){ prefix ? TEXT_BEGINS : TEXT_ANY, glob, prefix };
	/* Within a bracket nothing is literal: the search ends at the first one. */
	size_t end = strcspn(glob, "[");
	for (size_t at = 0; at < end; at++) {
		size_t run = strcspn(glob + at, SPECIAL);
		if (run > longest.length && run >= 3)
			longest = (TextNeed){ TEXT_CONTAINS, glob + at, run };
		at += run;
	}
	if (longest.how == TEXT_ANY && prefix)
		return (TextNeed){ TEXT_BEGINS, glob, prefix };
	return longest;
}

bool glob_matches(const char *glob, const char *text)
{
	return fnmatch(glob, text, FNM_NOESCAPE) == 0;
}

void patterns_compile(Patterns *patterns, Arena *arena)
{
	patterns->index = NULL;
	if (patterns->globs.count <= FEW)
		return;
	patterns->index = text_index_new(arena);
	for (size_t i = 0; i < patterns->globs.count; i++)
		text_index_add(patterns->index, glob_need(patterns->globs.items[i]), (uint32_t)i);
	text_index_finish(patterns->index);
}

typedef struct Search {
	const Patterns *patterns;
	const char *text;
} Search;

static bool try_one(uint32_t value, void *data)
{
	const Search *search = data;

	return glob_matches(search->patterns->globs.items[value], search->text);
}

bool patterns_match(const Patterns *patterns, const char *text)
{
	Search search = { patterns, text };

	if (patterns->index)
		return text_index_find(patterns->index, text, strlen(text), try_one, &search);
	for (size_t i = 0; i < patterns->globs.count; i++)
		if (try_one((uint32_t)i, &search))
			return true;
	return false;
}
