/* SPDX-License-Identifier: MIT
 *
 * Each limit of the trail, its statistics and what is counted for monitoring: exactly so much, and not one more.
 */
#include <errno.h>
#include <sys/stat.h>
#include "audit-fixture.h"
#include "audit/zstd-form.h"
#include "core/config.h"
#include "core/folds.h"
#include "core/metrics.h"
#include "limits-fixture.h"
#include "service/chronicle.h"

static bool id_fits(size_t id, Arena *arena)
{
	const char *text = make_line_at(id, 1, OUTCOME_ALLOWED, "", "a", NULL, arena);
	AuditLine line;

	return audit_line_is_whole(text, strlen(text) - 1, arena, &line);
}

/* A record of which one text has so many bytes. */
static bool is_in_record(const char *text, const Decision *decision, const char *user, Arena *arena)
{
	Request *request = request_new(arena);
	size_t length;

	request->method = "POST";
	request->endpoint = "container.create";
	const char *line =
		record_format(&(Record){ .id = 1, .time_us = 1, .user = user, .request = request, .decision = decision }, arena, &length);
	return strstr(line, arena_printf(arena, "\"%s\"", text)) != NULL;
}

static bool field_fits(size_t bytes, Arena *arena)
{
	const char *text = filled(bytes, 'a', arena);

	return is_in_record(text, &(Decision){ .policy = "p" }, text, arena);
}

static bool waived_field_fits(size_t bytes, Arena *arena)
{
	const char *text = filled(bytes, 'a', arena);
	Waived waived = { .rule = "r", .reason = text };

	return is_in_record(text, &(Decision){ .policy = "p", .waived = &waived, .waived_count = 1 }, "", arena);
}

static bool waived_fit(size_t count, Arena *arena)
{
	Waived *waived = arena_alloc(arena, count * sizeof *waived);

	for (size_t i = 0; i < count; i++)
		waived[i] = (Waived){ .rule = "r", .reason = i + 1 == count ? "the last" : "another" };
	return is_in_record("the last", &(Decision){ .policy = "p", .waived = waived, .waived_count = count }, "", arena);
}

static bool config_takes(const char *text)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Config) config = config_parse("config.yaml", text, strlen(text), diagnostics);

	return config != NULL;
}

static bool segment_fits(size_t bytes, Arena *arena)
{
	return config_takes(arena_printf(arena, "audit: {rotate: {size: %zu}}\n", bytes));
}

/* So many bytes less than the least one, and one. */
static bool least_segment_fits(size_t count, Arena *arena)
{
	return config_takes(arena_printf(arena, "audit: {rotate: {size: %zu}}\n", 2 * (size_t)LIMIT_SEGMENT_LEAST_BYTES - count));
}

static uint64_t take_id(void *data)
{
	(void)data;
	return 1;
}

static int refuse(void *data, const char *line, size_t length)
{
	(void)data;
	(void)line;
	(void)length;
	return -ENOSPC;
}

/* None of them was counted only. */
static bool events_fit(size_t count, Arena *arena)
{
	const Ledger ledger = { .take_id = take_id, .append = refuse };
	Status status = { 0 };
	Chronicle chronicle = { .ledger = &ledger, .status = &status };

	(void)arena;
	g_queue_init(&chronicle.waiting);
	for (size_t i = 0; i < count; i++)
		chronicle_tell(&chronicle, &(AuditEvent){ .kind = AUDIT_GAP, .summary = "x" });
	bool all = !chronicle.missed && g_queue_get_length(&chronicle.waiting) == count;
	chronicle.ledger = NULL;
	chronicle_stop(&chronicle);
	return all;
}

typedef struct Lines {
	unsigned count;
} Lines;

static int count_line(void *data, const char *line, size_t length)
{
	(void)line;
	(void)length;
	((Lines *)data)->count++;
	return 0;
}

/* Each has a line of its own. */
static bool folds_fit(size_t count, bool one_caller)
{
	Lines lines = { 0 };
	const Ledger ledger = { .data = &lines, .take_id = take_id, .append = count_line };
	Folds *folds = folds_new();

	for (size_t i = 0; i < 2 * count; i++) {
		g_autofree char *name = g_strdup_printf("%zu", i % count);
		folds_add(folds, &(FoldedRead){ one_caller ? "alice" : name, "container.inspect", one_caller ? name : "", "p",
					 "docker inspect", 1 });
	}
	/* The last one would be counted with others, in a line that says so. */
	folds_add(folds,
		&(FoldedRead){ one_caller ? "alice" : "late", "container.inspect", one_caller ? "late" : "", "p", "docker inspect", 1 });
	g_assert_true(folds_write(folds, &ledger));
	folds_free(folds);
	return lines.count == count + 1;
}

static bool caller_folds_fit(size_t count, Arena *arena)
{
	(void)arena;
	return folds_fit(count, true);
}

static bool all_folds_fit(size_t count, Arena *arena)
{
	(void)arena;
	return folds_fit(count, false);
}

/* The statistics have so many hours, each with one decision. */
static bool hours_fit(size_t hours, Arena *arena)
{
	g_autoptr(Scratch) dir = scratch_new();
	GString *text = g_string_new(NULL);
	AuditCounts counts;

	for (size_t i = 1; i <= hours; i++)
		g_string_append(text, make_line_at(i, (int64_t)i * 3600 * G_USEC_PER_SEC, OUTCOME_ALLOWED, "", "a", NULL, arena));
	scratch_put(dir, "audit.jsonl", text->str);
	g_string_free(text, TRUE);
	run_index(dir);
	g_assert_true(query_count(dir, &(AuditFilter){ .kind = FILTER_DECISIONS }, LIMIT_STATS_VALUES, &counts, NULL));
	g_assert_cmpuint(counts.total, ==, hours);
	bool all = counts.fields[FIELD_HOUR]->len == hours;
	audit_counts_clear(&counts);
	return all;
}

/* ... and so many values of a field. */
static bool values_fit(size_t values, Arena *arena)
{
	g_autoptr(Scratch) dir = scratch_new();
	GString *text = g_string_new(NULL);
	AuditCounts counts;

	for (size_t i = 1; i <= values; i++)
		g_string_append(text, make_line_at(i, 1, OUTCOME_ALLOWED, arena_printf(arena, "user%zu", i), "a", NULL, arena));
	scratch_put(dir, "audit.jsonl", text->str);
	g_string_free(text, TRUE);
	run_index(dir);
	g_assert_true(query_count(dir, &(AuditFilter){ .kind = FILTER_DECISIONS }, LIMIT_STATS_VALUES, &counts, NULL));
	bool all = counts.fields[FIELD_USER]->len == values;
	audit_counts_clear(&counts);
	return all;
}

/* Endpoints that have a counter of their own. */
static bool series_fit(size_t count, Arena *arena)
{
	Metrics *metrics = metrics_new();
	const Decision decision = { .allowed = true, .outcome = OUTCOME_ALLOWED, .policy = "p" };

	for (size_t i = 0; i < count; i++)
		metrics_decided(metrics, &decision, arena_printf(arena, "e%zu", i), 1);
	const char *text = metrics_text(metrics, &(MetricsNow){ .version = "", .state = "serving" }, METRICS_PLAIN, arena);
	bool all = strstr(text, arena_printf(arena, "endpoint=\"e%zu\"", count - 1)) != NULL;
	metrics_free(metrics);
	return all;
}

static bool frames_fit(size_t count, Arena *arena)
{
	const ZstdForm form = { 0, (int64_t)count * ZSTD_TEXT_FRAME_BYTES }, head = { 1, (int64_t)(count - 1) * ZSTD_TEXT_FRAME_BYTES + 1 };
	uint8_t fixed[ZSTD_FORM_BYTES];

	(void)arena;
	bool fits = zstd_form_write(&form, fixed);
	g_assert_cmpint(zstd_form_write(&head, fixed), ==, fits); /* that of the head is one of them */
	return fits;
}

static const LimitRow rows[] = {
	{ "the id of a record", LIMIT_RECORD_ID, id_fits },
	{ "bytes of a field", LIMIT_RECORD_FIELD, field_fits },
	{ "exceptions of a record", LIMIT_RECORD_WAIVED, waived_fit },
	{ "bytes of the reason of one", LIMIT_RECORD_WAIVED_FIELD, waived_field_fits },
	{ "bytes of a file, set", LIMIT_SEGMENT_MOST_BYTES, segment_fits },
	{ "bytes of a file, the least", LIMIT_SEGMENT_LEAST_BYTES, least_segment_fits },
	{ "frames of a packed file", LIMIT_PACKED_FRAMES, frames_fit },
	{ "events that wait", LIMIT_EVENTS_WAITING, events_fit },
	{ "kinds of reads of a caller", LIMIT_FOLDS_PER_USER, caller_folds_fit },
	{ "kinds of reads in all", LIMIT_FOLDS, all_folds_fit },
	{ "hours of the statistics", LIMIT_STATS_HOURS, hours_fit },
	{ "values of the statistics", LIMIT_STATS_VALUES, values_fit },
	{ "counters for monitoring", LIMIT_METRICS_SERIES, series_fit },
};

static void test_limits(void)
{
	check_limits(rows, G_N_ELEMENTS(rows));
}

/* The room that is kept for denials on a full disk is all there. */
static void test_reserve(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "audit.reserve", NULL);
	Journal *journal = journal_open(dir, NULL);
	struct stat status;

	g_assert_cmpint(stat(path, &status), ==, 0);
	g_assert_cmpint(status.st_size, ==, LIMIT_RESERVE_BYTES);
	g_assert_cmpint(status.st_blocks * 512, >=, LIMIT_RESERVE_BYTES);
	journal_close(journal);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/limits-trail/exactly", test_limits);
	g_test_add_func("/limits-trail/reserve", test_reserve);
	return g_test_run();
}
