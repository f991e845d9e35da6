/* SPDX-License-Identifier: MIT
 *
 * Lists of globs (fnmatch(3); '*' also matches '/') that stay fast when they are long.
 */
#pragma once

#include "policy/match/text-index.h"
#include "request/request.h"

typedef struct Patterns {
	StringList globs;
	TextIndex *index; /* NULL: few enough to try each */
} Patterns;

/* NULL, or what is wrong with it. */
const char *glob_problem(const char *glob);
/* What a text must have for the glob to match. */
TextNeed glob_need(const char *glob);
bool glob_matches(const char *glob, const char *text);

/* After the last change to `globs`. */
void patterns_compile(Patterns *patterns, Arena *arena);
bool patterns_match(const Patterns *patterns, const char *text);
