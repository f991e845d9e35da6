/* SPDX-License-Identifier: MIT
 *
 * Packed files of the trail: the same records at the same places, whatever ends the packing and whenever; what is damaged is told.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include "audit/place.h"
#include "audit/retention.h"
#include "pack-fixture.h"

#define FIRST "audit-00000000000000000001.jsonl"
#define ALL_IDS "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22"

/* Every reader sees what it saw before. */
static void test_readers(void)
{
	g_autoptr(Scratch) dir = scratch_new();

	make_packed_trail(dir);
	g_assert_cmpuint(count_suffix(dir, ".jsonl.zst"), ==, 3);
	g_assert_cmpuint(count_suffix(dir, ".jsonl"), ==, 1);
	g_autofree char *ids = walk_ids(dir);
	g_assert_cmpstr(ids, ==, ALL_IDS);
	expect_intact(dir, 22, "22 records in 4 files");
	run_index(dir);
	g_assert_cmpuint(count_rows(dir, &(AuditFilter){ .kind = FILTER_ALL }, 100, 0), ==, 22);
	g_assert_cmpuint(count_rows(dir, &(AuditFilter){ .image = "b" }, 100, 0), ==, 11);
	g_autoptr(TrailWalk) walk = trail_walk_new(dir, 0, 0);
	g_autoptr(Places) places = places_new(dir);
	TrailLine text;
	for (uint64_t id = 1; trail_walk_next(walk, &text) == WALK_LINE; id++) {
		g_autofree char *read = places_read(places, id, text.position, (int64_t)text.length);
		g_assert_nonnull(read);
		g_assert_cmpmem(read, strlen(read), text.text, text.length);
	}
	g_assert_cmpint(places_begin(places), ==, 0);
}

/* Numbers and the chain go on where the newest packed file ends. */
static void test_goes_on(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, SEGMENT_ACTIVE, NULL);

	make_packed_trail(dir);
	g_assert_cmpint(unlink(path), ==, 0);
	Journal *journal = journal_open(dir, NULL);
	g_assert_cmpuint(journal_take_id(journal), ==, 19);
	append(journal, 19, OUTCOME_ALLOWED, "", "a", NULL);
	g_assert_cmpint(journal_rotate(journal), ==, 0);
	g_assert_cmpuint(pack_all(journal, dir), ==, 1);
	journal_close(journal);
	expect_intact(dir, 19, "one chain");
}

/* Wherever it ends, within packed files and between them. */
static void test_clear(void)
{
	for (uint64_t until = 2; until <= 22; until++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autoptr(GError) error = NULL;
		uint64_t entries;
		make_packed_trail(dir);
		Journal *journal = journal_open(dir, NULL);
		g_assert_true(clear_run(journal, dir, until * SECOND_US, "root", &entries, &error));
		g_assert_no_error(error);
		g_assert_cmpuint(entries, ==, until - 1);
		expect_intact(dir, 24 - until, "one chain");
		(void)pack_all(journal, dir);
		expect_intact(dir, 24 - until, "one chain");
		journal_close(journal);
		g_autofree char *ids = walk_ids(dir);
		g_assert_cmpuint(strtoul(ids, NULL, 10), ==, until);
	}
}

static void test_retention(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	RetentionResult result;

	make_packed_trail(dir);
	Journal *journal = journal_open(dir, NULL);
	g_assert_cmpint(retention_run(journal, dir, &(Retention){ 5 * G_USEC_PER_SEC, 0 }, 20 * G_USEC_PER_SEC, &result), ==, 0);
	g_assert_cmpuint(result.files, ==, 2);
	g_assert_cmpuint(result.first_id, ==, 13);
	journal_close(journal);
	expect_intact(dir, 11, "one chain");
	g_autofree char *ids = walk_ids(dir);
	g_assert_true(g_str_has_prefix(ids, "13 14"));
	g_assert_cmpuint(count_suffix(dir, ".zst"), ==, 1);
}

/* The newest one may stay as it is. */
static void test_newest(void)
{
	for (unsigned newest = 0; newest < 5; newest++) {
		g_autoptr(Scratch) dir = scratch_new();
		PackResult result;
		unsigned count = 0;
		make_trail(dir);
		Journal *journal = journal_open(dir, NULL);
		while (pack_run(journal, dir, newest, go_on, NULL, &result) == 0 && result.name) {
			g_free(result.name);
			count++;
		}
		g_assert_cmpuint(count, ==, newest < 3 ? 3 - newest : 0);
		journal_close(journal);
	}
}

/* What ended the packing between two steps: the original counts, and is packed again. */
static void test_killed(void)
{
	static const struct {
		const char *name;
		bool whole;
	} rows[] = {
		{ "audit.pack", true },
		{ "audit.pack", false },
		{ FIRST ".zst", true },
		{ FIRST ".zst", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) made = scratch_new(), dir = scratch_new();
		gsize length;
		make_packed_trail(made);
		g_autofree char *packed = read_bytes(made, FIRST ".zst", &length);
		make_trail(dir);
		write_bytes(dir, rows[i].name, packed, rows[i].whole ? length : length / 2);
		g_autofree char *before = walk_ids(dir);
		g_assert_cmpstr(before, ==, ALL_IDS);
		expect_intact(dir, 22, "22 records in 4 files");
		Journal *journal = journal_open(dir, NULL);
		g_assert_cmpuint(count_suffix(dir, FIRST ".zst"), ==, 0);
		g_assert_cmpuint(pack_all(journal, dir), ==, 3);
		g_assert_cmpuint(count_suffix(dir, "audit.pack"), ==, 0);
		journal_close(journal);
		expect_intact(dir, 22, "22 records in 4 files");
	}
}

/* Answers, puts files away and packs them until it is killed; each id goes to `answered` when its line is written. */
static _Noreturn void serve(const char *dir, int answered)
{
	Journal *journal = journal_open(dir, NULL);

	for (unsigned i = 1;; i++) {
		uint64_t id = journal_take_id(journal);
		PackResult result;
		append(journal, id, OUTCOME_ALLOWED, "", "a", NULL);
		if (write(answered, &id, sizeof id) != sizeof id)
			_exit(1);
		if (i % 4 == 0)
			(void)journal_rotate(journal);
		if (pack_run(journal, dir, 1, go_on, NULL, &result) == 0)
			g_free(result.name);
	}
}

/* How many were answered before it was killed. */
static uint64_t kill_at_random(const char *dir, GRand *rand)
{
	uint64_t id = 0, last = 0;
	int ends[2], status;

	g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
	pid_t child = fork();
	if (child == 0)
		serve(dir, ends[1]);
	(void)close(ends[1]);
	g_assert_cmpint(read(ends[0], &last, sizeof last), ==, sizeof last); /* it is at work */
	g_usleep((gulong)g_rand_int_range(rand, 0, 12000));
	g_assert_cmpint(kill(child, SIGKILL), ==, 0);
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_true(WIFSIGNALED(status));
	while (read(ends[0], &id, sizeof id) == sizeof id)
		last = id;
	(void)close(ends[0]);
	return last;
}

/* Killed at any moment: what was answered is there once and in its order, in one chain, and nothing lies about after the next start. */
static void test_sigkill(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)g_test_rand_int());
	unsigned halfway = 0;

	for (unsigned round = 0; round < 25; round++) {
		const uint64_t last = kill_at_random(dir, rand);
		g_autofree char *ids = walk_ids(dir);
		g_auto(GStrv) each = g_strsplit(ids, " ", -1);
		const guint count = g_strv_length(each);
		g_assert_cmpuint(count, >=, last);
		for (guint i = 0; i < count; i++)
			g_assert_cmpuint(g_ascii_strtoull(each[i], NULL, 10), ==, i + 1);
		expect_intact(dir, count, "one chain");
		halfway += count_suffix(dir, SEGMENT_PACKING);
		journal_close(journal_open(dir, NULL));
		g_assert_cmpuint(count_suffix(dir, SEGMENT_PACKING) + count_suffix(dir, SEGMENT_FRESH), ==, 0);
		expect_intact(dir, count, "one chain");
	}
	g_test_message("%u were killed while they packed, %u files are packed", halfway, count_suffix(dir, ".zst"));
	g_assert_cmpuint(count_suffix(dir, ".zst"), >, 0);
}

/* What is packed of a file that is removed, or made shorter, meanwhile is given up; so is all when the service ends. */
typedef struct Meanwhile {
	Journal *journal;
	const char *dir;
	uint64_t until_us; /* 0: the service ends */
	bool done;
} Meanwhile;

static bool clear_once(void *data)
{
	Meanwhile *meanwhile = data;
	uint64_t entries;

	if (!meanwhile->until_us)
		return false;
	if (!meanwhile->done)
		g_assert_true(clear_run(meanwhile->journal, meanwhile->dir, meanwhile->until_us, "root", &entries, NULL));
	meanwhile->done = true;
	return true;
}

static void test_meanwhile(void)
{
	static const struct {
		uint64_t until_s;
		int r;
		uint64_t left;
	} rows[] = { { 4, -ESTALE, 20 }, { 9, -ESTALE, 15 }, { 0, -ECANCELED, 22 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		PackResult result;
		make_trail(dir);
		Meanwhile meanwhile = { journal_open(dir, NULL), dir, rows[i].until_s * SECOND_US, false };
		g_assert_cmpint(pack_run(meanwhile.journal, dir, 0, clear_once, &meanwhile, &result), ==, rows[i].r);
		g_assert_null(result.name);
		g_assert_cmpuint(count_suffix(dir, "audit.pack") + count_suffix(dir, ".zst"), ==, 0);
		expect_intact(dir, rows[i].left, "one chain");
		(void)pack_all(meanwhile.journal, dir);
		expect_intact(dir, rows[i].left, "one chain");
		journal_close(meanwhile.journal);
	}
}

static const struct {
	const char *name;
	gsize keep;
	const char *ids;
} damages[] = {
	/* Of the oldest its beginning is left, of the next one too, of the third all but one byte: with so few records that is the frame
	   that has them all. */
	{ FIRST ".zst", 20, " !" FIRST ".zst 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22" },
	{ "audit-00000000000000000007.jsonl.zst", 20, "1 2 3 4 5 6 !audit-00000000000000000007.jsonl.zst 13 14 15 16 17 18 19 20 21 22" },
	{ "audit-00000000000000000013.jsonl.zst", G_MAXSIZE,
		"1 2 3 4 5 6 7 8 9 10 11 12 !audit-00000000000000000013.jsonl.zst 19 20 21 22" },
};

/* It is told where, by whoever verifies; lists have what is not in it. */
static void test_damaged_trail(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(damages); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autofree char *detail = NULL, *place = g_strconcat(damages[i].name, ":", NULL);
		gsize length;
		make_packed_trail(dir);
		g_autofree char *bytes = read_bytes(dir, damages[i].name, &length);
		write_bytes(dir, damages[i].name, bytes, MIN(length - 1, damages[i].keep));
		g_autofree char *ids = walk_ids(dir);
		g_assert_cmpstr(ids, ==, damages[i].ids);
		g_assert_false(is_intact(dir, NULL, &detail));
		g_test_message("%s\n%s", ids, detail);
		g_assert_nonnull(strstr(detail, place));
		g_assert_nonnull(strstr(detail, "damaged"));
		run_index(dir);
		g_assert_cmpuint(count_rows(dir, &(AuditFilter){ .kind = FILTER_ALL }, 100, 0), ==, 16);
		Journal *journal = journal_open(dir, NULL);
		g_assert_cmpuint(journal_take_id(journal), ==, 23);
		uint64_t entries;
		g_assert_true(
			clear_run(journal, dir, 20 * SECOND_US, "root", &entries, NULL)); /* what is damaged goes with what is older */
		g_assert_cmpuint(entries, ==, 13);
		journal_close(journal);
		expect_intact(dir, 4, "one chain");
	}
}

enum { LINES = 3000 };

typedef struct Busy {
	const char *dir;
	Journal *journal;
	_Atomic bool at_work;
} Busy;

static void *write_on(void *data)
{
	Busy *busy = data;

	for (unsigned i = 1; i <= LINES; i++) {
		append(busy->journal, journal_take_id(busy->journal), OUTCOME_ALLOWED, "", "a", NULL);
		if (i % 100 == 0)
			g_assert_cmpint(journal_rotate(busy->journal), ==, 0);
	}
	atomic_store(&busy->at_work, false);
	return NULL;
}

static void *read_on(void *data)
{
	read_each_once(((const Busy *)data)->dir, LINES);
	return NULL;
}

static void *pack_on(void *data)
{
	Busy *busy = data;

	while (atomic_load(&busy->at_work))
		(void)pack_all(busy->journal, busy->dir);
	return NULL;
}

/* Who reads meanwhile has every line once. */
static void test_while_writing(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	void *(*const runs[])(void *) = { write_on, read_on, read_on, pack_on };
	pthread_t threads[G_N_ELEMENTS(runs)];
	Busy busy = { dir, journal_open(dir, NULL), true };

	for (size_t i = 0; i < G_N_ELEMENTS(runs); i++)
		g_assert_cmpint(pthread_create(&threads[i], NULL, runs[i], &busy), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(runs); i++)
		(void)pthread_join(threads[i], NULL);
	(void)pack_all(busy.journal, dir);
	journal_close(busy.journal);
	g_assert_cmpuint(count_suffix(dir, ".zst"), ==, LINES / 100);
	expect_intact(dir, LINES, "one chain");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pack/readers", test_readers);
	g_test_add_func("/pack/goes-on", test_goes_on);
	g_test_add_func("/pack/clear", test_clear);
	g_test_add_func("/pack/retention", test_retention);
	g_test_add_func("/pack/newest", test_newest);
	g_test_add_func("/pack/killed", test_killed);
	g_test_add_func("/pack/sigkill", test_sigkill);
	g_test_add_func("/pack/meanwhile", test_meanwhile);
	g_test_add_func("/pack/damaged-trail", test_damaged_trail);
	g_test_add_func("/pack/while-writing", test_while_writing);
	return g_test_run();
}
