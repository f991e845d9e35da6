/* SPDX-License-Identifier: MIT
 *
 * How often a grant counts, and that it is kept, whatever happens to the file.
 */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include "core/seal.h"
#include "grant-fixture.h"

static void test_uses(Place *place, gconstpointer data)
{
	const Request asked = request("x");
	const Decision decision = denial(0, 2);

	(void)data;
	add(place, 2, "x");
	g_assert_cmpuint(grant_take(place->book, &asked, &decision, "alice", NOW), ==, 1);
	/* A use counts across a restart. */
	grant_book_close(place->book);
	place->book = grant_book_open(place->file);
	g_assert_cmpuint(grant_take(place->book, &asked, &decision, "alice", NOW), ==, 1);
	g_assert_cmpuint(grant_take(place->book, &asked, &decision, "alice", NOW), ==, 0);
	g_autoptr(Grant) ended = grant_next_ended(place->book, NOW);
	g_assert_nonnull(ended);
	g_assert_true(grant_remove(place->book, ended->id, NULL));
	g_assert_null(grant_next_ended(place->book, NOW));
	add(place, 1, "x");
	g_autoptr(GPtrArray) grants = grant_list(place->book);
	g_assert_cmpuint(grants->len, ==, 1);
	g_assert_cmpuint(((const Grant *)g_ptr_array_index(grants, 0))->id, ==, 2); /* no id twice */
}

static void test_kept(Place *place, gconstpointer data)
{
	struct stat status;

	(void)data;
	add(place, 3, "x");
	grant_book_close(place->book);
	place->book = grant_book_open(place->file);
	g_autoptr(GPtrArray) grants = grant_list(place->book);
	const Grant *grant = g_ptr_array_index(grants, 0);
	g_assert_cmpstr(grant->reason, ==, "a = b; \"c\"");
	g_assert_cmpstr(grant->by, ==, "admin");
	g_assert_cmpuint(grant->decision_id, ==, 7);
	g_assert_cmpint(grant->expires_us, ==, LATER);
	g_assert_cmpuint(grant->uses_left, ==, 3);
	g_assert_cmpint(stat(place->file, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
}

/* What cannot be written down is not granted. */
static void test_no_disk(Place *place, gconstpointer data)
{
	const Request asked = request("x");
	const Decision decision = denial(0, 2);
	g_autoptr(GError) error = NULL;
	g_autoptr(Grant) grant = grant_new(1, "x");

	(void)data;
	add(place, 1, "x");
	g_assert_cmpint(remove(place->file), ==, 0);
	g_assert_cmpint(mkdir(place->file, 0700), ==, 0);
	scratch_put(place->file, "in-the-way", "");
	g_assert_cmpuint(grant_take(place->book, &asked, &decision, "alice", NOW), ==, 0);
	g_assert_cmpuint(grant_add(place->book, grant, &error), ==, 0);
	g_assert_nonnull(error);
}

static unsigned kept_after_restart(Place *place)
{
	grant_book_close(place->book);
	place->book = grant_book_open(place->file);
	g_autoptr(GPtrArray) grants = grant_list(place->book);
	return grants->len;
}

/* A disk without room: what was taken out does not come back, what could not be added does not count, and both are written later. */
static void test_full_disk(Place *place, gconstpointer data)
{
	struct rlimit usual;
	g_autoptr(Grant) grant = grant_new(1, "x");

	(void)data;
	add(place, 1, "x");
	add(place, 1, "y");
	(void)signal(SIGXFSZ, SIG_IGN);
	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &usual), ==, 0);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 0, usual.rlim_max }), ==, 0);
	bool added = grant_add(place->book, grant, NULL) != 0, removed = grant_remove(place->book, 1, NULL);
	bool there = g_file_test(place->file, G_FILE_TEST_EXISTS);
	grant_book_settle(place->book);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &usual), ==, 0);
	g_assert_false(added);
	g_assert_true(removed);
	g_assert_false(there);
	grant_book_settle(place->book);
	g_assert_cmpuint(kept_after_restart(place), ==, 1);
	g_assert_null(grant_find(place->book, 1));

	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 0, usual.rlim_max }), ==, 0);
	removed = grant_remove(place->book, 2, NULL);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &usual), ==, 0);
	g_assert_true(removed);
	g_assert_cmpuint(kept_after_restart(place), ==, 0); /* also when nothing was written before the end */
}

/* A file that can be neither written nor removed: whoever asked is told. */
static void test_stuck_file(Place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	add(place, 1, "x");
	g_assert_cmpint(remove(place->file), ==, 0);
	g_assert_cmpint(mkdir(place->file, 0700), ==, 0);
	scratch_put(place->file, "in-the-way", "");
	g_assert_false(grant_remove(place->book, 1, &error));
	g_assert_nonnull(strstr(error->message, "neither"));
	g_assert_null(grant_find(place->book, 1)); /* it does not count */
}

/* The id by which it is told of before it counts. */
static void test_reserved(Place *place, gconstpointer data)
{
	g_autoptr(Grant) grant = grant_new(1, "x");

	(void)data;
	grant->id = grant_reserve(place->book, NULL);
	g_assert_null(grant_find(place->book, grant->id));
	add(place, 1, "y");
	g_assert_cmpuint(grant_add(place->book, grant, NULL), ==, grant->id);
	g_autoptr(Grant) found = grant_find(place->book, grant->id);
	g_assert_cmpstr(found->image, ==, "x");
}

/* A grant that somebody else wrote there. */
static void test_forged_file(Place *place, gconstpointer data)
{
	(void)data;
	add(place, 1, "x");
	grant_book_close(place->book);
	g_autofree char *text = scratch_get(place->dir, "grants");
	g_auto(GStrv) parts = g_strsplit(text, "uses=1", 2);
	g_autofree char *forged = g_strjoinv("uses=9", parts);
	g_assert_cmpuint(g_strv_length(parts), ==, 2);
	scratch_put(place->dir, "grants", forged);
	place->book = grant_book_open(place->file);
	g_autoptr(GPtrArray) grants = grant_list(place->book);
	g_assert_cmpuint(grants->len, ==, 0);
}

static void test_broken_file(Place *place, gconstpointer data)
{
	static const char *const bodies[] = { "x", "[1]\nuser=alice\n", "[book]\nnext=x\n[1]\n", "[1]\ndecision=1\nmade=1\nexpires=99999999999\nuses=9\n" };

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
		grant_book_close(place->book);
		size_t length;
		g_autofree char *sealed = seal_put("grants", bodies[i], strlen(bodies[i]), &length);
		scratch_put(place->dir, "grants", sealed);
		place->book = grant_book_open(place->file);
		g_autoptr(GPtrArray) grants = grant_list(place->book);
		g_assert_cmpuint(grants->len, ==, 0);
	}
}

static void test_revoke(Place *place, gconstpointer data)
{
	const Request asked = request("x");
	const Decision decision = denial(0, 2);

	(void)data;
	add(place, 5, "x");
	g_autoptr(Grant) found = grant_find(place->book, 1);
	g_assert_cmpuint(found->id, ==, 1);
	g_assert_true(grant_remove(place->book, 1, NULL));
	g_assert_null(grant_find(place->book, 1));
	g_assert_true(grant_remove(place->book, 1, NULL)); /* twice is not worse */
	g_assert_cmpuint(grant_take(place->book, &asked, &decision, "alice", NOW), ==, 0);
}

static void test_limit(Place *place, gconstpointer data)
{
	g_autoptr(Grant) grant = grant_new(1, "x");
	g_autoptr(GError) error = NULL;

	(void)data;
	for (unsigned i = 0; i < LIMIT_GRANTS; i++)
		add(place, 1, "x");
	g_assert_cmpuint(grant_add(place->book, grant, &error), ==, 0);
	g_assert_nonnull(error);
}

/* Many threads, few uses: none is used twice. */
static gpointer take_many(gpointer data)
{
	const Request asked = request("x");
	const Decision decision = denial(0, 2);
	guint got = 0;

	for (int i = 0; i < 20; i++)
		got += grant_take(data, &asked, &decision, "alice", NOW) != 0;
	return GUINT_TO_POINTER(got);
}

static void test_threads(Place *place, gconstpointer data)
{
	GThread *threads[4];
	guint got = 0;

	(void)data;
	add(place, 10, "x");
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("take", take_many, place->book);
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		got += GPOINTER_TO_UINT(g_thread_join(threads[i]));
	g_assert_cmpuint(got, ==, 10);
}

int main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(Place *place, gconstpointer data); } tests[] = {
		{ "/grant-book/uses", test_uses },
		{ "/grant-book/kept", test_kept },
		{ "/grant-book/no-disk", test_no_disk },
		{ "/grant-book/revoke", test_revoke },
		{ "/grant-book/limit", test_limit },
		{ "/grant-book/full-disk", test_full_disk },
		{ "/grant-book/stuck-file", test_stuck_file },
		{ "/grant-book/reserved", test_reserved },
		{ "/grant-book/forged-file", test_forged_file },
		{ "/grant-book/broken-file", test_broken_file },
		{ "/grant-book/threads", test_threads },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Place, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
