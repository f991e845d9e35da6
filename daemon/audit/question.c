/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include "audit/damage.h"
#include "audit/private.h"
#include "audit/question.h"
#include "base/budget.h"
#include "base/error.h"

#define BUSY_MS 1000
#define PROGRESS_STEPS 10000 /* of SQLite's machine, between two looks at the budget: some tenths of a millisecond */

static int on_progress(void *data)
{
	return !budget_spend(0);
}

/* Opening a pipe would wait for somebody to write to it. */
static bool is_file(const char *path)
{
	g_autofree char *wal = g_strconcat(path, "-wal", NULL), *shm = g_strconcat(path, "-shm", NULL);

	return private_is_file(path) && private_is_file(wal) && private_is_file(shm);
}

int question_open(const char *dir, sqlite3 **ret)
{
	g_autofree char *path = g_build_filename(dir, "audit.db", NULL);

	*ret = NULL;
	if (!is_file(path))
		return SQLITE_CANTOPEN;
	damage_watch();
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
	if (statement_prepare(handle, SQL_STATE_FIND, &statement) && sqlite3_step(statement) == SQLITE_ROW) {
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
bool question_holds(sqlite3 *handle, const char *dir, int64_t end)
{
	uint64_t print;
	int64_t position = indexed_to(handle, &print);
	g_autoptr(Places) places = position >= end ? places_new(dir) : NULL;

	return places && is_of(places, position, print);
}

/* The trail that the index is of. */
static bool open_trail(AuditQuestion *question, GError **error)
{
	uint64_t print;
	int64_t position = indexed_to(question->handle, &print);

	if (position < 0)
		return true; /* nothing is indexed yet */
	question->places = places_new(question->dir);
	if (question->places && is_of(question->places, position, print))
		return true;
	if (!question->places)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read the trail in %s: %s", question->dir, g_strerror(errno));
	else
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY,
			"the trail in %s was replaced a moment ago and its index is not made yet; try again", question->dir);
	return false;
}

bool question_begin(AuditQuestion *question, const char *dir, const AuditFilter *filter, uint64_t before_id, bool *ret_empty, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "audit.db", NULL);

	*question = (AuditQuestion){ .dir = dir };
	*ret_empty = !g_file_test(path, G_FILE_TEST_EXISTS);
	if (*ret_empty) {
		(void)filter_check(filter, error);
		*ret_empty = !*error;
		return false;
	}
	if (!is_file(path)) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "%s is no file; the service makes it again from the trail, try again in a moment", path);
		return false;
	}
	int r = question_open(dir, &question->handle);
	if (r == SQLITE_OK)
		r = sqlite3_exec(question->handle, "BEGIN", NULL, NULL, NULL);
	if (r != SQLITE_OK) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read %s: %s", path, sqlite3_errmsg(question->handle));
		return false;
	}
	if (!open_trail(question, error))
		return false;
	question->searching = true;
	return search_begin(&question->search, question->handle, dir, question->places, filter, before_id, error);
}

void question_end(AuditQuestion *question)
{
	if (question->searching)
		search_end(&question->search);
	(void)sqlite3_close(question->handle);
	places_free(question->places);
}
