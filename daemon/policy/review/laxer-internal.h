/* SPDX-License-Identifier: MIT
 *
 * What the files of laxer share: two policies, side by side.
 */
#pragma once

#include "policy/review/laxer.h"
#include "policy/schema/schema.h"

/* A section of both policies: where it begins in the model and in the file. */
typedef struct Place {
	const Section *section;
	const char *before, *after;
	const YamlNode *before_node, *after_node; /* NULL: not in that file */
} Place;

typedef struct Walk {
	const Policy *before, *after;
	Arena *arena;
	char *why; /* NULL: nothing is laxer so far */
} Walk;

/* One key of both. */
typedef struct Twin {
	const Field *field;
	const Place *place;
	const void *before, *after;
	const YamlNode *before_node, *after_node;
	const KeyPath *path;
} Twin;

typedef void (*Compare)(Walk *walk, const Twin *twin);

/* laxer.c: the first key that is laxer, with a reason for people. */
void laxer_found(Walk *walk, const KeyPath *path, const char *format, ...) G_GNUC_PRINTF(3, 4);
Twin laxer_twin(const Place *place, const Field *field, const KeyPath *path);
void laxer_walk(Walk *walk, const Place *place, const KeyPath *path);

/* laxer-values.c */
bool laxer_same(const Twin *twin);
void laxer_compare_same(Walk *walk, const Twin *twin);
void laxer_compare_silent(Walk *walk, const Twin *twin);
void laxer_compare_true(Walk *walk, const Twin *twin);
void laxer_compare_false(Walk *walk, const Twin *twin);
void laxer_compare_number(Walk *walk, const Twin *twin);
void laxer_compare_action(Walk *walk, const Twin *twin);
void laxer_compare_severity(Walk *walk, const Twin *twin);
void laxer_compare_mode(Walk *walk, const Twin *twin);

/* laxer-words.c: lists of words, by what such a list means: globs, registries, directories. */
void laxer_compare_words(Walk *walk, const Twin *twin);

/* laxer-lists.c: the action that this key of a section has; allow when there is no such key. */
Action laxer_default(const Section *section, const char *base, const char *name);
/* Lists of sections, and of words where the key takes either. */
void laxer_compare_more(Walk *walk, const Twin *twin);
void laxer_compare_entries(Walk *walk, const Twin *twin);
void laxer_compare_allowed(Walk *walk, const Twin *twin);
void laxer_compare_warned(Walk *walk, const Twin *twin);
