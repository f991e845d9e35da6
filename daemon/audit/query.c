/* SPDX-License-Identifier: MIT */
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include "audit/query.h"
#include "base/error.h"
#include "base/limits.h"

#define BUSY_MS 1000
#define POLL_MS 10u

static void row_free(gpointer data)
{
	AuditRow *row = data;

	g_free(row->json);
	g_free(row);
}

/* "50%_a" found as it is written. */
static char *like_pattern(const char *text)
{
	GString *pattern = g_string_new("%");

	for (; *text; text++) {
		if (strchr("%_\\", *text))
			g_string_append_c(pattern, '\\');
		g_string_append_c(pattern, *text);
	}
	g_string_append_c(pattern, '%');
	return g_string_free(pattern, FALSE);
}

/* Conditions with what is bound to them, in the order of the text. */
typedef struct Where {
	GString *sql;
	GPtrArray *texts; /* char *, NULL where the value is in `numbers` */
	GArray *numbers;
} Where;

static void where_number(Where *where, const char *condition, uint64_t value)
{
	if (!value)
		return;
	g_string_append(where->sql, condition);
	g_ptr_array_add(where->texts, NULL);
	g_array_append_val(where->numbers, value);
}

static void where_text(Where *where, const char *condition, const char *value)
{
	const uint64_t none = 0;

	if (!value || !*value)
		return;
	g_string_append(where->sql, condition);
	g_ptr_array_add(where->texts, g_strdup(value));
	g_array_append_val(where->numbers, none);
}

static void where_filter(Where *where, const AuditFilter *filter, uint64_t before_id)
{
	g_autofree char *like = filter->text ? like_pattern(filter->text) : NULL;

	where_number(where, " AND d.id < ?", before_id);
	where_number(where, " AND d.time >= ?", filter->since_us);
	where_number(where, " AND d.time < ?", filter->until_us);
	where_text(where, " AND d.decision = ?", filter->decision);
	where_text(where, " AND d.user = ?", filter->user);
	where_text(where, " AND d.image = ?", filter->image);
	where_text(where, " AND EXISTS (SELECT 1 FROM finding f WHERE f.rule = ? AND f.id = d.id)", filter->rule);
	where_text(where, " AND (d.command || ' ' || d.uri || ' ' || d.user || ' ' || d.image) LIKE ? ESCAPE '\\'", like);
}

static void bind(sqlite3_stmt *statement, const Where *where, unsigned limit)
{
	int at = 1;

	for (guint i = 0; i < where->texts->len; i++, at++) {
		const char *text = g_ptr_array_index(where->texts, i);
		if (text)
			(void)sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
		else
			(void)sqlite3_bind_int64(statement, at, (sqlite3_int64)g_array_index(where->numbers, uint64_t, i));
	}
	(void)sqlite3_bind_int64(statement, at, MIN(limit, LIMIT_QUERY_ROWS));
}

static void count_free(gpointer data)
{
	AuditCount *count = data;

	g_free(count->value);
	g_free(count);
}

static int collect_counts(sqlite3_stmt *statement, GPtrArray *rows)
{
	int r;

	while ((r = sqlite3_step(statement)) == SQLITE_ROW) {
		AuditCount *count = g_new0(AuditCount, 1);
		count->value = g_strdup((const char *)sqlite3_column_text(statement, 0));
		count->count = (uint64_t)sqlite3_column_int64(statement, 1);
		g_ptr_array_add(rows, count);
	}
	return r;
}

static int collect_rows(sqlite3_stmt *statement, GPtrArray *rows)
{
	int r;

	while ((r = sqlite3_step(statement)) == SQLITE_ROW) {
		AuditRow *row = g_new0(AuditRow, 1);
		row->id = (uint64_t)sqlite3_column_int64(statement, 0);
		row->time_us = sqlite3_column_int64(statement, 1);
		row->json = g_strdup((const char *)sqlite3_column_text(statement, 2));
		g_ptr_array_add(rows, row);
	}
	return r;
}

/* One statement: its beginning, the conditions, its end, and who takes what it finds. */
typedef struct Statement {
	const char *select, *end;
	int (*collect)(sqlite3_stmt *statement, GPtrArray *rows);
	GDestroyNotify free;
} Statement;

static const Statement newest = { "SELECT d.id, d.time, d.line FROM decision d WHERE 1", " ORDER BY d.id DESC LIMIT ?", collect_rows, row_free };

#define COUNT_BY(column, from) { "SELECT " column ", COUNT(*) FROM " from " WHERE 1", " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?", collect_counts, count_free }
static const Statement counts[FIELD_COUNT] = {
	[FIELD_DECISION] = COUNT_BY("d.decision", "decision d"),
	[FIELD_USER] = COUNT_BY("d.user", "decision d"),
	[FIELD_IMAGE] = COUNT_BY("d.image", "decision d"),
	[FIELD_RULE] = COUNT_BY("g.rule", "decision d JOIN finding g ON g.id = d.id"),
};

static int run(sqlite3 *handle, const Statement *kind, const AuditFilter *filter, unsigned limit, uint64_t before_id, GPtrArray *rows)
{
	g_autoptr(GString) sql = g_string_new(kind->select);
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	Where where = { sql, texts, numbers };
	sqlite3_stmt *statement = NULL;

	where_filter(&where, filter, before_id);
	g_string_append(sql, kind->end);
	int r = sqlite3_prepare_v2(handle, sql->str, -1, &statement, NULL);
	if (r == SQLITE_OK) {
		bind(statement, &where, limit);
		r = kind->collect(statement, rows);
	}
	(void)sqlite3_finalize(statement);
	return r;
}

static int open_index(const char *dir, sqlite3 **ret)
{
	g_autofree char *path = g_build_filename(dir, "audit.db", NULL);
	int r = sqlite3_open_v2(path, ret, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);

	if (r == SQLITE_OK)
		(void)sqlite3_busy_timeout(*ret, BUSY_MS);
	return r;
}

/* How much of the journal the index holds; -1: it does not say. */
static int64_t indexed_to(sqlite3 *handle)
{
	sqlite3_stmt *statement = NULL;
	int64_t offset = -1;

	if (sqlite3_prepare_v2(handle, "SELECT offset FROM position", -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
		offset = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement);
	return offset;
}

bool query_wait(const char *dir, unsigned timeout_ms)
{
	g_autofree char *journal = g_build_filename(dir, "audit.jsonl", NULL);
	sqlite3 *handle = NULL;
	struct stat status;

	if (stat(journal, &status) < 0)
		return true; /* nothing was written yet */
	int r = open_index(dir, &handle);
	bool reached = r == SQLITE_OK && indexed_to(handle) >= status.st_size;
	for (unsigned waited = 0; r == SQLITE_OK && !reached && waited < timeout_ms; waited += POLL_MS) {
		g_usleep(POLL_MS * 1000);
		reached = indexed_to(handle) >= status.st_size;
	}
	(void)sqlite3_close(handle);
	return reached;
}

static GPtrArray *ask(const char *dir, const Statement *kind, const AuditFilter *filter, unsigned limit, uint64_t before_id, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "audit.db", NULL);
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(kind->free);
	sqlite3 *handle = NULL;

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return g_steal_pointer(&rows); /* no decision was made here yet */
	int r = open_index(dir, &handle);
	if (r == SQLITE_OK)
		r = run(handle, kind, filter, limit, before_id, rows);
	if (r != SQLITE_DONE)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read %s: %s", path, sqlite3_errmsg(handle));
	(void)sqlite3_close(handle);
	return r == SQLITE_DONE ? g_steal_pointer(&rows) : NULL;
}

GPtrArray *query_run(const char *dir, const AuditFilter *filter, unsigned limit, uint64_t before_id, GError **error)
{
	return ask(dir, &newest, filter, limit, before_id, error);
}

GPtrArray *query_count(const char *dir, const AuditFilter *filter, AuditField field, unsigned limit, GError **error)
{
	return ask(dir, &counts[field], filter, limit, 0, error);
}
