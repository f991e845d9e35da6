/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "audit/database.h"
#include "audit/private.h"
#include "base/error.h"
#include "base/log.h"
#include "base/pulse.h"

#define BUSY_MS 2000
#define PROGRESS_STEPS 100000 /* of SQLite's machine: long work of it is no stuck work */

/* The records themselves stay in the journal.  Most are plain allowed ones, so only the others are in the index by
 * decision; `hour` stands for an index by time, for ids grow with it but for the steps of a clock. */
static const char schema[] =
	"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-1024;"
	"CREATE TABLE IF NOT EXISTS position(only INTEGER PRIMARY KEY CHECK(only = 1), position INTEGER NOT NULL, print INTEGER NOT NULL);"
	"CREATE TABLE IF NOT EXISTS decision(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, decision TEXT NOT NULL, user TEXT NOT NULL, image TEXT NOT NULL,"
	" command TEXT NOT NULL, uri TEXT NOT NULL, position INTEGER NOT NULL, length INTEGER NOT NULL);"
	"CREATE INDEX IF NOT EXISTS decision_by_outcome ON decision(decision, id) WHERE decision <> 'allowed';"
	"CREATE TABLE IF NOT EXISTS hour(hour INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL);"
	"CREATE TABLE IF NOT EXISTS finding(rule TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY(rule, id)) WITHOUT ROWID;"
	"PRAGMA user_version=3;";

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
		{ "INSERT OR IGNORE INTO decision(id, time, decision, user, image, command, uri, position, length) VALUES(?,?,?,?,?,?,?,?,?)", &database->insert },
		{ "INSERT OR IGNORE INTO finding(rule, id) VALUES(?,?)", &database->insert_rule },
		{ "INSERT INTO hour(hour, first, last) VALUES(?,?,?) ON CONFLICT(hour) DO UPDATE SET first=min(first, excluded.first), last=max(last, excluded.last)",
			&database->insert_hour },
		{ "INSERT INTO position(only, position, print) VALUES(1,?,?) ON CONFLICT(only) DO UPDATE SET position=excluded.position, print=excluded.print",
			&database->set_position },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(statements); i++)
		if (sqlite3_prepare_v2(database->handle, statements[i].sql, -1, statements[i].statement, NULL) != SQLITE_OK)
			return false;
	return true;
}

/* SQLite would make it 0644; the files beside it take its mode. */
static void make_private(const char *path)
{
	int fd = private_open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0)
		(void)close(fd);
}

static int on_progress(void *data)
{
	pulse_beat();
	return 0;
}

static bool try_open(Database *database, const char *path)
{
	*database = (Database){ 0 };
	make_private(path);
	if (sqlite3_open_v2(path, &database->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return false;
	(void)sqlite3_busy_timeout(database->handle, BUSY_MS);
	sqlite3_progress_handler(database->handle, PROGRESS_STEPS, on_progress, NULL);
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
	(void)sqlite3_finalize(database->insert_hour);
	(void)sqlite3_finalize(database->set_position);
	(void)sqlite3_close(database->handle);
	*database = (Database){ 0 };
}

bool database_position(Database *database, int64_t *ret_position, uint64_t *ret_print)
{
	sqlite3_stmt *statement = NULL;

	*ret_position = 0;
	*ret_print = 0;
	int r = sqlite3_prepare_v2(database->handle, "SELECT position, print FROM position", -1, &statement, NULL);
	if (r == SQLITE_OK)
		r = sqlite3_step(statement);
	if (r == SQLITE_ROW) {
		*ret_position = sqlite3_column_int64(statement, 0);
		*ret_print = (uint64_t)sqlite3_column_int64(statement, 1);
	}
	(void)sqlite3_finalize(statement);
	return r == SQLITE_ROW || r == SQLITE_DONE;
}

bool database_clear(Database *database)
{
	return execute(database, "BEGIN IMMEDIATE; DELETE FROM decision; DELETE FROM finding; DELETE FROM hour; DELETE FROM position; COMMIT;");
}

/* Ids grow with positions, but for neighbours: the rows are looked for where they are. */
bool database_forget(Database *database, int64_t before_position)
{
	g_autofree char *sql = g_strdup_printf("BEGIN IMMEDIATE; DELETE FROM finding WHERE id IN (SELECT id FROM decision WHERE position < %" G_GINT64_FORMAT ");"
		" DELETE FROM decision WHERE position < %" G_GINT64_FORMAT "; COMMIT;", before_position, before_position);

	return execute(database, sql);
}

bool database_begin(Database *database)
{
	database->hour = (DatabaseHour){ 0 };
	return execute(database, "BEGIN IMMEDIATE");
}

static bool step(sqlite3_stmt *statement)
{
	bool good = sqlite3_step(statement) == SQLITE_DONE;

	(void)sqlite3_reset(statement);
	return good;
}

static bool write_hour(Database *database)
{
	const DatabaseHour *hour = &database->hour;

	(void)sqlite3_bind_int64(database->insert_hour, 1, hour->hour);
	(void)sqlite3_bind_int64(database->insert_hour, 2, hour->first);
	(void)sqlite3_bind_int64(database->insert_hour, 3, hour->last);
	return !hour->first || step(database->insert_hour);
}

static bool note_hour(Database *database, const AuditLine *line)
{
	DatabaseHour *hour = &database->hour;
	int64_t now = line->time_us / DATABASE_HOUR_US;

	if (!hour->first || hour->hour != now) {
		if (!write_hour(database))
			return false;
		*hour = (DatabaseHour){ now, line->id, line->id };
	}
	hour->first = MIN(hour->first, line->id);
	hour->last = MAX(hour->last, line->id);
	return true;
}

bool database_add(Database *database, const AuditLine *line, const JournalPiece *piece)
{
	sqlite3_stmt *insert = database->insert;
	const char *texts[] = { line->decision, line->user, line->image, line->command, line->uri };

	(void)sqlite3_bind_int64(insert, 1, line->id);
	(void)sqlite3_bind_int64(insert, 2, line->time_us);
	for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++)
		(void)sqlite3_bind_text(insert, 3 + i, texts[i], -1, SQLITE_STATIC);
	(void)sqlite3_bind_int64(insert, 8, piece->position);
	(void)sqlite3_bind_int64(insert, 9, (int64_t)piece->length);
	if (!step(insert) || !note_hour(database, line))
		return false;
	for (size_t i = 0; i < line->finding_count; i++) {
		(void)sqlite3_bind_text(database->insert_rule, 1, line->findings[i].rule, -1, SQLITE_STATIC);
		(void)sqlite3_bind_int64(database->insert_rule, 2, line->id);
		if (!step(database->insert_rule))
			return false;
	}
	return true;
}

bool database_commit(Database *database, int64_t position, uint64_t print)
{
	(void)sqlite3_bind_int64(database->set_position, 1, position);
	(void)sqlite3_bind_int64(database->set_position, 2, (int64_t)print);
	return write_hour(database) && step(database->set_position) && execute(database, "COMMIT");
}

void database_rollback(Database *database)
{
	(void)execute(database, "ROLLBACK");
}
