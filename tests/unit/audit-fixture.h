/* SPDX-License-Identifier: MIT
 *
 * Records of a journal, and what an index makes of them.
 */
#pragma once

#include <string.h>
#include "audit/export.h"
#include "audit/index.h"
#include "audit/journal.h"
#include "audit/line.h"
#include "audit/query.h"
#include "audit/walk.h"
#include "core/record.h"
#include "scratch.h"

#define SECOND_US UINT64_C(1000000)

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

/* The ids that a walk gives from here on: "6 7 8". */
static inline char *ids_of(TrailWalk *walk)
{
	g_autoptr(Arena) arena = arena_new();
	GString *ids = g_string_new(NULL);
	TrailStep step;
	TrailLine text;
	AuditLine line;

	while ((step = trail_walk_next(walk, &text)) == WALK_LINE)
		if (audit_line_read(text.text, text.length, arena, &line))
			g_string_append_printf(ids, "%s%" G_GINT64_FORMAT, ids->len ? " " : "", line.id);
	g_assert_cmpint(step, ==, WALK_END);
	return g_string_free(ids, FALSE);
}

static inline char *ids_in(const char *dir)
{
	g_autoptr(TrailWalk) walk = trail_walk_new(dir, 0, 0);

	return ids_of(walk);
}

/* Who reads while others write: every line once, until there are so many. */
static inline void read_each_once(const char *dir, unsigned lines)
{
	g_autofree bool *seen = g_new0(bool, lines + 1);
	g_autoptr(TrailWalk) walk = trail_walk_new(dir, 0, 0);
	TrailLine text;

	for (unsigned count = 0; count < lines;) {
		TrailStep step = trail_walk_next(walk, &text);
		g_assert_true(step == WALK_LINE || step == WALK_END);
		if (step == WALK_END)
			continue;
		uint64_t id = audit_line_id(text.text, text.length);
		g_assert_true(id && id <= lines && !seen[id]);
		seen[id] = true;
		count++;
	}
}

/* Verification finds nothing wrong; how many records there are. */
static inline uint64_t expect_whole(const char *dir)
{
	Verification found;

	g_assert_true(verify_run(dir, &found, NULL));
	if (!found.intact)
		g_error("%s", found.detail);
	g_free(found.detail);
	return found.entries;
}
