/* SPDX-License-Identifier: MIT
 *
 * What is written of blocks: rows are gathered in memory and go into the tables when a transaction ends.  One thread.
 */
#pragma once

#include "audit/statements.h"
#include "audit/term.h"

/* Where a block lies. */
typedef struct BlockPlace {
	int64_t number, rows, first_time, last_time, first_position, last_position;
} BlockPlace;

typedef struct IndexBlock {
	BlockPlace place;
	GHashTable *postings;       /* int64_t term -> Posting * */
	bool open, stored, changed; /* stored: the table has some of it */
} IndexBlock;

#define BLOCKS_OPEN 2u /* neighbours come at the same time where one ends */

typedef struct Blocks {
	sqlite3_stmt *find, *put, *posting_find, *posting_put, *summary_add;
	IndexBlock open[BLOCKS_OPEN];
	bool damaged; /* what stands there is not what was written */
} Blocks;

bool blocks_open(Blocks *blocks, sqlite3 *handle);
void blocks_close(Blocks *blocks);
/* The block of a record that is new, with the record's time and position noted; NULL: the database says no. */
IndexBlock *blocks_take(Blocks *blocks, int64_t id, int64_t time_us, int64_t position);
bool block_mark(Blocks *blocks, IndexBlock *block, int64_t id, int64_t term);
bool blocks_flush(Blocks *blocks);
/* What is gathered is not what is in the table any more. */
void blocks_forget(Blocks *blocks);
/* Of a row of SQL_BLOCK_... */
BlockPlace block_place(sqlite3_stmt *row);
