/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "base/nearest.h"

#define LONGEST_WORD 64u

/* Steps from one word to the other: insert, delete, replace, swap two neighbours. */
static size_t distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);
	size_t rows[3][LONGEST_WORD + 1];

	if (la > LONGEST_WORD || lb > LONGEST_WORD)
		return LONGEST_WORD;
	for (size_t j = 0; j <= lb; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
		now[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			now[j] = MIN(MIN(before[j] + 1, now[j - 1] + 1), before[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = MIN(now[j], earlier[j - 2] + 1);
		}
	}
	return rows[la % 3][lb];
}

const char *nearest_word(const char *word, const char *const *words, size_t count)
{
	const char *best = NULL;
	size_t least = MAX(strlen(word) / 3, 1) + 1;

	for (size_t i = 0; i < count; i++) {
		size_t steps = distance(word, words[i]);
		if (steps < least) {
			least = steps;
			best = words[i];
		}
	}
	return best;
}
