/* SPDX-License-Identifier: MIT
 *
 * How two policies differ in what they mean: what one lets through and the other does not, key by key.  Names, texts and tests mean
 * nothing.  Pure, any thread.
 */
#pragma once

#include "policy/policy.h"

typedef enum DifferenceEffect {
	DIFFERENCE_ALLOWS,   /* the second lets more through */
	DIFFERENCE_DENIES,   /* ... less */
	DIFFERENCE_UNCLEAR,  /* more or less: it has no direction */
	DIFFERENCE_STANDARD, /* an item of a public standard is enforced otherwise */
	DIFFERENCE_EFFECTS
} DifferenceEffect;

const char *difference_effect_name(DifferenceEffect effect); /* "allows", "denies", "differs", "standard" */

typedef struct Difference {
	DifferenceEffect effect;
	const char *key;  /* "rules.mounts.allowed", "CIS-5.4" */
	const char *text; /* "/srv is new", "block, now warn" */
} Difference;

typedef struct DifferenceList {
	Difference *items;
	size_t count;
} DifferenceList;

/* Sorted by effect, then as the keys stand in the schema.  Empty: each denies what the other denies.  False: the budget of this thread
 * was used up. */
bool policy_difference(const Policy *before, const Policy *after, Arena *arena, DifferenceList *ret);
