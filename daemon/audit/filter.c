/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "audit/database.h"
#include "audit/filter.h"

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

/* The hours narrow the ids, so that a scan from the newest ends where the time does. */
static void where_time(Where *where, const AuditFilter *filter)
{
	where_number(where, " AND d.time >= ?", filter->since_us);
	where_number(where, " AND d.id >= (SELECT ifnull(min(first), 9223372036854775807) FROM hour WHERE hour >= ?)", filter->since_us / DATABASE_HOUR_US);
	where_number(where, " AND d.time < ?", filter->until_us);
	where_number(where, " AND d.id <= (SELECT ifnull(max(last), 0) FROM hour WHERE hour <= ?)", filter->until_us / DATABASE_HOUR_US);
}

static void where_filter(Where *where, const AuditFilter *filter, uint64_t before_id)
{
	g_autofree char *like = filter->text ? like_pattern(filter->text) : NULL;

	where_number(where, " AND d.id < ?", before_id);
	where_time(where, filter);
	where_text(where, " AND d.decision = ?", filter->decision);
	if (filter->decision && *filter->decision && strcmp(filter->decision, "allowed") != 0)
		g_string_append(where->sql, " AND d.decision <> 'allowed'"); /* lets SQLite take the index of the others (sqlite.org/partialindex.html) */
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
			(void)sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
		else
			(void)sqlite3_bind_int64(statement, at, (sqlite3_int64)g_array_index(where->numbers, uint64_t, i));
	}
	(void)sqlite3_bind_int64(statement, at, limit);
}

int filter_prepare(sqlite3 *handle, const char *select, const AuditFilter *filter, uint64_t before_id, const char *end, unsigned limit, sqlite3_stmt **ret)
{
	g_autoptr(GString) sql = g_string_new(select);
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	Where where = { sql, texts, numbers };

	where_filter(&where, filter, before_id);
	g_string_append(sql, end);
	int r = sqlite3_prepare_v2(handle, sql->str, -1, ret, NULL);
	if (r == SQLITE_OK)
		bind(*ret, &where, limit);
	return r;
}
