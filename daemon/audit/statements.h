/* SPDX-License-Identifier: MIT
 *
 * Every statement on audit.db but those of the text index, whose tables are made as they are needed (words.h).  A test asks SQLite for the
 * plan of each: none may walk a table.
 *
 * The tables: `decision` has a row a record: when, and where in the trail.  Ids stand in blocks of BITS_ROWS, these in groups of
 * GROUP_BLOCKS.  `posting` has, for each block and each term (term.h) in it, which rows those are; so a filter of several conditions reads
 * a few bytes a block and condition, and what it costs does not grow with what it does not find.  `summary` has the counts by group: it says
 * which groups need no look, and what the statistics are.  `block` knows the times and places between which a block lies.
 */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include "audit/bits.h"

#define GROUP_BLOCKS 32

typedef enum Sql {
	SQL_ROW_ADD,
	SQL_ROW_FIND,       /* by id */
	SQL_ROW_TIMES,      /* of a block: ids, times, positions */
	SQL_TERM_FIND,
	SQL_TERM_ADD,
	SQL_TERM_VALUE,
	SQL_TERM_AFTER,     /* the next ones of the table */
	SQL_TERM_DROP,
	SQL_TERM_PREFIX,    /* numbers of values that begin so */
	SQL_POSTING_FIND,   /* of a block, terms from ... to */
	SQL_POSTING_PUT,
	SQL_POSTING_DROP,
	SQL_SUMMARY_ADD,
	SQL_SUMMARY_FIND,   /* whether a group has one of the terms from ... to */
	SQL_SUMMARY_COUNTS, /* of a group, terms from ... to */
	SQL_SUMMARY_DROP,   /* of a group */
	SQL_BLOCK_PUT,
	SQL_BLOCK_FIND,
	SQL_BLOCK_BEFORE,   /* the next lower one */
	SQL_BLOCK_AFTER,    /* the next higher one */
	SQL_STATE_FIND,
	SQL_STATE_PUT,
	SQL_PRUNE_ROWS,     /* of a block, and so on */
	SQL_PRUNE_POSTINGS,
	SQL_PRUNE_BLOCK,
	SQL_COUNT
} Sql;

const char *statement_text(Sql which);
bool statement_prepare(sqlite3 *handle, Sql which, sqlite3_stmt **ret);
