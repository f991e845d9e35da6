/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/query.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/limits.h"

#define BUSY_MS 1000
#define POLL_MS 10u
#define PROGRESS_STEPS 10000 /* of SQLite's machine, between two looks at the budget: some tenths of a millisecond */
#define QUERY_LINE_BYTES (2 * (int64_t)LIMIT_RECORD_BYTES) /* one that stands behind a torn one */

static void row_free(gpointer data)
{
	AuditRow *row = data;

	g_free(row->json);
	g_free(row);
}

static void count_free(gpointer data)
{
	AuditCount *count = data;

	g_free(count->value);
	g_free(count);
}

/* One question on its way. */
typedef struct Question {
	const char *dir;
	sqlite3 *handle;
	int journal; /* -1: none */
	GPtrArray *rows;
	GError **error;
} Question;

static int collect_counts(Question *question, sqlite3_stmt *statement)
{
	int r;

	while ((r = sqlite3_step(statement)) == SQLITE_ROW) {
		AuditCount *count = g_new0(AuditCount, 1);
		count->value = g_strdup((const char *)sqlite3_column_text(statement, 0));
		count->count = (uint64_t)sqlite3_column_int64(statement, 1);
		g_ptr_array_add(question->rows, count);
	}
	return r;
}

/* The record's text, or NULL when it does not stand there. */
static char *read_record(int journal, uint64_t id, int64_t offset, int64_t length)
{
	char opening[48];

	if (length <= 0 || length > QUERY_LINE_BYTES)
		return NULL;
	g_autofree char *text = g_malloc((size_t)length + 1);
	if (pread(journal, text, (size_t)length, offset) != length)
		return NULL;
	text[length] = 0;
	(void)snprintf(opening, sizeof opening, "{\"v\":1,\"id\":%" G_GUINT64_FORMAT ",", id);
	return strstr(text, opening) ? g_steal_pointer(&text) : NULL;
}

static int collect_rows(Question *question, sqlite3_stmt *statement)
{
	int r;

	while ((r = sqlite3_step(statement)) == SQLITE_ROW) {
		uint64_t id = (uint64_t)sqlite3_column_int64(statement, 0);
		char *json = read_record(question->journal, id, sqlite3_column_int64(statement, 2), sqlite3_column_int64(statement, 3));
		if (!json) {
			g_set_error(question->error, SENTINEL_ERROR, SENTINEL_ERROR_IO,
				"record %" G_GUINT64_FORMAT " is not where it was written in %s/audit.jsonl: the file was changed; remove %s/audit.db to have the index made again",
				id, question->dir, question->dir);
			return SQLITE_ERROR;
		}
		AuditRow *row = g_new0(AuditRow, 1);
		*row = (AuditRow){ id, sqlite3_column_int64(statement, 1), json };
		g_ptr_array_add(question->rows, row);
	}
	return r;
}

/* One statement: its beginning, its end, and who takes what it finds. */
typedef struct Statement {
	const char *select, *end;
	int (*collect)(Question *question, sqlite3_stmt *statement);
	GDestroyNotify free;
} Statement;

static const Statement newest = { "SELECT d.id, d.time, d.offset, d.length FROM decision d WHERE 1", " ORDER BY d.id DESC LIMIT ?", collect_rows, row_free };

#define COUNT_BY(column, from) { "SELECT " column ", COUNT(*) FROM " from " WHERE 1", " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?", collect_counts, count_free }
static const Statement counts[FIELD_COUNT] = {
	[FIELD_DECISION] = COUNT_BY("d.decision", "decision d"),
	[FIELD_USER] = COUNT_BY("d.user", "decision d"),
	[FIELD_IMAGE] = COUNT_BY("d.image", "decision d"),
	[FIELD_RULE] = COUNT_BY("g.rule", "decision d JOIN finding g ON g.id = d.id"),
};

static int on_progress(void *data)
{
	return !budget_spend(1); /* a search of the whole trail is bounded by its time: SQLite takes some ten of its steps for each record */
}

static int open_index(const char *dir, sqlite3 **ret)
{
	g_autofree char *path = g_build_filename(dir, "audit.db", NULL);
	int r = sqlite3_open_v2(path, ret, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);

	if (r == SQLITE_OK) {
		(void)sqlite3_busy_timeout(*ret, BUSY_MS);
		sqlite3_progress_handler(*ret, PROGRESS_STEPS, on_progress, NULL);
	}
	return r;
}

/* How much of which journal the index holds; -1: it does not say. */
static int64_t indexed_to(sqlite3 *handle, int64_t *ret_inode)
{
	sqlite3_stmt *statement = NULL;
	int64_t offset = -1;

	*ret_inode = 0;
	if (sqlite3_prepare_v2(handle, "SELECT offset, inode FROM position", -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
		offset = sqlite3_column_int64(statement, 0);
		*ret_inode = sqlite3_column_int64(statement, 1);
	}
	(void)sqlite3_finalize(statement);
	return offset;
}

static bool holds(sqlite3 *handle, const struct stat *journal)
{
	int64_t inode, offset = indexed_to(handle, &inode);

	return offset >= journal->st_size && inode == (int64_t)journal->st_ino;
}

bool query_wait(const char *dir, unsigned timeout_ms)
{
	g_autofree char *journal = g_build_filename(dir, "audit.jsonl", NULL);
	sqlite3 *handle = NULL;
	struct stat status;

	if (stat(journal, &status) < 0 || !status.st_size)
		return true; /* nothing was written yet */
	int r = open_index(dir, &handle);
	bool reached = r == SQLITE_OK && holds(handle, &status);
	for (unsigned waited = 0; r == SQLITE_OK && !reached && waited < timeout_ms && budget_spend(1); waited += POLL_MS) {
		g_usleep(POLL_MS * 1000);
		reached = holds(handle, &status);
	}
	(void)sqlite3_close(handle);
	return reached;
}

/* The journal that the index is of. */
static bool open_journal(Question *question)
{
	g_autofree char *path = g_build_filename(question->dir, "audit.jsonl", NULL);
	struct stat status;
	int64_t inode;

	if (indexed_to(question->handle, &inode) < 0)
		return true; /* nothing is indexed yet */
	question->journal = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (question->journal >= 0 && fstat(question->journal, &status) == 0 && (int64_t)status.st_ino == inode)
		return true;
	if (question->journal < 0)
		g_set_error(question->error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read %s: %s", path, g_strerror(errno));
	else
		g_set_error(question->error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "%s was replaced a moment ago and its index is not made yet; try again", path);
	return false;
}

/* In one transaction: the index may be made anew meanwhile. */
static bool run(Question *question, const Statement *kind, const AuditFilter *filter, unsigned limit, uint64_t before_id)
{
	sqlite3_stmt *statement = NULL;

	int r = sqlite3_exec(question->handle, "BEGIN", NULL, NULL, NULL);
	if (r == SQLITE_OK && !open_journal(question))
		return false;
	if (r == SQLITE_OK)
		r = filter_prepare(question->handle, kind->select, filter, before_id, kind->end, MIN(limit, LIMIT_QUERY_ROWS), &statement);
	if (r == SQLITE_OK)
		r = kind->collect(question, statement);
	(void)sqlite3_finalize(statement);
	if (r != SQLITE_DONE && !*question->error)
		g_set_error(question->error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read %s/audit.db: %s", question->dir, sqlite3_errmsg(question->handle));
	return r == SQLITE_DONE;
}

static GPtrArray *ask(const char *dir, const Statement *kind, const AuditFilter *filter, unsigned limit, uint64_t before_id, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "audit.db", NULL);
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(kind->free);
	g_autoptr(GError) problem = NULL;
	Question question = { .dir = dir, .journal = -1, .rows = rows, .error = &problem };

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return g_steal_pointer(&rows); /* no decision was made here yet */
	if (open_index(dir, &question.handle) != SQLITE_OK)
		g_set_error(&problem, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot open %s: %s", path, sqlite3_errmsg(question.handle));
	bool good = !problem && run(&question, kind, filter, limit, before_id);
	(void)sqlite3_close(question.handle);
	if (question.journal >= 0)
		(void)close(question.journal);
	if (good)
		return g_steal_pointer(&rows);
	g_propagate_error(error, g_steal_pointer(&problem));
	return NULL;
}

GPtrArray *query_run(const char *dir, const AuditFilter *filter, unsigned limit, uint64_t before_id, GError **error)
{
	return ask(dir, &newest, filter, limit, before_id, error);
}

GPtrArray *query_count(const char *dir, const AuditFilter *filter, AuditField field, unsigned limit, GError **error)
{
	return ask(dir, &counts[field], filter, limit, 0, error);
}
