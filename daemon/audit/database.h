/* SPDX-License-Identifier: MIT
 *
 * audit.db: tables and the statements that fill them.  One thread (the index's).
 */
#pragma once

#include <sqlite3.h>
#include "audit/line.h"

#define DATABASE_SCHEMA 2
#define DATABASE_HOUR_US (3600 * INT64_C(1000000))

/* The ids of the records of one hour: what a query by time has to look at. */
typedef struct DatabaseHour {
	int64_t hour, first, last; /* hour: since the epoch; first 0: none yet */
} DatabaseHour;

typedef struct Database {
	sqlite3 *handle;
	sqlite3_stmt *insert, *insert_rule, *insert_hour, *set_offset;
	DatabaseHour hour; /* of the transaction, not written yet */
} Database;

/* A piece of the journal. */
typedef struct JournalPiece {
	int64_t offset;
	size_t length; /* without the line feed */
} JournalPiece;

/* Opens or makes `path`; one that is broken or of another schema is built again.  False: see `error`. */
bool database_open(Database *database, const char *path, GError **error);
void database_close(Database *database);

/* Where in which journal the next line stands; 0, 0 in a new database. */
bool database_offset(Database *database, int64_t *ret_offset, int64_t *ret_inode);
/* Forgets everything: the journal was replaced. */
bool database_clear(Database *database);
/* Between database_begin() and database_commit(); a row that is there already is left alone. */
bool database_begin(Database *database);
bool database_add(Database *database, const AuditLine *line, const JournalPiece *piece);
bool database_commit(Database *database, int64_t offset, int64_t inode);
void database_rollback(Database *database);
