/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "audit/query.h"
#include "audit/question.h"
#include "base/budget.h"
#include "base/limits.h"

#define POLL_MS 10u

static void row_free(gpointer data)
{
	AuditRow *row = data;

	g_free(row->json);
	g_free(row);
}

bool query_wait(const char *dir, unsigned timeout_ms)
{
	int64_t end = places_end_of(dir);
	sqlite3 *handle = NULL;

	if (end <= 0)
		return true; /* nothing was written yet */
	int r = question_open(dir, &handle);
	bool reached = r == SQLITE_OK && question_holds(handle, dir, end);
	for (unsigned waited = 0; r == SQLITE_OK && !reached && waited < timeout_ms && budget_spend(1); waited += POLL_MS) {
		g_usleep(POLL_MS * 1000);
		reached = question_holds(handle, dir, end);
	}
	(void)sqlite3_close(handle);
	return reached;
}

/* The record, if it is still there and is what was asked for: the index only says where to look. */
static AuditRow *take_row(AuditSearch *search, int64_t id)
{
	g_autofree char *text = search_read(search, id);
	AuditLine line;

	arena_reset(search->arena);
	if (!text || !audit_line_read(text, strlen(text), search->arena, &line) || line.id != id || !filter_matches(search->filter, &line))
		return NULL;
	AuditRow *row = g_new0(AuditRow, 1);
	*row = (AuditRow){ (uint64_t)id, line.time_us, g_steal_pointer(&text) };
	return row;
}

static void collect(AuditSearch *search, unsigned limit, GPtrArray *rows)
{
	BlockPlace place;
	Bits bits;

	while (rows->len < limit && search_next(search, &place, &bits)) {
		for (int bit = bits_last(&bits, BITS_ROWS); bit >= 0 && rows->len < limit; bit = bits_last(&bits, (unsigned)bit)) {
			AuditRow *row = take_row(search, place.number * BITS_ROWS + bit);
			if (*search->error)
				return;
			if (row)
				g_ptr_array_add(rows, row);
		}
	}
}

GPtrArray *query_run(const char *dir, const AuditFilter *filter, unsigned limit, uint64_t before_id, GError **error)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);
	g_autoptr(GError) problem = NULL;
	AuditQuestion question;
	bool empty;

	if (question_begin(&question, dir, filter, before_id, &empty, &problem))
		collect(&question.search, MIN(limit, LIMIT_QUERY_ROWS), rows);
	question_end(&question);
	if (!problem)
		return g_steal_pointer(&rows);
	g_propagate_error(error, g_steal_pointer(&problem));
	return NULL;
}

int64_t query_size(const char *dir, const AuditFilter *filter)
{
	g_autoptr(GError) problem = NULL;
	AuditQuestion question;
	BlockPlace place;
	int64_t size = 0;
	Bits bits;
	bool empty;

	if (filter->text && *filter->text)
		return 0; /* that would be as much work as the rows themselves */
	if (question_begin(&question, dir, filter, 0, &empty, &problem))
		while (search_next(&question.search, &place, &bits))
			size += bits_count(&bits);
	question_end(&question);
	return problem ? 0 : size;
}
