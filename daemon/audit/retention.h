/* SPDX-License-Identifier: MIT
 *
 * The oldest files of the trail go by themselves, when they are older than is kept, or when all of them together are bigger.  Whole files:
 * nothing is copied, and the one that is written stays.
 */
#pragma once

#include "audit/journal.h"

/* 0: no limit. */
typedef struct Retention {
	int64_t age_us, bytes;
} Retention;

typedef struct RetentionResult {
	unsigned files; /* that were removed; 0: nothing was to be done */
	int64_t bytes;
	uint64_t first_id; /* with which the trail begins now */
} RetentionResult;

/* What cannot be written down is not removed.  0, or a negative errno.  Worker thread, the one that also clears. */
int retention_run(Journal *journal, const char *dir, const Retention *retention, int64_t now_us, RetentionResult *ret);
