/* SPDX-License-Identifier: MIT
 *
 * Reads that were let through without a finding, counted: programs ask Docker the same many times a second, and a line for each would be
 * most of the trail.  Of each caller, call and subject there is one line a minute (AUDIT_FOLDED), with `reads` (how many), and when the
 * first and the last one was.  What is denied, warned of or changes something never comes here.
 *
 * A process that is killed takes what was not written yet with it: at most LIMIT_FOLD_S of such counts, and no decision about anything
 * else.
 */
#pragma once

#include "core/ledger.h"

/* One read; texts are as the line shows them. */
typedef struct FoldedRead {
	const char *user, *endpoint, *subject, *policy, *summary;
	int64_t time_us; /* CLOCK_REALTIME */
} FoldedRead;

typedef struct Folds Folds;

Folds *folds_new(void);
void folds_free(Folds *folds); /* NULL is accepted; what was not written is lost */
/* Any thread.  Beyond LIMIT_FOLDS_PER_USER kinds of reads a caller's others have one line together, and beyond LIMIT_FOLDS all others. */
void folds_add(Folds *folds, const FoldedRead *read);
/* The oldest one has waited for LIMIT_FOLD_S. */
bool folds_are_due(Folds *folds, int64_t now_us); /* monotonic */
/* One thread at a time.  False: the ledger says no; what was not written goes on waiting, and is counted on. */
bool folds_write(Folds *folds, const Ledger *ledger);
