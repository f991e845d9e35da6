/* SPDX-License-Identifier: MIT
 *
 * What is mechanical: a docker run with what was found changed as the first fix of its rule says, where that leaves nothing to choose.
 */
#pragma once

#include <stdbool.h>
#include <glib.h>

/* One blocking finding of a trial of the words. */
typedef struct FixFinding {
	const char *rule;
	int index; /* of the word that it is about; -1: none */
} FixFinding;

/* Other words; NULL: something of it is not mechanical. */
char **fix_words(const char *const *words, const FixFinding *findings, size_t count);
/* "docker run ..." as a shell reads it; NULL: it is not printable. */
char *fix_line(const char *const *words);
