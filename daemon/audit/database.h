/* SPDX-License-Identifier: MIT
 *
 * audit.db as its one writer sees it; what is in it: statements.h.  One thread (the index's).
 */
#pragma once

#include <sqlite3.h>
#include "audit/blocks.h"
#include "audit/line.h"
#include "audit/words.h"

#define DATABASE_SCHEMA 5
#define DATABASE_HOUR_US (3600 * INT64_C(1000000))

/* How much of which trail is in it. */
typedef struct DatabaseState {
	int64_t position;    /* rows: up to this position */
	uint64_t print;      /* what stands before that (walk.h) */
	int64_t floor;       /* nothing before this position */
	int64_t text_position; /* words: up to this position */
} DatabaseState;

typedef struct Database {
	sqlite3 *handle;
	sqlite3_stmt *add, *put_state;
	TermBook terms;
	Blocks blocks;
	WordsWriter words;
	DatabaseState state; /* as it was committed last */
	bool sweeping;       /* values of records that are gone may be left */
	int64_t swept;       /* up to this one none is */
	int cause;           /* an errno: why there is no file */
} Database;

/* Opens or makes `path`; one that is broken or of another schema is built again.  False: see `error`. */
bool database_open(Database *database, const char *path, GError **error);
void database_close(Database *database);
/* Makes it anew, with nothing in it. */
bool database_renew(Database *database, const char *path, GError **error);
/* After something failed: whether the file is to blame, and must be made anew. */
bool database_damaged(const Database *database);

/* Between database_begin() and database_commit(); a row that is there already is left alone. */
bool database_begin(Database *database);
bool database_add(Database *database, const AuditLine *line, int64_t position, int64_t length);
bool database_add_words(Database *database, const AuditLine *line);
bool database_commit(Database *database, const DatabaseState *state);
void database_rollback(Database *database);

/* prune.c.  Nothing that stands before `floor` is found any more; what it was is removed by database_prune_some(), a piece at a time. */
bool database_prune(Database *database, int64_t floor);
/* False: nothing is left to be done, or the database says no (`ret_failed`). */
bool database_prune_some(Database *database, bool *ret_failed);
