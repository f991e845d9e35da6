/* SPDX-License-Identifier: MIT
 *
 * Finished files of the trail are packed (audit/zstd-text.h), one at a time.  Whatever ends this, and whenever, one of the two is there and
 * whole, and is read once.
 */
#pragma once

#include "audit/journal.h"

typedef struct PackResult {
	char *name;            /* of the file, free with g_free(); NULL: nothing was to be done */
	int64_t before, after; /* bytes */
} PackResult;

/* The oldest one that is not packed yet, but for the `newest` ones.  It is read again before the other one goes.  0, or a negative errno:
 * then it stays as it is. ECANCELED: `may_go_on` said no.  A thread of its own: a large file takes seconds. */
int pack_run(Journal *journal, const char *dir, unsigned newest, bool (*may_go_on)(void *data), void *data, PackResult *ret);
