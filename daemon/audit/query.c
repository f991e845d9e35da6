/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include "audit/place.h"
#include "audit/query.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/limits.h"

#define BUSY_MS 1000
#define POLL_MS 10u
#define PROGRESS_STEPS 10000 /* of SQLite's machine, between two looks at the budget: some tenths of a millisecond */

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
	Places *places; /* NULL: nothing was written yet */
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

static int collect_rows(Question *question, sqlite3_stmt *statement)
{
	int64_t begin = question->places ? places_begin(question->places) : 0;
	int r;

	while ((r = sqlite3_step(statement)) == SQLITE_ROW) {
		uint64_t id = (uint64_t)sqlite3_column_int64(statement, 0);
		int64_t position = sqlite3_column_int64(statement, 2);
		if (position < begin)
			continue; /* removed, and not yet forgotten */
		char *json = question->places ? places_read(question->places, id, position, sqlite3_column_int64(statement, 3)) : NULL;
		if (!json) {
			g_set_error(question->error, SENTINEL_ERROR, SENTINEL_ERROR_IO,
				"record %" G_GUINT64_FORMAT " is not where it was written in %s: the trail was changed; remove %s/audit.db to have the index made again",
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

static const Statement newest = { "SELECT d.id, d.time, d.position, d.length FROM decision d WHERE 1", " ORDER BY d.id DESC LIMIT ?", collect_rows, row_free };

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

/* How much of the trail the index holds, and by what that is known again; -1: it does not say. */
static int64_t indexed_to(sqlite3 *handle, uint64_t *ret_print)
{
	sqlite3_stmt *statement = NULL;
	int64_t position = -1;

	*ret_print = 0;
	if (sqlite3_prepare_v2(handle, "SELECT position, print FROM position", -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
		position = sqlite3_column_int64(statement, 0);
		*ret_print = (uint64_t)sqlite3_column_int64(statement, 1);
	}
	(void)sqlite3_finalize(statement);
	return position;
}

/* Whether the index, which came up to `position`, is of this trail. */
static bool is_of(Places *places, int64_t position, uint64_t print)
{
	uint64_t found = places_print(places, position);

	return position <= places_end(places) && (!print || !found || print == found);
}

/* The files are looked at after the index: they have only grown. */
static bool holds(sqlite3 *handle, const char *dir, int64_t end)
{
	uint64_t print;
	int64_t position = indexed_to(handle, &print);
	g_autoptr(Places) places = position >= end ? places_new(dir) : NULL;

	return places && is_of(places, position, print);
}

bool query_wait(const char *dir, unsigned timeout_ms)
{
	int64_t end = places_end_of(dir);
	sqlite3 *handle = NULL;

	if (end <= 0)
		return true; /* nothing was written yet */
	int r = open_index(dir, &handle);
	bool reached = r == SQLITE_OK && holds(handle, dir, end);
	for (unsigned waited = 0; r == SQLITE_OK && !reached && waited < timeout_ms && budget_spend(1); waited += POLL_MS) {
		g_usleep(POLL_MS * 1000);
		reached = holds(handle, dir, end);
	}
	(void)sqlite3_close(handle);
	return reached;
}

/* The trail that the index is of. */
static bool open_trail(Question *question)
{
	uint64_t print;
	int64_t position = indexed_to(question->handle, &print);

	if (position < 0)
		return true; /* nothing is indexed yet */
	question->places = places_new(question->dir);
	if (question->places && is_of(question->places, position, print))
		return true;
	if (!question->places)
		g_set_error(question->error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read the trail in %s: %s", question->dir, g_strerror(errno));
	else
		g_set_error(question->error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "the trail in %s was replaced a moment ago and its index is not made yet; try again",
			question->dir);
	return false;
}

/* In one transaction: the index may be made anew meanwhile. */
static bool run(Question *question, const Statement *kind, const AuditFilter *filter, unsigned limit, uint64_t before_id)
{
	sqlite3_stmt *statement = NULL;

	int r = sqlite3_exec(question->handle, "BEGIN", NULL, NULL, NULL);
	if (r == SQLITE_OK && !open_trail(question))
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
	Question question = { .dir = dir, .rows = rows, .error = &problem };

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return g_steal_pointer(&rows); /* no decision was made here yet */
	if (open_index(dir, &question.handle) != SQLITE_OK)
		g_set_error(&problem, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot open %s: %s", path, sqlite3_errmsg(question.handle));
	bool good = !problem && run(&question, kind, filter, limit, before_id);
	(void)sqlite3_close(question.handle);
	places_free(question.places);
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
