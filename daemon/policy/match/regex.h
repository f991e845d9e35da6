/* SPDX-License-Identifier: MIT
 *
 * Regular expressions (pcre2syntax(3)) that cannot run away: steps, depth and memory are limited.
 */
#pragma once

#include "policy/match/text-index.h"

typedef struct Regex Regex;

typedef struct RegexList {
	Regex **items;
	size_t count;
} RegexList;

typedef enum RegexAnswer { REGEX_NO, REGEX_YES, REGEX_GAVE_UP } RegexAnswer;

/* NULL and what is wrong, in `arena`.  The expression lives as long as the arena. */
Regex *regex_compile(const char *pattern, Arena *arena, const char **ret_problem);
/* Any thread. */
RegexAnswer regex_match(const Regex *regex, const char *text);
/* What a text must have to match, as far as it is easily seen. */
TextNeed regex_need(const char *pattern);
