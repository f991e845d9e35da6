/* SPDX-License-Identifier: MIT
 *
 * Asks audit.db (with a read-only connection of its own for each call), which says where in the trail the records are.  What it names is shown only
 * when the record itself is what the filter means.  Worker thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>
#include "audit/filter.h"

typedef struct AuditRow {
	uint64_t id;
	int64_t time_us;
	char *json; /* the record's line without the line feed */
} AuditRow;

/* Newest first; before_id 0: from the newest.  GPtrArray of AuditRow * (frees its elements).
 * limit is capped at LIMIT_QUERY_ROWS. */
GPtrArray *query_run(const char *dir, const AuditFilter *filter, unsigned limit, uint64_t before_id, GError **error);

/* About how many rows that will be: by the index alone.  0: not known. */
int64_t query_size(const char *dir, const AuditFilter *filter);

/* How many entries there are of each value of one field, most first; hours ("2026-01-31T14:00:00Z"), the last LIMIT_STATS_HOURS, oldest first. */
typedef enum AuditField { FIELD_DECISION, FIELD_USER, FIELD_IMAGE, FIELD_RULE, FIELD_COMMAND, FIELD_HOUR, FIELD_COUNT } AuditField;
typedef struct AuditCount {
	char *value;
	uint64_t count;
} AuditCount;
typedef struct AuditCounts {
	uint64_t total;
	uint64_t folded; /* reads that were let through and are no decisions of their own in the trail */
	bool folded_known; /* the filter asks for nothing that they were not written down with */
	GPtrArray *fields[FIELD_COUNT]; /* of AuditCount *, which they free */
} AuditCounts;
/* Of decisions, whatever the kind of the filter.  At most `limit` values of a field.  False: see `error`. */
bool query_count(const char *dir, const AuditFilter *filter, unsigned limit, AuditCounts *ret, GError **error);
void audit_counts_clear(AuditCounts *counts);

/* For a process that does not write the journal itself: waits until the one that does has indexed
 * what the journal holds at the call; false after `timeout_ms`. */
bool query_wait(const char *dir, unsigned timeout_ms);
