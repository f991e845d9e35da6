/* SPDX-License-Identifier: MIT
 *
 * The files of the trail: positions that do not move, one reader over all of them, records by their place.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>
#include "audit-fixture.h"
#include "audit/clear.h"
#include "audit/place.h"
#include "audit/retention.h"
#include "base/limits.h"

static _Atomic unsigned syncs;
static _Atomic bool broken;

/* In the place of libc's, for the library too: a disk that says when it is asked, and that may fail. */
int fdatasync(int fd)
{
	(void)fd;
	atomic_fetch_add(&syncs, 1);
	errno = EIO;
	return atomic_load(&broken) ? -1 : 0;
}

static void write_records(Journal *journal, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		append(journal, journal_take_id(journal), OUTCOME_DENIED, "", "a", "rule");
}

static unsigned count_files(const char *dir)
{
	int cause = 0;
	g_autoptr(GPtrArray) names = segment_list(dir, &cause);

	return names->len;
}

/* Whatever is rotated and whenever: the same lines at the same places, to one who comes late and to one who was there before. */
static void test_positions(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(TrailWalk) early = trail_walk_new(dir, 0, 0);
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(TrailLine));
	g_autoptr(GString) expected = g_string_new(NULL);
	Journal *journal = journal_open(dir, NULL);

	g_assert_cmpint(journal_rotate(journal), ==, 0); /* nothing is there to be put away */
	for (unsigned i = 1; i <= 5; i++) {
		write_records(journal, i);
		g_assert_cmpint(journal_rotate(journal), ==, 0);
		g_assert_cmpuint(count_files(dir), ==, i + 1);
	}
	g_autofree char *ids = ids_of(early);
	for (unsigned id = 1; id <= 15; id++)
		g_string_append_printf(expected, "%s%u", id > 1 ? " " : "", id);
	g_assert_cmpstr(ids, ==, expected->str);

	g_autoptr(TrailWalk) late = trail_walk_new(dir, 0, 0);
	g_autoptr(Places) look = places_new(dir);
	TrailLine text;
	for (uint64_t id = 1; trail_walk_next(late, &text) == WALK_LINE; id++) {
		g_autofree char *read = places_read(look, id, text.position, (int64_t)text.length);
		g_assert_nonnull(read);
		g_assert_cmpmem(read, strlen(read), text.text, text.length);
		g_assert_null(places_read(look, id + 1, text.position, (int64_t)text.length));
		g_array_append_val(places, text);
	}
	g_assert_cmpuint(places->len, ==, 15);
	g_assert_cmpint(trail_walk_position(late), ==, trail_walk_position(early));
	g_assert_cmpint(trail_walk_position(late), ==, places_end_of(dir));
	write_records(journal, 1);
	g_autofree char *more = ids_of(early);
	g_assert_cmpstr(more, ==, "16");
	g_assert_cmpuint(expect_whole(dir), ==, 16);
	journal_close(journal);
}

/* Ids and places go on over a start, also when nothing was written since the last rotation, or the journal's file is gone. */
static void test_goes_on(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, SEGMENT_ACTIVE, NULL);
	Journal *journal = journal_open(dir, NULL);

	write_records(journal, 3);
	g_assert_cmpint(journal_rotate(journal), ==, 0);
	journal_close(journal);
	int64_t end = places_end_of(dir);
	journal = journal_open(dir, NULL);
	g_assert_cmpuint(journal_take_id(journal), ==, 4);
	journal_close(journal);
	g_assert_cmpint(unlink(path), ==, 0);
	journal = journal_open(dir, NULL);
	g_assert_cmpint(places_end_of(dir), ==, end);
	write_records(journal, 1);
	journal_close(journal);
	g_assert_cmpuint(expect_whole(dir), ==, 4);
}

/* A rotation that was ended between its two steps: the file has both names and is read once. */
static void test_two_names(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, SEGMENT_ACTIVE, NULL), *name = segment_name(1), *finished = g_build_filename(dir, name, NULL);
	Journal *journal = journal_open(dir, NULL);

	write_records(journal, 2);
	g_assert_cmpint(link(path, finished), ==, 0);
	journal_close(journal);
	g_assert_cmpuint(expect_whole(dir), ==, 2);
	journal = journal_open(dir, NULL);
	write_records(journal, 1);
	g_assert_cmpint(journal_rotate(journal), ==, 0);
	g_assert_cmpuint(count_files(dir), ==, 2);
	g_assert_cmpuint(expect_whole(dir), ==, 3);
	journal_close(journal);
}

static void test_clear(void)
{
	static const struct { uint64_t until_s; const char *left; unsigned files; } rows[] = {
		{ 2, "2 3 4 5 6 7 8 9 10", 4 }, { 4, "4 5 6 7 8 9 10", 3 }, { 9, "9 10", 2 }, { 10, "10", 1 }, { 0, "10", 1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autoptr(GError) error = NULL;
		Journal *journal = journal_open(dir, NULL);
		Index *index = index_start(dir, NULL);
		uint64_t entries;
		for (unsigned id = 1; id <= 9; id++) {
			write_records(journal, 1);
			if (id % 3 == 0)
				g_assert_cmpint(journal_rotate(journal), ==, 0);
		}
		g_assert_true(index_sync(index, 60000));
		g_assert_true(clear_run(journal, dir, rows[i].until_s * SECOND_US, "root", &entries, &error));
		g_assert_no_error(error);
		g_autoptr(TrailWalk) walk = trail_walk_new(dir, 0, 0);
		g_autofree char *left = ids_of(walk);
		g_assert_cmpstr(left, ==, rows[i].left);
		g_auto(GStrv) ids = g_strsplit(left, " ", -1);
		g_assert_cmpuint(entries, ==, 10 - g_strv_length(ids));
		g_assert_cmpuint(count_files(dir), ==, rows[i].files);
		g_assert_cmpuint(count_rows(dir, &(AuditFilter){ .kind = FILTER_ALL }, 100, 0), <=, g_strv_length(ids)); /* what was removed is not found, whether or not the index knows */
		g_assert_true(index_sync(index, 60000));
		g_assert_cmpuint(count_rows(dir, &(AuditFilter){ .kind = FILTER_ALL }, 100, 0), ==, g_strv_length(ids));
		g_assert_cmpuint(count_all(dir, &(AuditFilter){ .decision = "denied" }, FIELD_DECISION), ==, g_strv_length(ids) - 1);
		index_stop(index);
		journal_close(journal);
		g_assert_cmpuint(expect_whole(dir), ==, g_strv_length(ids));
	}
}

typedef struct Looker {
	const char *dir;
	_Atomic bool over;
	_Atomic unsigned looks;
	unsigned wrong;
} Looker;

static gpointer look_at_begin(gpointer data)
{
	Looker *looker = data;

	while (!atomic_load(&looker->over)) {
		g_autoptr(Places) places = places_new(looker->dir);
		looker->wrong += places && places_begin(places) != 0;
		atomic_fetch_add(&looker->looks, places != NULL);
	}
	return NULL;
}

/* A trail of one file begins where it begins, also for who looks while that file gets another name. */
static void test_begin(void)
{
	for (unsigned round = 0; round < 40; round++) {
		g_autoptr(Scratch) dir = scratch_new();
		Journal *journal = journal_open(dir, NULL);
		Looker looker = { .dir = dir };
		write_records(journal, 1);
		GThread *thread = g_thread_new("looker", look_at_begin, &looker);
		while (!atomic_load(&looker.looks))
			g_usleep(10); /* on a machine that has other things to do it would come when all is over */
		for (unsigned i = 0; i < 6; i++) {
			write_records(journal, 1);
			g_assert_cmpint(journal_rotate(journal), ==, 0);
		}
		atomic_store(&looker.over, true);
		(void)g_thread_join(thread);
		journal_close(journal);
		g_assert_cmpuint(looker.wrong, ==, 0);
	}
}

/* A line that is longer than what is read at a time comes in pieces, and the next one is whole. */
static void test_long_line(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *fill = g_strnfill(2 * LIMIT_WALK_BYTES + 5, 'x');
	g_autofree char *text = g_strconcat(fill, "\n", make_line(1, OUTCOME_ALLOWED, "", "a", NULL, arena), "torn", NULL);
	g_autoptr(TrailWalk) walk = trail_walk_new(dir, 0, 0);
	TrailLine line;

	g_assert_cmpint(trail_walk_next(walk, &line), ==, WALK_END); /* nothing was written yet */
	scratch_put(dir, SEGMENT_ACTIVE, text);
	for (unsigned i = 0; i < 3; i++) {
		g_assert_cmpint(trail_walk_next(walk, &line), ==, WALK_LINE);
		g_assert_cmpint(line.begins, ==, i == 0);
		g_assert_cmpint(line.ends, ==, i == 2);
		g_assert_cmpuint(line.length, ==, i == 2 ? 5 : LIMIT_WALK_BYTES);
	}
	g_assert_cmpint(trail_walk_next(walk, &line), ==, WALK_LINE);
	g_assert_cmpuint(audit_line_id(line.text, line.length), ==, 1);
	g_assert_cmpint(trail_walk_next(walk, &line), ==, WALK_END);
	g_assert_true(trail_walk_rest(walk, &line));
	g_assert_cmpmem(line.text, line.length, "torn", 4);
}

/* Another trail in the place of the one that was read is noticed: a shorter one, and one of the same length. */
static void test_replaced(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();
	const char *one = make_line(1, OUTCOME_ALLOWED, "", "a", NULL, arena), *two = make_line(2, OUTCOME_ALLOWED, "", "a", NULL, arena);
	TrailLine line;

	scratch_put(dir, SEGMENT_ACTIVE, one);
	g_autoptr(TrailWalk) walk = trail_walk_new(dir, 0, 0);
	g_assert_cmpint(trail_walk_next(walk, &line), ==, WALK_LINE);
	g_assert_cmpint(trail_walk_next(walk, &line), ==, WALK_END);
	int64_t position = trail_walk_position(walk);
	uint64_t print = trail_walk_print(walk);
	scratch_put(dir, SEGMENT_ACTIVE, two);
	g_assert_cmpint(trail_walk_next(walk, &line), ==, WALK_REPLACED);
	g_autoptr(TrailWalk) later = trail_walk_new(dir, position, print);
	g_assert_cmpint(trail_walk_next(later, &line), ==, WALK_REPLACED);
	scratch_put(dir, SEGMENT_ACTIVE, "");
	g_autoptr(TrailWalk) shorter = trail_walk_new(dir, position, print);
	g_assert_cmpint(trail_walk_next(shorter, &line), ==, WALK_REPLACED);
	scratch_put(dir, SEGMENT_ACTIVE, one);
	g_autoptr(TrailWalk) same = trail_walk_new(dir, position, print);
	g_assert_cmpint(trail_walk_next(same, &line), ==, WALK_END);
}

enum { WRITERS = 3, LINES = 2000, READERS = 2 };

typedef struct Busy {
	const char *dir;
	unsigned lines; /* 0: LINES */
	Journal *journal;
	_Atomic unsigned at_work, rotations; /* rotations: times that one was asked for */
} Busy;

static void *write_on(void *data)
{
	Busy *busy = data;
	const unsigned lines = busy->lines ? busy->lines : LINES;

	for (unsigned i = 0; i < lines; i++) {
		append(busy->journal, journal_take_id(busy->journal), OUTCOME_ALLOWED, "", "a", NULL);
		/* One begins and ends while there is something to put away and somebody who writes. */
		for (const unsigned seen = atomic_load(&busy->rotations); i == lines / 2 && atomic_load(&busy->rotations) < seen + 2;)
			g_usleep(10);
	}
	atomic_fetch_sub(&busy->at_work, 1);
	return NULL;
}

static void *read_all(void *data)
{
	read_each_once(((const Busy *)data)->dir, WRITERS * LINES);
	return NULL;
}

static void test_while_writing(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	pthread_t threads[WRITERS + READERS];
	Busy busy = { .dir = dir, .journal = journal_open(dir, NULL), .at_work = WRITERS };

	for (unsigned i = 0; i < WRITERS + READERS; i++)
		g_assert_cmpint(pthread_create(&threads[i], NULL, i < WRITERS ? write_on : read_all, &busy), ==, 0);
	while (atomic_load(&busy.at_work)) {
		g_assert_cmpint(journal_rotate(busy.journal), ==, 0);
		atomic_fetch_add(&busy.rotations, 1);
		g_usleep(1000); /* some dozen files, not one for each record */
	}
	for (unsigned i = 0; i < WRITERS + READERS; i++)
		(void)pthread_join(threads[i], NULL);
	journal_close(busy.journal);
	g_assert_cmpuint(count_files(dir), >, 1);
	run_index(dir);
	g_assert_cmpuint(count_rows(dir, &(AuditFilter){ 0 }, LIMIT_QUERY_ROWS, 0), ==, WRITERS * LINES);
}

static void test_due(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	Journal *journal = journal_open(dir, NULL);

	g_assert_false(journal_is_due(journal, 0, 0)); /* nothing to put away */
	write_records(journal, 2);
	g_assert_false(journal_is_due(journal, 100000, G_USEC_PER_SEC * INT64_C(1000)));
	g_assert_true(journal_is_due(journal, 100, INT64_MAX));
	g_assert_cmpint(journal_rotate(journal), ==, 0);
	write_records(journal, 1);
	g_assert_false(journal_is_due(journal, 100000, INT64_MAX));
	g_assert_true(journal_is_due(journal, 100000, 0));
	journal_close(journal);
}

/* The oldest files go when they are too old, or too many; what is left says so, and is whole. */
static void test_retention(void)
{
	static const struct { Retention keep; int64_t now_s; const char *left; bool again; } rows[] = {
		{ { 0, 0 }, 100, "1 2 3 4 5 6 7 8 9" },
		{ { 5 * G_USEC_PER_SEC, 0 }, 8, "1 2 3 4 5 6 7 8 9" }, /* of the first file the last record is just not too old */
		{ { 5 * G_USEC_PER_SEC, 0 }, 9, "4 5 6 7 8 9 10" },
		{ { 5 * G_USEC_PER_SEC, 0 }, 10, "4 5 6 7 8 9 10" },
		{ { 5 * G_USEC_PER_SEC, 0 }, 100, "7 8 9 10", true }, /* the last one has no record yet, at which the trail could begin */
		{ { 0, 1 }, 0, "7 8 9 10", true },
		{ { 0, 1 << 20 }, 0, "1 2 3 4 5 6 7 8 9" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		RetentionResult result;
		Journal *journal = journal_open(dir, NULL);
		for (unsigned id = 1; id <= 9; id++) {
			write_records(journal, 1);
			if (id % 3 == 0)
				g_assert_cmpint(journal_rotate(journal), ==, 0);
		}
		g_assert_cmpint(retention_run(journal, dir, &rows[i].keep, rows[i].now_s * G_USEC_PER_SEC, &result), ==, 0);
		g_autoptr(TrailWalk) walk = trail_walk_new(dir, 0, 0);
		g_autofree char *left = ids_of(walk);
		g_assert_cmpstr(left, ==, rows[i].left);
		g_auto(GStrv) ids = g_strsplit(left, " ", -1);
		g_assert_cmpuint(result.files, ==, (10 - g_strv_length(ids)) / 3);
		if (result.files)
			g_assert_cmpuint(result.first_id, ==, g_ascii_strtoull(ids[0], NULL, 10));
		g_assert_cmpint(retention_run(journal, dir, &rows[i].keep, rows[i].now_s * G_USEC_PER_SEC, &result), ==, 0);
		g_assert_cmpuint(result.files, ==, rows[i].again); /* the next one goes, whose successor has its record now */
		journal_close(journal);
		g_assert_cmpuint(expect_whole(dir), ==, rows[i].again ? 2 : g_strv_length(ids));
	}
}

/* Lines that are on the disk before they count: whoever writes at the same time, and over rotations. */
static void test_durable(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	pthread_t threads[WRITERS];
	Busy busy = { .dir = dir, .journal = journal_open(dir, NULL), .at_work = WRITERS, .lines = 60 };

	journal_set_durable(busy.journal, true);
	for (unsigned i = 0; i < WRITERS; i++)
		g_assert_cmpint(pthread_create(&threads[i], NULL, write_on, &busy), ==, 0);
	while (atomic_load(&busy.at_work)) {
		g_assert_cmpint(journal_rotate(busy.journal), ==, 0);
		atomic_fetch_add(&busy.rotations, 1);
	}
	for (unsigned i = 0; i < WRITERS; i++)
		(void)pthread_join(threads[i], NULL);
	g_assert_cmpuint(syncs, >=, 60);
	g_assert_cmpint(journal_rotate(busy.journal), ==, 0);
	broken = true;
	g_autoptr(Arena) arena = arena_new();
	const char *line = make_line(journal_take_id(busy.journal), OUTCOME_ALLOWED, "", "a", NULL, arena);
	g_assert_cmpint(journal_append(busy.journal, line, strlen(line)), ==, -EIO);
	journal_set_durable(busy.journal, false);
	g_assert_cmpint(journal_append(busy.journal, line, strlen(line)), ==, 0);
	broken = false;
	journal_close(busy.journal);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/segments/positions", test_positions);
	g_test_add_func("/segments/goes-on", test_goes_on);
	g_test_add_func("/segments/two-names", test_two_names);
	g_test_add_func("/segments/clear", test_clear);
	g_test_add_func("/segments/begin", test_begin);
	g_test_add_func("/segments/long-line", test_long_line);
	g_test_add_func("/segments/replaced", test_replaced);
	g_test_add_func("/segments/while-writing", test_while_writing);
	g_test_add_func("/segments/retention", test_retention);
	g_test_add_func("/segments/durable", test_durable);
	g_test_add_func("/segments/due", test_due);
	return g_test_run();
}
