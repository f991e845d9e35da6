/* SPDX-License-Identifier: MIT
 *
 * What the files of laxer share: two policies, side by side.
 */
#pragma once

#include "policy/review/laxer.h"
#include "policy/schema/schema.h"

/* A section of both policies: where it begins in the model and in the file. */
typedef struct LaxerPlace {
	const Section *section;
	const char *before, *after;
	const YamlNode *before_node, *after_node; /* NULL: not in that file */
} LaxerPlace;

typedef struct LaxerWalk {
	const Policy *before, *after;
	Arena *arena;
	char *why; /* NULL: nothing is laxer so far */
} LaxerWalk;

/* One key of both. */
typedef struct Twin {
	const Field *field;
	const LaxerPlace *place;
	const void *before, *after;
	const YamlNode *before_node, *after_node;
	const KeyPath *path;
} Twin;

typedef void (*Compare)(LaxerWalk *walk, const Twin *twin);

/* laxer.c: the first key that is laxer, with a reason for people. */
void laxer_found(LaxerWalk *walk, const KeyPath *path, const char *format, ...) G_GNUC_PRINTF(3, 4);
Twin laxer_twin(const LaxerPlace *place, const Field *field, const KeyPath *path);
void laxer_walk(LaxerWalk *walk, const LaxerPlace *place, const KeyPath *path);

/* laxer-values.c */
bool laxer_same(const Twin *twin);
void laxer_compare_same(LaxerWalk *walk, const Twin *twin);
void laxer_compare_block(LaxerWalk *walk, const Twin *twin);
void laxer_compare_silent(LaxerWalk *walk, const Twin *twin);
void laxer_compare_true(LaxerWalk *walk, const Twin *twin);
void laxer_compare_false(LaxerWalk *walk, const Twin *twin);
void laxer_compare_number(LaxerWalk *walk, const Twin *twin);
void laxer_compare_action(LaxerWalk *walk, const Twin *twin);
void laxer_compare_severity(LaxerWalk *walk, const Twin *twin);
void laxer_compare_mode(LaxerWalk *walk, const Twin *twin);

/* laxer-words.c: lists of words, by what such a list means: globs, registries, directories. */
void laxer_compare_words(LaxerWalk *walk, const Twin *twin);

/* laxer-lists.c: the action that this key of a section has; allow when there is no such key. */
Action laxer_default(const Section *section, const char *base, const char *name);
/* Lists of sections, and of words where the key takes either. */
void laxer_compare_more(LaxerWalk *walk, const Twin *twin);
void laxer_compare_entries(LaxerWalk *walk, const Twin *twin);
void laxer_compare_allowed(LaxerWalk *walk, const Twin *twin);
void laxer_compare_warned(LaxerWalk *walk, const Twin *twin);
