/* SPDX-License-Identifier: MIT */
#include <errno.h>
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

static const char schema[] =
	"PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-2048; PRAGMA "
	"journal_size_limit=8388608;"
	"CREATE TABLE IF NOT EXISTS position(only INTEGER PRIMARY KEY CHECK(only = 1), position INTEGER NOT NULL, print INTEGER NOT NULL,"
	" floor INTEGER NOT NULL, text_position INTEGER NOT NULL);"
	"CREATE TABLE IF NOT EXISTS decision(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, position INTEGER NOT NULL, length INTEGER NOT "
	"NULL);"
	"CREATE TABLE IF NOT EXISTS term(term INTEGER PRIMARY KEY, kind INTEGER NOT NULL, value TEXT NOT NULL, UNIQUE(kind, value));"
	"CREATE TABLE IF NOT EXISTS posting(block INTEGER, term INTEGER, ids BLOB NOT NULL, PRIMARY KEY(block, term)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS summary(part INTEGER, term INTEGER, count INTEGER NOT NULL, PRIMARY KEY(part, term)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS block(block INTEGER PRIMARY KEY, rows INTEGER NOT NULL, first_time INTEGER NOT NULL, last_time INTEGER "
	"NOT NULL,"
	" first_position INTEGER NOT NULL, last_position INTEGER NOT NULL);"
	"PRAGMA user_version=5;";

static bool execute(Database *database, const char *sql)
{
	return sqlite3_exec(database->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static int schema_version(Database *database)
{
	sqlite3_stmt *statement = NULL;
	int version = -1;

	if (sqlite3_prepare_v2(database->handle, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
		sqlite3_step(statement) == SQLITE_ROW)
		version = sqlite3_column_int(statement, 0);
	(void)sqlite3_finalize(statement);
	return version;
}

static bool read_state(Database *database)
{
	sqlite3_stmt *statement = NULL;
	bool good = statement_prepare(database->handle, SQL_STATE_FIND, &statement);
	int r = good ? sqlite3_step(statement) : SQLITE_ERROR;

	if (r == SQLITE_ROW)
		database->state = (DatabaseState){ sqlite3_column_int64(statement, 0), (uint64_t)sqlite3_column_int64(statement, 1),
			sqlite3_column_int64(statement, 2), sqlite3_column_int64(statement, 3) };
	(void)sqlite3_finalize(statement);
	return r == SQLITE_ROW || r == SQLITE_DONE;
}

static const char *const suffixes[] = { "", "-wal", "-shm" };

/* What is no file cannot be the index, nor be of use: it goes, and a link is not followed.  False: it stays (a directory with something in
 * it), see errno. */
static bool make_way(const char *path)
{
	for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		g_autofree char *file = g_strconcat(path, suffixes[i], NULL);
		if (private_is_file(file))
			continue;
		log_warning("%s is no regular file and is removed: the index goes there", file);
		if (remove(file) < 0)
			return false;
	}
	return true;
}

/* SQLite would make it 0644; the files beside it take its mode. */
static bool make_private(const char *path)
{
	int fd = make_way(path) ? private_open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

static int on_progress(void *data)
{
	pulse_beat();
	return 0;
}

static bool try_open(Database *database, const char *path)
{
	*database = (Database){ .words = { .part = -1 } };
	if (!make_private(path)) {
		database->cause = errno;
		return false;
	}
	if (sqlite3_open_v2(path, &database->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return false;
	(void)sqlite3_busy_timeout(database->handle, BUSY_MS);
	sqlite3_progress_handler(database->handle, PROGRESS_STEPS, on_progress, NULL);
	database->words.handle = database->handle;
	int version = schema_version(database);
	return (version == 0 || version == DATABASE_SCHEMA) && execute(database, schema) &&
	       statement_prepare(database->handle, SQL_ROW_ADD, &database->add) &&
	       statement_prepare(database->handle, SQL_STATE_PUT, &database->put_state) &&
	       term_book_open(&database->terms, database->handle) && blocks_open(&database->blocks, database->handle) &&
	       read_state(database) && (database->sweeping = database->state.floor > 0, true);
}

/* The journal is the truth: a database that cannot be read is only an index that must be made again. */
static void discard(const char *path)
{
	for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		g_autofree char *file = g_strconcat(path, suffixes[i], NULL);
		(void)unlink(file);
	}
}

static bool fail(const Database *database, const char *path, GError **error)
{
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot open %s: %s", path,
		database->cause ? g_strerror(database->cause) : sqlite3_errmsg(database->handle));
	return false;
}

bool database_open(Database *database, const char *path, GError **error)
{
	if (try_open(database, path))
		return true;
	if (!database->handle || (!database_damaged(database) && schema_version(database) <= 0)) {
		(void)fail(database, path, error);
		database_close(database);
		return false;
	}
	log_warning("%s cannot be used (%s) and is built again from the journal", path, sqlite3_errmsg(database->handle));
	return database_renew(database, path, error);
}

bool database_renew(Database *database, const char *path, GError **error)
{
	database_close(database);
	discard(path);
	if (try_open(database, path))
		return true;
	(void)fail(database, path, error);
	database_close(database);
	return false;
}

void database_close(Database *database)
{
	(void)sqlite3_finalize(database->add);
	(void)sqlite3_finalize(database->put_state);
	term_book_close(&database->terms);
	blocks_close(&database->blocks);
	words_writer_close(&database->words);
	(void)sqlite3_close(database->handle);
	*database = (Database){ .words = { .part = -1 } };
}

bool database_damaged(const Database *database)
{
	int cause = sqlite3_errcode(database->handle);

	return cause == SQLITE_CORRUPT || cause == SQLITE_NOTADB || database->blocks.damaged;
}

bool database_begin(Database *database)
{
	return execute(database, "BEGIN IMMEDIATE");
}

/* Of an event.  Its terms are of kinds of their own, so that statistics need not look for it. */
static bool mark_event(Database *database, IndexBlock *block, const AuditLine *line)
{
	const struct {
		TermKind kind;
		const char *value;
	} texts[] = { { TERM_ACTOR, line->user }, { TERM_DEED, line->endpoint } };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		int64_t term = term_book_take(&database->terms, texts[i].kind, texts[i].value);
		if (term < 0 || !block_mark(&database->blocks, block, line->id, term))
			return false;
	}
	for (int bit = 0; line->folded >> bit; bit++)
		if (line->folded >> bit & 1 && !block_mark(&database->blocks, block, line->id, TERM(TERM_FOLDED, bit)))
			return false;
	return block_mark(&database->blocks, block, line->id, TERM(TERM_EVENT, 0));
}

/* What can be asked for. */
static bool mark_all(Database *database, IndexBlock *block, const AuditLine *line)
{
	const struct {
		TermKind kind;
		const char *value;
	} texts[] = {
		{ TERM_DECISION, line->decision },
		{ TERM_USER, line->user },
		{ TERM_IMAGE, line->image },
		{ TERM_COMMAND, line->endpoint },
	};
	const int64_t numbers[] = { TERM(TERM_ROW, 0), term_number(TERM_HOUR, line->time_us / DATABASE_HOUR_US),
		term_number(TERM_SCORE, line->score) };

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		if (!block_mark(&database->blocks, block, line->id, numbers[i]))
			return false;
	for (size_t i = 0; i < G_N_ELEMENTS(texts) + line->finding_count; i++) {
		bool rule = i >= G_N_ELEMENTS(texts);
		int64_t term = term_book_take(&database->terms, rule ? TERM_RULE : texts[i].kind,
			rule ? line->findings[i - G_N_ELEMENTS(texts)].rule : texts[i].value);
		if (term < 0 || !block_mark(&database->blocks, block, line->id, term))
			return false;
	}
	return true;
}

bool database_add(Database *database, const AuditLine *line, int64_t position, int64_t length)
{
	const int64_t numbers[] = { line->id, line->time_us, position, length };

	for (int i = 0; i < (int)G_N_ELEMENTS(numbers); i++)
		(void)sqlite3_bind_int64(database->add, i + 1, numbers[i]);
	int r = sqlite3_step(database->add);
	(void)sqlite3_reset(database->add);
	if (r != SQLITE_DONE || !sqlite3_changes(database->handle))
		return r == SQLITE_DONE;
	IndexBlock *block = blocks_take(&database->blocks, line->id, line->time_us, position);
	return block && (audit_line_is_event(line) ? mark_event : mark_all)(database, block, line);
}

bool database_add_words(Database *database, const AuditLine *line)
{
	return words_add(&database->words, line);
}

static bool put_state(Database *database, const DatabaseState *state)
{
	const int64_t numbers[] = { state->position, (int64_t)state->print, state->floor, state->text_position };

	for (int i = 0; i < (int)G_N_ELEMENTS(numbers); i++)
		(void)sqlite3_bind_int64(database->put_state, i + 1, numbers[i]);
	bool good = sqlite3_step(database->put_state) == SQLITE_DONE;
	(void)sqlite3_reset(database->put_state);
	return good;
}

bool database_commit(Database *database, const DatabaseState *state)
{
	if (!blocks_flush(&database->blocks) || !put_state(database, state) || !execute(database, "COMMIT"))
		return false;
	database->state = *state;
	return true;
}

void database_rollback(Database *database)
{
	words_writer_close(&database->words); /* its table may be gone with it */
	(void)execute(database, "ROLLBACK");
	blocks_forget(&database->blocks);
	term_book_forget(&database->terms);
}
