/* SPDX-License-Identifier: MIT
 *
 * Which of many text patterns may match a text, without trying each: what a find costs depends on
 * the text, not on the number of patterns.  Built once, then immutable.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"

/* What a text must have for a pattern to match it. */
typedef enum TextMatch { TEXT_EQUALS, TEXT_BEGINS, TEXT_CONTAINS, TEXT_ANY } TextMatch;

typedef struct TextNeed {
	TextMatch how;
	const char *literal; /* not for TEXT_ANY */
	size_t length;
} TextNeed;

typedef struct TextIndex TextIndex;

TextIndex *text_index_new(Arena *arena);
/* `value` is what a find gives back; literals are not copied.  A TEXT_CONTAINS of fewer than 3 bytes counts as TEXT_ANY. */
void text_index_add(TextIndex *index, TextNeed need, uint32_t value);
/* After the last add and before the first find. */
void text_index_finish(TextIndex *index);

/* True: enough. */
typedef bool (*TextIndexFn)(uint32_t value, void *data);
/* Every value whose pattern may match, and hardly any that does not; one value may come more than
 * once.  True when `each` said enough.  Any thread. */
bool text_index_find(const TextIndex *index, const char *text, size_t length, TextIndexFn each, void *data);
