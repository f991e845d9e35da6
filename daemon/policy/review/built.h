/* SPDX-License-Identifier: MIT
 *
 * What a policy says of an image that somebody has just made, by what scanners found in it: what its push, and the first container of
 * it, would be told.  Pure.
 */
#pragma once

#include "policy/policy.h"

typedef enum BuiltOutcome {
	BUILT_UNSCANNED, /* it was not looked at, or not wholly; whatever was found is said as well */
	BUILT_FOUND,     /* something that the policy warns of or blocks */
	BUILT_PASSED,
	BUILT_OUTCOME_COUNT
} BuiltOutcome;

typedef struct BuiltWord {
	BuiltOutcome outcome;
	const char *severity; /* of the worst finding, "high"; "" : there is none */
	const char *summary;  /* for people; "" when it passed */
} BuiltWord;

const char *built_outcome_name(BuiltOutcome outcome); /* "unscanned", "found", "passed" */
/* `name`: as Docker tells of it, "app:1", or its id; `situation` has time and verdicts.  In `arena`. */
BuiltWord built_judge(const Policy *policy, const char *name, const char *image_id, const Situation *situation, Arena *arena);
