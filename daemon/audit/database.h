/* SPDX-License-Identifier: MIT
 *
 * audit.db: tables and the statements that fill them.  One thread (the index's).
 */
#pragma once

#include <sqlite3.h>
#include "audit/line.h"

#define DATABASE_SCHEMA 1

typedef struct Database {
	sqlite3 *handle;
	sqlite3_stmt *insert, *insert_rule, *set_offset;
} Database;

/* Opens or makes `path`; one that is broken or of another schema is built again.  False: see `error`. */
bool database_open(Database *database, const char *path, GError **error);
void database_close(Database *database);

/* Where in which journal the next line stands; 0, 0 in a new database. */
bool database_offset(Database *database, int64_t *ret_offset, int64_t *ret_inode);
/* Forgets everything: the journal was replaced. */
bool database_clear(Database *database);
/* Between database_begin() and database_commit(); a row that is there already is left alone. */
bool database_begin(Database *database);
bool database_add(Database *database, const Line *line, const char *text, size_t length);
bool database_commit(Database *database, int64_t offset, int64_t inode);
void database_rollback(Database *database);
