/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "audit/database.h"
#include "base/error.h"
#include "base/log.h"

#define BUSY_MS 2000

static const char schema[] =
	"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-1024;"
	"CREATE TABLE IF NOT EXISTS position(only INTEGER PRIMARY KEY CHECK(only = 1), offset INTEGER NOT NULL, inode INTEGER NOT NULL);"
	"CREATE TABLE IF NOT EXISTS decision(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, decision TEXT NOT NULL, score INTEGER NOT NULL,"
	" user TEXT NOT NULL, image TEXT NOT NULL, command TEXT NOT NULL, uri TEXT NOT NULL, line TEXT NOT NULL);"
	"CREATE INDEX IF NOT EXISTS decision_by_outcome ON decision(decision, id);"
	"CREATE INDEX IF NOT EXISTS decision_by_time ON decision(time);"
	"CREATE TABLE IF NOT EXISTS finding(rule TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY(rule, id)) WITHOUT ROWID;"
	"PRAGMA user_version=1;";

static bool execute(Database *database, const char *sql)
{
	return sqlite3_exec(database->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static int schema_version(Database *database)
{
	sqlite3_stmt *statement = NULL;
	int version = -1;

	if (sqlite3_prepare_v2(database->handle, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
		version = sqlite3_column_int(statement, 0);
	(void)sqlite3_finalize(statement);
	return version;
}

static bool prepare(Database *database)
{
	const struct { const char *sql; sqlite3_stmt **statement; } statements[] = {
		{ "INSERT OR IGNORE INTO decision(id, time, decision, score, user, image, command, uri, line) VALUES(?,?,?,?,?,?,?,?,?)", &database->insert },
		{ "INSERT OR IGNORE INTO finding(rule, id) VALUES(?,?)", &database->insert_rule },
		{ "INSERT INTO position(only, offset, inode) VALUES(1,?,?) ON CONFLICT(only) DO UPDATE SET offset=excluded.offset, inode=excluded.inode",
			&database->set_offset },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(statements); i++)
		if (sqlite3_prepare_v2(database->handle, statements[i].sql, -1, statements[i].statement, NULL) != SQLITE_OK)
			return false;
	return true;
}

/* SQLite would make it 0644; the files beside it take its mode. */
static void make_private(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd >= 0)
		(void)close(fd);
}

static bool try_open(Database *database, const char *path)
{
	*database = (Database){ 0 };
	make_private(path);
	if (sqlite3_open_v2(path, &database->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return false;
	(void)sqlite3_busy_timeout(database->handle, BUSY_MS);
	int version = schema_version(database);
	return (version == 0 || version == DATABASE_SCHEMA) && execute(database, schema) && prepare(database);
}

/* The journal is the truth: a database that cannot be read is only an index that must be made again. */
static void discard(const char *path)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		g_autofree char *file = g_strconcat(path, suffixes[i], NULL);
		(void)unlink(file);
	}
}

bool database_open(Database *database, const char *path, GError **error)
{
	if (try_open(database, path))
		return true;
	int cause = sqlite3_errcode(database->handle);
	bool broken = cause == SQLITE_CORRUPT || cause == SQLITE_NOTADB || schema_version(database) > 0;
	g_autofree char *message = g_strdup(sqlite3_errmsg(database->handle));
	database_close(database);
	if (broken) {
		log_warning("%s cannot be used (%s) and is built again from the journal", path, message);
		discard(path);
		if (try_open(database, path))
			return true;
		database_close(database);
	}
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot open %s: %s", path, message);
	return false;
}

void database_close(Database *database)
{
	(void)sqlite3_finalize(database->insert);
	(void)sqlite3_finalize(database->insert_rule);
	(void)sqlite3_finalize(database->set_offset);
	(void)sqlite3_close(database->handle);
	*database = (Database){ 0 };
}

bool database_offset(Database *database, int64_t *ret_offset, int64_t *ret_inode)
{
	sqlite3_stmt *statement = NULL;

	*ret_offset = *ret_inode = 0;
	int r = sqlite3_prepare_v2(database->handle, "SELECT offset, inode FROM position", -1, &statement, NULL);
	if (r == SQLITE_OK)
		r = sqlite3_step(statement);
	if (r == SQLITE_ROW) {
		*ret_offset = sqlite3_column_int64(statement, 0);
		*ret_inode = sqlite3_column_int64(statement, 1);
	}
	(void)sqlite3_finalize(statement);
	return r == SQLITE_ROW || r == SQLITE_DONE;
}

bool database_clear(Database *database)
{
	return execute(database, "BEGIN IMMEDIATE; DELETE FROM decision; DELETE FROM finding; DELETE FROM position; COMMIT;");
}

bool database_begin(Database *database)
{
	return execute(database, "BEGIN IMMEDIATE");
}

static bool step(sqlite3_stmt *statement)
{
	bool good = sqlite3_step(statement) == SQLITE_DONE;

	(void)sqlite3_reset(statement);
	return good;
}

bool database_add(Database *database, const Line *line, const char *text, size_t length)
{
	sqlite3_stmt *insert = database->insert;

	(void)sqlite3_bind_int64(insert, 1, line->id);
	(void)sqlite3_bind_int64(insert, 2, line->time_us);
	(void)sqlite3_bind_text(insert, 3, line->decision, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int64(insert, 4, line->score);
	(void)sqlite3_bind_text(insert, 5, line->user, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(insert, 6, line->image, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(insert, 7, line->command, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(insert, 8, line->uri, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(insert, 9, text, (int)length, SQLITE_STATIC);
	if (!step(insert))
		return false;
	for (size_t i = 0; i < line->finding_count; i++) {
		(void)sqlite3_bind_text(database->insert_rule, 1, line->findings[i].rule, -1, SQLITE_STATIC);
		(void)sqlite3_bind_int64(database->insert_rule, 2, line->id);
		if (!step(database->insert_rule))
			return false;
	}
	return true;
}

bool database_commit(Database *database, int64_t offset, int64_t inode)
{
	(void)sqlite3_bind_int64(database->set_offset, 1, offset);
	(void)sqlite3_bind_int64(database->set_offset, 2, inode);
	return step(database->set_offset) && execute(database, "COMMIT");
}

void database_rollback(Database *database)
{
	(void)execute(database, "ROLLBACK");
}
