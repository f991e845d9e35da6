/* SPDX-License-Identifier: MIT
 *
 * One look into audit.db and the trail that it is of: one transaction of a read-only connection of its own.  Worker thread.
 */
#pragma once

#include "audit/search.h"

typedef struct AuditQuestion {
	const char *dir;
	sqlite3 *handle;
	Places *places; /* NULL: nothing was written yet */
	AuditSearch search;
	bool searching;
} AuditQuestion;

/* False: see `error`, or (`ret_empty`) no decision was made here yet. */
bool question_begin(AuditQuestion *question, const char *dir, const AuditFilter *filter, uint64_t before_id, bool *ret_empty, GError **error);
void question_end(AuditQuestion *question);
/* An own connection, read-only. */
int question_open(const char *dir, sqlite3 **ret);
/* Whether an index is of the trail in `dir`, up to `end`. */
bool question_holds(sqlite3 *handle, const char *dir, int64_t end);
