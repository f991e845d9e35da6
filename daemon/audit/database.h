/* SPDX-License-Identifier: MIT
 *
 * audit.db: tables and the statements that fill them.  One thread (the index's).
 */
#pragma once

#include <sqlite3.h>
#include "audit/line.h"

#define DATABASE_SCHEMA 3
#define DATABASE_HOUR_US (3600 * INT64_C(1000000))

/* The ids of the records of one hour: what a query by time has to look at. */
typedef struct DatabaseHour {
	int64_t hour, first, last; /* hour: since the epoch; first 0: none yet */
} DatabaseHour;

typedef struct Database {
	sqlite3 *handle;
	sqlite3_stmt *insert, *insert_rule, *insert_hour, *set_position;
	DatabaseHour hour; /* of the transaction, not written yet */
} Database;

/* A line of the trail. */
typedef struct JournalPiece {
	int64_t position;
	size_t length; /* without the line feed */
} JournalPiece;

/* Opens or makes `path`; one that is broken or of another schema is built again.  False: see `error`. */
bool database_open(Database *database, const char *path, GError **error);
void database_close(Database *database);

/* Up to where the trail is in it, and by what that trail is known again (walk_print()); 0, 0 in a new database. */
bool database_position(Database *database, int64_t *ret_position, uint64_t *ret_print);
/* Forgets everything: the trail was replaced. */
bool database_clear(Database *database);
/* Forgets what stood before: it was removed. */
bool database_forget(Database *database, int64_t before_position);
/* Between database_begin() and database_commit(); a row that is there already is left alone. */
bool database_begin(Database *database);
bool database_add(Database *database, const AuditLine *line, const JournalPiece *piece);
bool database_commit(Database *database, int64_t position, uint64_t print);
void database_rollback(Database *database);
