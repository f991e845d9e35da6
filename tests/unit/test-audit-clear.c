/* SPDX-License-Identifier: MIT
 *
 * Records that are removed on purpose: only those, nothing that is written meanwhile, and never unseen.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "audit-fixture.h"
#include "audit/clear.h"
#include "base/error.h"
#include "base/limits.h"
#include "core/audit-event.h"

enum { DONE = 0, ENDED = 9 };

/* Steps that a process takes before it is ended, as by a power cut; -1: it is not. */
static int steps_left = -1;

static void step(void)
{
	if (steps_left == 0)
		_exit(ENDED);
	if (steps_left > 0)
		steps_left--;
}

/* In the place of libc's, for the libraries too. */
ssize_t write(int fd, const void *from, size_t length)
{
	step();
	return syscall(SYS_write, fd, from, length);
}

int unlink(const char *path)
{
	step();
	return (int)syscall(SYS_unlink, path);
}

int rename(const char *from, const char *to)
{
	step();
	return (int)syscall(SYS_rename, from, to);
}

int link(const char *from, const char *to)
{
	step();
	return (int)syscall(SYS_link, from, to);
}

static uint64_t clear(Journal *journal, const char *dir, uint64_t until_us)
{
	g_autoptr(GError) error = NULL;
	uint64_t entries = 0;

	g_assert_true(clear_run(journal, dir, until_us, "alice", &entries, &error));
	g_assert_no_error(error);
	return entries;
}

static const struct { const char *times, *left; uint64_t until_s, entries; } rows[] = {
	{ "1 2 3 4 5", "3 4 5 6", 3, 2 },   { "1 2 3 4 5", "6", 0, 5 },         { "1 2 3 4 5", "6", 9, 5 },
	{ "1 2 3 4 5", "1 2 3 4 5", 1, 0 }, { "1 2 9 3 4", "3 4 5 6", 5, 2 }, { "", "", 0, 0 },
};

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autoptr(Arena) arena = arena_new();
		g_auto(GStrv) times = g_strsplit(rows[i].times, " ", -1);
		Journal *journal = journal_open(dir, NULL);
		for (size_t t = 0; times[t]; t++) {
			int64_t time_us = g_ascii_strtoll(times[t], NULL, 10) * (int64_t)SECOND_US;
			const char *line = make_line_at(journal_take_id(journal), time_us, OUTCOME_DENIED, "", "a", "rule", arena);
			g_assert_cmpint(journal_append(journal, line, strlen(line)), ==, 0);
		}
		g_assert_cmpuint(clear(journal, dir, rows[i].until_s * SECOND_US), ==, rows[i].entries);
		g_autofree char *left = ids_in(dir);
		g_assert_cmpstr(left, ==, rows[i].left);
		journal_close(journal);
	}
}

/* The file that remains is a journal as before: locked, private, its ids go on, and it says who did what. */
static void test_remains(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "audit.jsonl", NULL);
	g_autoptr(GError) error = NULL;
	struct stat status;
	Journal *journal = journal_open(dir, NULL);

	for (uint64_t id = 1; id <= 3; id++)
		append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
	scratch_put(dir, "audit.jsonl.new", "left by one that was killed");
	g_assert_cmpuint(clear(journal, dir, 0), ==, 3);
	g_assert_cmpint(stat(path, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 07777, ==, 0640);
	g_autofree char *text = scratch_get(dir, "audit.jsonl");
	g_assert_nonnull(strstr(text, "\"user\":\"alice\""));
	g_assert_nonnull(strstr(text, "\"endpoint\":\"sentinel.clear\""));
	g_assert_nonnull(strstr(text, "3 records of the audit trail removed, the last was 3"));
	g_assert_null(journal_open(dir, &error));
	g_assert_error(error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY);
	append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
	journal_close(journal);
	journal = journal_open(dir, NULL);
	g_assert_cmpuint(journal_take_id(journal), ==, 6);
	journal_close(journal);
	g_assert_cmpuint(expect_whole(dir), ==, 2);
}

static void test_torn(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();

	scratch_put(dir, "audit.jsonl", arena_printf(arena, "%s%s{\"v\":1,\"id\":9", make_line(1, OUTCOME_ALLOWED, "", "a", NULL, arena), make_line(2, OUTCOME_ALLOWED, "", "a", NULL, arena)));
	Journal *journal = journal_open(dir, NULL);
	g_assert_cmpuint(clear(journal, dir, 2 * SECOND_US), ==, 1);
	append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
	journal_close(journal);
	g_autofree char *left = ids_in(dir);
	g_assert_cmpstr(left, ==, "2 3 4");
}

/* What cannot be done changes nothing, and decisions are written on. */
static void test_failure(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *fresh = g_build_filename(dir, "audit.jsonl.new", NULL);
	g_autoptr(GError) error = NULL;
	uint64_t entries = 1;
	Journal *journal = journal_open(dir, NULL);

	append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
	g_assert_cmpint(mkdir(fresh, 0700), ==, 0);
	g_assert_false(clear_run(journal, dir, 0, "alice", &entries, &error));
	g_assert_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO);
	g_assert_nonnull(strstr(error->message, "nothing was removed"));
	g_assert_cmpuint(entries, ==, 0);
	append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
	journal_close(journal);
	g_autofree char *left = ids_in(dir);
	g_assert_cmpstr(left, ==, "1 3");
}

/* Three files of three. */
static void write_files(const char *dir)
{
	Journal *journal = journal_open(dir, NULL);

	for (uint64_t id = 1; id <= 9; id++) {
		append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
		if (id % 3 == 0)
			g_assert_cmpint(journal_rotate(journal), ==, 0);
	}
	journal_close(journal);
}

static int clear_in_child(const char *dir, int steps)
{
	pid_t child = fork();

	if (child == 0) {
		uint64_t entries;
		Journal *journal = journal_open(dir, NULL);
		steps_left = steps;
		bool good = clear_run(journal, dir, 8 * SECOND_US, "alice", &entries, NULL);
		steps_left = -1;
		_exit(good && entries == 7 ? DONE : 1);
	}
	int status;
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Ended before any of its steps: what is there is whole, and the next start finishes what was written down, or there is nothing of it. */
static void test_interrupted(void)
{
	unsigned finished = 0, undone = 0;
	int code;

	for (int steps = 0;; steps++) {
		g_autoptr(Scratch) dir = scratch_new();
		write_files(dir);
		code = clear_in_child(dir, steps);
		g_assert_true(code == DONE || code == ENDED);
		(void)expect_whole(dir);
		Journal *journal = journal_open(dir, NULL);
		g_autofree char *left = ids_in(dir);
		bool cleared = !strcmp(left, "8 9 10");
		g_test_message("%d steps: %s", steps, left);
		if (!cleared)
			g_assert_cmpstr(left, ==, "1 2 3 4 5 6 7 8 9");
		finished += cleared;
		undone += !cleared;
		g_assert_cmpuint(journal_take_id(journal), ==, cleared ? 11 : 10);
		journal_close(journal);
		(void)expect_whole(dir);
		g_autoptr(GDir) files = g_dir_open(dir, 0, NULL);
		for (const char *name; (name = g_dir_read_name(files));)
			if (!g_str_has_suffix(name, ".jsonl") && strcmp(name, "audit.reserve") != 0 && (cleared || code == DONE))
				g_error("%s was left", name);
		if (code == DONE)
			break;
	}
	g_assert_cmpuint(finished, >=, 4);
	g_assert_cmpuint(undone, >=, 3);
}

/* What was written between the number of the record and the file's end comes before it in the trail, with a higher number: the files stand in
 * the order of what is in them all the same, or who reads on from one to the next would leave one out. */
static void test_order(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	Journal *journal = journal_open(dir, NULL);

	append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
	append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
	append(journal, 4, OUTCOME_ALLOWED, "", "a", NULL);
	g_assert_cmpuint(clear(journal, dir, 3 * SECOND_US), ==, 2);
	g_assert_cmpuint(journal_take_id(journal), ==, 4);
	append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
	g_assert_cmpint(journal_rotate(journal), ==, 0);
	append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
	g_autofree char *left = ids_in(dir);
	g_assert_cmpstr(left, ==, "4 3 5 6");
	(void)expect_whole(dir);
	journal_close(journal);
	journal = journal_open(dir, NULL);
	g_assert_cmpint(journal_rotate(journal), ==, 0);
	g_autofree char *after = ids_in(dir);
	g_assert_cmpstr(after, ==, "4 3 5 6");
	(void)expect_whole(dir);
	journal_close(journal);
}

/* The record of a removal takes its number before what remains is copied, which may last while thousands are answered. */
static void test_late_record(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();
	Journal *journal = journal_open(dir, NULL);
	uint64_t id = journal_take_id(journal);
	size_t length;

	for (unsigned i = 0; i < 3 * LIMIT_CONNECTIONS; i++)
		append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
	const char *line = audit_event_format(&(AuditEvent){ .kind = AUDIT_CLEAR, .summary = "x" }, id, 1, arena, &length);
	g_assert_cmpint(journal_append(journal, line, length), ==, 0);
	append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
	journal_close(journal);
	(void)expect_whole(dir);
}

enum { WRITERS = 3, LINES = 2000, PAUSE_AFTER = 50 };

typedef struct Writers {
	Journal *journal;
	_Atomic unsigned at_work;
} Writers;

static void *write_on(void *data)
{
	Writers *writers = data;

	for (unsigned i = 1; i <= LINES; i++) {
		append(writers->journal, journal_take_id(writers->journal), OUTCOME_ALLOWED, "", "a", NULL);
		if (i % PAUSE_AFTER == 0)
			g_usleep(1000);
	}
	atomic_fetch_sub(&writers->at_work, 1);
	return NULL;
}

/* Every line is either counted as removed or still there; the index follows. */
static void test_while_writing(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	const AuditFilter all = { .kind = FILTER_ALL };
	Writers writers = { .journal = journal_open(dir, NULL), .at_work = WRITERS };
	pthread_t threads[WRITERS];
	Index *index = index_start(dir, NULL);
	uint64_t written = (uint64_t)WRITERS * LINES, removed = 0;

	for (unsigned i = 0; i < WRITERS; i++)
		g_assert_cmpint(pthread_create(&threads[i], NULL, write_on, &writers), ==, 0);
	while (atomic_load(&writers.at_work)) {
		uint64_t entries = clear(writers.journal, dir, 0);
		removed += entries;
		written += entries > 0; /* its own record */
	}
	for (unsigned i = 0; i < WRITERS; i++)
		(void)pthread_join(threads[i], NULL);
	journal_close(writers.journal);
	g_autofree char *left = ids_in(dir);
	g_auto(GStrv) ids = g_strsplit(left, " ", -1);
	g_assert_cmpuint(removed, >, 0);
	g_assert_cmpuint(removed + g_strv_length(ids), ==, written);
	g_assert_true(index_sync(index, 60000));
	/* It takes old rows out in pieces, beside those who read. */
	for (unsigned i = 0; i < 600 && count_rows(dir, &all, LIMIT_QUERY_ROWS, 0) != g_strv_length(ids); i++)
		g_usleep(100000);
	g_assert_cmpuint(count_rows(dir, &all, LIMIT_QUERY_ROWS, 0), ==, g_strv_length(ids));
	index_stop(index);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/audit-clear/rows", test_rows);
	g_test_add_func("/audit-clear/remains", test_remains);
	g_test_add_func("/audit-clear/torn", test_torn);
	g_test_add_func("/audit-clear/interrupted", test_interrupted);
	g_test_add_func("/audit-clear/failure", test_failure);
	g_test_add_func("/audit-clear/order", test_order);
	g_test_add_func("/audit-clear/late-record", test_late_record);
	g_test_add_func("/audit-clear/while-writing", test_while_writing);
	return g_test_run();
}
