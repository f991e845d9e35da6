/* SPDX-License-Identifier: MIT
 *
 * Which records a filter means, block by block from the newest: what the index says, and for words that it does not have yet the trail
 * itself.  Within one transaction; one thread.
 */
#pragma once

#include <sqlite3.h>
#include "audit/blocks.h"
#include "audit/filter.h"
#include "audit/place.h"
#include "audit/words.h"

typedef struct AuditSearch {
	sqlite3 *handle;
	const char *dir;
	const AuditFilter *filter;
	Places *places;        /* NULL: nothing was written yet */
	GPtrArray *conditions; /* GArray * of TermRange: one of them must be there */
	sqlite3_stmt *block_before, *posting, *summary, *rows, *row;
	WordsSearch words;
	Arena *arena;
	int64_t floor, text_position, before_id; /* INT64_MAX: from the newest */
	int64_t cursor;                          /* blocks below it come */
	int64_t group;                           /* that was looked at last */
	bool group_good, nothing;
	GError **error;
} AuditSearch;

typedef struct TermRange {
	int64_t from, to;
} TermRange;

/* False: see `error`. */
bool search_begin(
	AuditSearch *search, sqlite3 *handle, const char *dir, Places *places, const AuditFilter *filter, uint64_t before_id, GError **error);
void search_end(AuditSearch *search);
/* The next lower block that has some.  False: none, or `error` is set. */
bool search_next(AuditSearch *search, BlockPlace *ret, Bits *ret_bits);
/* The text of one record; NULL: it was removed meanwhile, or `error` is set. */
char *search_read(AuditSearch *search, int64_t id);
/* Whether the filter means everything there is but for its time, and all of a block. */
bool search_takes_all(const AuditSearch *search);
bool search_takes_block(const AuditSearch *search, const BlockPlace *place);

/* search-terms.c.  What is asked for, as terms; `nothing` when one of them is in no record. */
bool search_add_conditions(AuditSearch *search);
/* Whether a group has something of each condition. */
bool search_group_has(AuditSearch *search, int64_t group);
/* The rows of a block that meet all of them. */
bool search_meet_conditions(AuditSearch *search, int64_t block, Bits *bits);

/* Sets the error, the first one; false. */
bool search_fail(AuditSearch *search, const char *why);
bool search_fail_sql(AuditSearch *search);
bool search_fail_damaged(AuditSearch *search);
