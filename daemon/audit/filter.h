/* SPDX-License-Identifier: MIT
 *
 * What AuditQuery, Stats and Export ask for, as SQL.  Worker thread.
 */
#pragma once

#include <sqlite3.h>
#include <stdint.h>
#include <glib.h>

typedef struct AuditFilter {
	uint64_t since_us, until_us; /* 0: open */
	const char *decision, *user, *image, *rule, *text; /* NULL: any */
} AuditFilter;

/* A statement on "decision d": `select`, the conditions of the filter (and d.id < before_id, unless that
 * is 0), `end`, which takes the limit.  An SQLite result code; the statement is the caller's. */
int filter_prepare(sqlite3 *handle, const char *select, const AuditFilter *filter, uint64_t before_id, const char *end, unsigned limit, sqlite3_stmt **ret);
