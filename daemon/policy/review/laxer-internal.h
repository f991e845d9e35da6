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

/* In which way a key is laxer. */
typedef enum LaxerHow {
	LAXER_CHANGED,    /* a value; NULL: not said */
	LAXER_SECTION,    /* it is not there any more */
	LAXER_SAME,       /* another one, and there is no direction */
	LAXER_GONE,       /* an element of a list is */
	LAXER_NEW,
	LAXER_ELEMENT,    /* is there, and lets more through */
	LAXER_OPEN,       /* is new, and does not always block */
	LAXER_ALL,        /* an empty list lets everything through */
	LAXER_USUAL,      /* ... everything that is usual */
	LAXER_WAYS
} LaxerHow;

/* `before`, `after`: LAXER_CHANGED; of an element its name, as `before`. */
typedef struct LaxerFind {
	const KeyPath *path;
	LaxerHow how;
	const char *before, *after;
} LaxerFind;

typedef void (*LaxerEach)(void *data, const LaxerFind *find);

typedef struct LaxerWalk {
	const Policy *before, *after;
	Arena *arena;
	char *why; /* NULL: nothing is laxer so far */
	LaxerEach each; /* gets all that is laxer, and the walk does not end at the first; NULL: it does */
	void *data;
	bool spent; /* the budget of this thread was: nothing is known of the rest */
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

/* laxer.c: a key that is laxer. */
void laxer_found(LaxerWalk *walk, const KeyPath *path, LaxerHow how, const char *before, const char *after);
/* For people; `back`: as seen from the other policy, of which this one is the older. */
char *laxer_text(const LaxerFind *find, bool back);
/* One more step that input drives; false: too many, which counts as laxer. */
bool laxer_spend(LaxerWalk *walk, const KeyPath *path);
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
