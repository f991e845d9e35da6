/* SPDX-License-Identifier: MIT
 *
 * Where any of many words stands in a text, in one pass and in any ASCII case: an automaton of Aho and
 * Corasick (Efficient String Matching, 1975) with a table of transitions.  Built once, then immutable.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"

typedef struct Keywords Keywords;

Keywords *keywords_new(Arena *arena);
/* `value` is what a find gives back.  Words are not empty and in lower case; one may be added more than once. */
void keywords_add(Keywords *keywords, const char *word, uint32_t value);
/* After the last add and before the first find. */
void keywords_finish(Keywords *keywords);

/* The word ends before text[end]. False: look no further. */
typedef bool (*KeywordFn)(uint32_t value, size_t end, size_t length, void *data);
/* Each place of each word, by where it ends; also where words overlap.  Any thread. */
void keywords_find(const Keywords *keywords, const char *text, size_t length, KeywordFn each, void *data);
