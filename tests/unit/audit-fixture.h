/* SPDX-License-Identifier: MIT
 *
 * Records of a journal, and what an index makes of them.
 */
#pragma once

#include <string.h>
#include "audit/index.h"
#include "audit/journal.h"
#include "audit/line.h"
#include "audit/query.h"
#include "audit/walk.h"
#include "core/record.h"
#include "scratch.h"

static inline const char *make_line_at(uint64_t id, int64_t time_us, Outcome outcome, const char *user, const char *image, const char *rule, Arena *arena)
{
	Request *request = request_new(arena);
	Finding finding = { rule, "category", SEVERITY_HIGH, ACTION_BLOCK, "message", "" };
	Decision decision = { .outcome = outcome, .mode = MODE_ENFORCE, .score = 25, .max_score = 50, .policy = "p", .findings = &finding, .finding_count = rule ? 1 : 0 };
	size_t length;

	request->method = "POST";
	request->uri = "/v1.41/x?a=secret&b=c";
	request->summary = arena_printf(arena, "docker create %s 50%%", image);
	request->image.text = image;
	return record_format(&(Record){ .id = id, .time_us = time_us, .duration_us = 3, .user = user, .request = request, .decision = &decision }, arena, &length);
}

/* As many seconds after the epoch as its id says. */
static inline const char *make_line(uint64_t id, Outcome outcome, const char *user, const char *image, const char *rule, Arena *arena)
{
	return make_line_at(id, (int64_t)id * G_USEC_PER_SEC, outcome, user, image, rule, arena);
}

static inline void append(Journal *journal, uint64_t id, Outcome outcome, const char *user, const char *image, const char *rule)
{
	g_autoptr(Arena) arena = arena_new();
	const char *line = make_line(id, outcome, user, image, rule, arena);

	g_assert_cmpint(journal_append(journal, line, strlen(line)), ==, 0);
}

static inline guint count_rows(const char *dir, const AuditFilter *filter, unsigned limit, uint64_t before)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rows = query_run(dir, filter, limit, before, &error);

	g_assert_no_error(error);
	for (guint i = 1; i < rows->len; i++)
		g_assert_cmpuint(((AuditRow *)g_ptr_array_index(rows, i))->id, <, ((AuditRow *)g_ptr_array_index(rows, i - 1))->id);
	return rows->len;
}

/* What the statistics say of all values of a field together: of the decisions, how many there are. */
static inline uint64_t count_all(const char *dir, const AuditFilter *filter, AuditField field)
{
	g_autoptr(GError) error = NULL;
	AuditCounts counts;
	uint64_t all = 0;

	g_assert_true(query_count(dir, filter, 100, &counts, &error));
	g_assert_no_error(error);
	for (guint i = 0; i < counts.fields[field]->len; i++)
		all += ((const AuditCount *)g_ptr_array_index(counts.fields[field], i))->count;
	audit_counts_clear(&counts);
	return all;
}

static inline void run_index(const char *dir)
{
	g_autoptr(GError) error = NULL;
	Index *index = index_start(dir, &error);

	g_assert_no_error(error);
	g_assert_true(index_sync(index, 60000));
	index_stop(index);
}
