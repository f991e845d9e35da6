/* SPDX-License-Identifier: MIT
 *
 * Seals: how far the trail went, and what its chain was there, in the system's journal, where the service's own user cannot change it.
 * A place in the trail never moves (segment.h), so a seal holds over rotations and removals.  Worker thread, but for seal_write().
 */
#pragma once

#include "audit/journal.h"

typedef struct AuditSeal {
	int64_t position; /* behind the last line */
	char digits[CHAIN_DIGITS + 1];
	uint64_t id;     /* about the last record */
	int64_t time_us; /* when the system's journal took it */
} AuditSeal;

/* Seals the trail in `dir` as it ends now.  Any thread. */
bool seal_write(Journal *journal, const char *dir, AuditSeal *ret, GError **error);
/* What the system's journal has of this trail, by position: written by root, or by who owns the trail, as journald itself knows.  GArray of
 * AuditSeal.  NULL: it cannot be read, `ret_why` says why (free with g_free()). */
GArray *seals_read(const char *dir, char **ret_why);

/* The comparison, line by line. */
typedef struct SealCheck {
	const GArray *seals; /* NULL: none could be read */
	guint at;            /* the first that is not met yet */
	int64_t met_us;      /* when the last that was met was made; 0: none was */
	uint64_t met_id, behind; /* the record that it stands behind; records after it */
} SealCheck;

/* Behind a line that ends at `position`.  NULL, or what is wrong, for people (free with g_free()). */
char *seal_check_line(SealCheck *check, int64_t begin, int64_t position, const char *digits, uint64_t id, bool record);
/* Behind the last one. */
char *seal_check_end(const SealCheck *check);
/* What is proved, for people; `why` the journal could not be read, or NULL.  Free with g_free(). */
char *seal_check_describe(const SealCheck *check, const char *why);
