/* SPDX-License-Identifier: MIT
 *
 * audit.db: it follows the journal, finds what is asked for, and is made again when it must be.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit-fixture.h"
#include "base/budget.h"
#include "base/error.h"

static void test_queries(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	Journal *journal = journal_open(dir, NULL);
	const AuditFilter all = { 0 };

	g_assert_cmpuint(count_rows(dir, &all, 10, 0), ==, 0);
	for (uint64_t id = 1; id <= 20; id++)
		append(journal, id, id % 2 ? OUTCOME_ALLOWED : OUTCOME_DENIED, id % 3 ? "alice" : "bob", id % 5 ? "ubuntu" : "nginx", id % 4 ? NULL : "privileged");
	journal_close(journal);
	run_index(dir);
	static const struct { AuditFilter filter; unsigned limit; uint64_t before; guint rows; } rows[] = {
		{ { 0 }, 100, 0, 20 }, { { 0 }, 7, 0, 7 }, { { 0 }, 100, 11, 10 }, { { .decision = "denied" }, 100, 0, 10 }, { { .user = "bob" }, 100, 0, 6 },
		{ { .image = "nginx" }, 100, 0, 4 }, { { .rule = "privileged" }, 100, 0, 5 }, { { .rule = "none" }, 100, 0, 0 },
		{ { .since_us = 15000000 }, 100, 0, 6 }, { { .until_us = 15000000 }, 100, 0, 14 }, { { .text = "create ngi*" }, 100, 0, 4 },
		{ { .text = "create ngi" }, 100, 0, 0 }, { { .text = "nginx CREATE" }, 100, 0, 4 }, { { .text = "50%" }, 100, 0, 20 }, { { .text = "5_%" }, 100, 0, 0 }, { { .user = "x' OR 1=1 --" }, 100, 0, 0 },
		{ { .decision = "denied", .user = "bob", .rule = "privileged" }, 100, 0, 1 },
	};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpuint(count_rows(dir, &rows[i].filter, rows[i].limit, rows[i].before), ==, rows[i].rows);
}

/* The database remembers where it was; reading on or again changes nothing. */
static void test_catch_up(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	const AuditFilter all = { 0 };

	for (uint64_t round = 0; round < 3; round++) {
		Journal *journal = journal_open(dir, NULL);
		for (int i = 0; i < 5; i++)
			append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", "rule");
		journal_close(journal);
		run_index(dir);
		run_index(dir);
		g_assert_cmpuint(count_rows(dir, &all, 100, 0), ==, 5 * (round + 1));
	}
}

static void put_many(const char *dir, uint64_t count)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GString) text = g_string_new(NULL);

	for (uint64_t id = 1; id <= count; id++, arena_reset(arena))
		g_string_append(text, make_line(id, OUTCOME_ALLOWED, "alice", "ubuntu", NULL, arena));
	scratch_put(dir, "audit.jsonl", text->str);
}

/* Who searches a long trail has the time for it, not so and so many steps of the database's. */
static void test_long_search(void)
{
	enum { RECORDS = 20000 };
	static Budget budget = { .steps = 100 };
	g_autoptr(Scratch) dir = scratch_new();
	const AuditFilter filter = { .text = "is in no record" };

	put_many(dir, RECORDS);
	run_index(dir);
	budget_begin(&budget, 60);
	g_assert_cmpuint(count_all(dir, &filter, FIELD_DECISION), ==, 0);
	budget_end();
	g_assert_false(budget.spent);
}

#ifdef __SANITIZE_THREAD__
#define COPIES 20000 /* everything takes ten times as long */
#else
#define COPIES 100000
#endif

/* A stop in the midst of a long journal does not wait for its end; the next start reads on. */
static void test_stop_early(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	const AuditFilter all = { 0 }, later = { .since_us = COPIES / 2 * INT64_C(1000000) };

	put_many(dir, COPIES);
	index_stop(index_start(dir, NULL));
	g_assert_cmpuint(count_rows(dir, &later, 1, 0), ==, 0);
	Index *index = index_start(dir, NULL);
	g_assert_true(index_sync(index, 60000));
	index_stop(index);
	g_assert_cmpuint(count_all(dir, &all, FIELD_DECISION), ==, COPIES);
}

static const char *const trail_files[] = { "audit.jsonl", "audit.db" };

static void expect_modes(const char *dir, mode_t expected)
{
	Journal *journal = journal_open(dir, NULL);
	Index *index = index_start(dir, NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(trail_files); i++) {
		g_autofree char *path = g_build_filename(dir, trail_files[i], NULL);
		struct stat status;
		g_assert_cmpint(stat(path, &status), ==, 0);
		g_assert_cmpuint(status.st_mode & 07777, ==, expected);
	}
	index_stop(index);
	journal_close(journal);
}

/* The trail is for its group, whatever the umask; what was there is not more for others, and not more for the group. */
static void test_modes(void)
{
	static const struct { mode_t before, after; } rows[] = { { 0666, 0640 }, { 04755, 0640 }, { 0600, 0600 }, { 0640, 0640 } };
	g_autoptr(Scratch) dir = scratch_new();
	mode_t umask_before = umask(0077);

	expect_modes(dir, 0640);
	(void)umask(umask_before);
	for (size_t row = 0; row < G_N_ELEMENTS(rows); row++) {
		for (size_t i = 0; i < G_N_ELEMENTS(trail_files); i++) {
			g_autofree char *path = g_build_filename(dir, trail_files[i], NULL);
			g_assert_cmpint(chmod(path, rows[row].before), ==, 0);
		}
		expect_modes(dir, rows[row].after);
	}
}

static void test_follows(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	const AuditFilter all = { 0 };
	Index *index = index_start(dir, NULL);
	Journal *journal = journal_open(dir, NULL);

	for (uint64_t id = 1; id <= 50; id++) {
		append(journal, id, OUTCOME_ALLOWED, "", "a", NULL);
		g_assert_true(index_sync(index, 60000));
		g_assert_cmpuint(count_rows(dir, &all, 100, 0), ==, id);
	}
	journal_close(journal);
	index_stop(index);
}

static void test_rebuild(void)
{
	static const char *const broken[] = { "this is no database at all, not even nearly, whatever one thinks of it", "SQLite format 3" };
	const AuditFilter all = { 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		Journal *journal = journal_open(dir, NULL);
		append(journal, 1, OUTCOME_ALLOWED, "", "a", NULL);
		append(journal, 2, OUTCOME_ALLOWED, "", "a", NULL);
		journal_close(journal);
		scratch_put(dir, "audit.db", broken[i]);
		run_index(dir);
		g_assert_cmpuint(count_rows(dir, &all, 100, 0), ==, 2);
	}
}

static void test_replaced(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();
	const AuditFilter all = { 0 };

	scratch_put(dir, "audit.jsonl", arena_printf(arena, "%s%snot a record\n\n%s", make_line(1, OUTCOME_ALLOWED, "", "a", NULL, arena),
		make_line(2, OUTCOME_ALLOWED, "", "a", NULL, arena), make_line(3, OUTCOME_ALLOWED, "", "a", NULL, arena)));
	run_index(dir);
	g_assert_cmpuint(count_rows(dir, &all, 100, 0), ==, 3);
	scratch_put(dir, "audit.jsonl", make_line(1, OUTCOME_DENIED, "", "b", NULL, arena));
	run_index(dir);
	g_assert_cmpuint(count_rows(dir, &all, 100, 0), ==, 1);
	g_assert_cmpuint(count_rows(dir, &(AuditFilter){ .image = "b" }, 100, 0), ==, 1);
}

/* Restored from a copy while the service runs: who asks waits for the index of the one that is there. */
static void test_replaced_at_run_time(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();
	const AuditFilter all = { 0 };

	scratch_put(dir, "audit.jsonl", make_line(1, OUTCOME_ALLOWED, "", "a", NULL, arena));
	Index *index = index_start(dir, NULL);
	g_assert_true(index_sync(index, 60000));
	for (uint64_t id = 2; id < 6; id++) {
		scratch_put(dir, "audit.jsonl", make_line(id, OUTCOME_ALLOWED, "", "a", NULL, arena));
		g_assert_true(index_sync(index, 60000));
		g_assert_true(query_wait(dir, 5000));
		g_assert_cmpuint(count_rows(dir, &all, 100, 0), ==, 1);
		g_assert_cmpuint(count_rows(dir, &all, 100, id), ==, 0);
	}
	index_stop(index);
	run_index(dir);
	g_assert_cmpuint(count_rows(dir, &all, 100, 0), ==, 1);
}

/* A journal that somebody edits in its place no longer holds what the index says: that is an error, not an answer. */
static void test_edited(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *path = g_build_filename(dir, "audit.jsonl", NULL);
	const char *first = make_line(1, OUTCOME_ALLOWED, "", "a", NULL, arena), *second = make_line(2, OUTCOME_DENIED, "", "a", NULL, arena);

	scratch_put(dir, "audit.jsonl", arena_printf(arena, "%s%s", first, second));
	run_index(dir);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	g_assert_cmpint(pwrite(fd, second, strlen(second), 0), ==, (gssize)strlen(second));
	(void)close(fd);
	g_assert_null(query_run(dir, &(AuditFilter){ 0 }, 10, 0, &error));
	g_assert_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO);
	g_assert_nonnull(strstr(error->message, "record 1 is not where it was written"));
	g_assert_cmpuint(count_rows(dir, &(AuditFilter){ .decision = "none" }, 10, 0), ==, 0);
}

/* By time, also where the clock was set back: the same rows as one by one. */
static void test_times(void)
{
	enum { COUNT = 60, STEP_S = 1200, BEGIN_S = 1700000000 };
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();
	GString *journal = g_string_new(NULL);
	uint64_t times[COUNT];

	for (uint64_t i = 0; i < COUNT; i++) {
		times[i] = (BEGIN_S + (i * 37 % COUNT) * STEP_S) * G_USEC_PER_SEC;
		g_string_append(journal, make_line_at(i + 1, (int64_t)times[i], i % 3 ? OUTCOME_ALLOWED : OUTCOME_DENIED, "", "a", NULL, arena));
	}
	scratch_put(dir, "audit.jsonl", journal->str);
	g_string_free(journal, TRUE);
	run_index(dir);
	for (unsigned from = 0; from <= COUNT; from += 3) {
		for (unsigned to = from; to <= COUNT + 3; to += 4) {
			const uint64_t since = (BEGIN_S + (uint64_t)from * STEP_S) * G_USEC_PER_SEC, until = (BEGIN_S + (uint64_t)to * STEP_S + 1) * G_USEC_PER_SEC;
			guint all = 0, denied = 0;
			for (unsigned i = 0; i < COUNT; i++) {
				bool within = times[i] >= since && times[i] < until;
				all += within;
				denied += within && i % 3 == 0;
			}
			g_assert_cmpuint(count_rows(dir, &(AuditFilter){ .since_us = since, .until_us = until }, 100, 0), ==, all);
			g_assert_cmpuint(count_rows(dir, &(AuditFilter){ .since_us = since, .until_us = until, .decision = "denied" }, 100, 0), ==, denied);
		}
	}
}

/* Removed, or another one in its place, while it is in use. */
static void test_removed(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *database = g_build_filename(dir, "audit.db", NULL), *aside = g_build_filename(dir, "aside", NULL);
	const AuditFilter all = { 0 };

	scratch_put(dir, "audit.jsonl", arena_printf(arena, "%s%s", make_line(1, OUTCOME_ALLOWED, "", "a", NULL, arena), make_line(2, OUTCOME_ALLOWED, "", "a", NULL, arena)));
	Index *index = index_start(dir, NULL);
	g_assert_true(index_sync(index, 60000));
	g_assert_cmpuint(count_rows(dir, &all, 100, 0), ==, 2);
	g_assert_cmpint(unlink(database), ==, 0);
	g_assert_true(index_sync(index, 60000));
	g_assert_cmpuint(count_rows(dir, &all, 100, 0), ==, 2);
	g_assert_cmpint(rename(database, aside), ==, 0);
	g_assert_true(index_sync(index, 60000));
	g_assert_cmpuint(count_rows(dir, &all, 100, 0), ==, 2);
	index_stop(index);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/audit-index/queries", test_queries);
	g_test_add_func("/audit-index/catch-up", test_catch_up);
	g_test_add_func("/audit-index/stop-early", test_stop_early);
	g_test_add_func("/audit-index/long-search", test_long_search);
	g_test_add_func("/audit-index/modes", test_modes);
	g_test_add_func("/audit-index/follows", test_follows);
	g_test_add_func("/audit-index/rebuild", test_rebuild);
	g_test_add_func("/audit-index/replaced", test_replaced);
	g_test_add_func("/audit-index/replaced-at-run-time", test_replaced_at_run_time);
	g_test_add_func("/audit-index/edited", test_edited);
	g_test_add_func("/audit-index/times", test_times);
	g_test_add_func("/audit-index/removed", test_removed);
	return g_test_run();
}
