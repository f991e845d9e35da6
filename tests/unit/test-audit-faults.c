/* SPDX-License-Identifier: MIT
 *
 * What others, and disks, do to the files of the trail: nothing is lost, ids go on, and what cannot be held is refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "audit-fixture.h"
#include "audit/clear.h"
#include "base/error.h"
#include "base/limits.h"

/* Reads that a broken disk fails, from this one on; -1: none. */
static int reads_left = -1;

/* In the place of libc's, for the library too. */
ssize_t pread(int fd, void *into, size_t length, off_t at)
{
	if (reads_left == 0) {
		errno = EIO;
		return -1;
	}
	if (reads_left > 0)
		reads_left--;
	return syscall(SYS_pread64, fd, into, length, at);
}

typedef struct Scene {
	char *dir, *path;
	Journal *journal;
} Scene;

static void set_up(Scene *scene, gconstpointer data)
{
	(void)data;
	scene->dir = scratch_new();
	scene->path = g_build_filename(scene->dir, SEGMENT_ACTIVE, NULL);
	scene->journal = journal_open(scene->dir, NULL);
}

static void tear_down(Scene *scene, gconstpointer data)
{
	(void)data;
	journal_close(scene->journal);
	g_free(scene->path);
	scratch_free(scene->dir);
}

static void put(Scene *scene, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		append(scene->journal, journal_take_id(scene->journal), OUTCOME_DENIED, "", "a", "rule");
}

static int try_one(Scene *scene)
{
	g_autoptr(Arena) arena = arena_new();
	const char *line = make_line(journal_take_id(scene->journal), OUTCOME_DENIED, "", "a", "rule", arena);

	return journal_append(scene->journal, line, strlen(line));
}

/* As a start after a crash finds it. */
static void again(Scene *scene)
{
	g_autoptr(GError) error = NULL;

	journal_close(scene->journal);
	scene->journal = journal_open(scene->dir, &error);
	g_assert_no_error(error);
}

static void expect(const Scene *scene, const char *ids, bool intact)
{
	g_autofree char *found = ids_in(scene->dir);
	Verification verified;

	g_assert_cmpstr(found, ==, ids);
	g_assert_true(verify_run(scene->dir, &verified, NULL));
	if (verified.intact != intact)
		g_error("%s", verified.detail);
	g_free(verified.detail);
}

static void remove_it(const Scene *scene)
{
	g_assert_cmpint(unlink(scene->path), ==, 0);
}

static void rename_it(const Scene *scene)
{
	g_autofree char *other = g_build_filename(scene->dir, "audit.jsonl.1", NULL);

	g_assert_cmpint(rename(scene->path, other), ==, 0);
}

static void edit_it(const Scene *scene)
{
	remove_it(scene);
	scratch_put(scene->dir, SEGMENT_ACTIVE, "what sed -i leaves\n");
}

static void link_it(const Scene *scene)
{
	remove_it(scene);
	g_assert_cmpint(symlink("/dev/null", scene->path), ==, 0);
}

static void pipe_it(const Scene *scene)
{
	remove_it(scene);
	g_assert_cmpint(mkfifo(scene->path, 0600), ==, 0);
}

static void bury_it(const Scene *scene)
{
	remove_it(scene);
	g_assert_cmpint(mkdir(scene->path, 0700), ==, 0);
}

/* A reader that found none and made one. */
static void empty_it(const Scene *scene)
{
	remove_it(scene);
	scratch_put(scene->dir, SEGMENT_ACTIVE, "");
}

static void (*const thefts[])(const Scene *) = { remove_it, rename_it, edit_it, link_it, pipe_it, bury_it, empty_it };

/* Whatever happens to the name: the next line is in the trail with all before it, also over a rotation and a start. */
static void test_taken(Scene *scene, gconstpointer data)
{
	GString *expected = g_string_new("1 2");

	(void)data;
	put(scene, 2);
	for (unsigned i = 0; i < G_N_ELEMENTS(thefts); i++) {
		thefts[i](scene);
		put(scene, 1);
		g_string_append_printf(expected, " %u", i + 3);
		expect(scene, expected->str, true);
		JournalGap gap = journal_look(scene->journal);
		g_assert_cmpuint(gap.restored, ==, 1);
		g_assert_cmpuint(gap.cut + gap.grown, ==, 0);
		g_assert_cmpint(journal_look(scene->journal).restored, ==, 0);
		if (i == 1)
			g_assert_cmpint(journal_rotate(scene->journal), ==, 0);
	}
	again(scene);
	g_assert_cmpuint(journal_take_id(scene->journal), ==, G_N_ELEMENTS(thefts) + 3);
	g_string_free(expected, TRUE);
}

/* It is noticed when nothing is written; what stood in its place is kept beside it. */
static void test_looked_after(Scene *scene, gconstpointer data)
{
	g_autoptr(GDir) files = NULL;
	unsigned kept = 0;
	const char *name;

	(void)data;
	put(scene, 2);
	edit_it(scene);
	g_assert_cmpuint(journal_look(scene->journal).restored, ==, 1);
	expect(scene, "1 2", true);
	files = g_dir_open(scene->dir, 0, NULL);
	while ((name = g_dir_read_name(files)))
		kept += g_str_has_prefix(name, "audit.jsonl.found-");
	g_assert_cmpuint(kept, ==, 1);
}

/* Another one writes there: nothing is taken from it, and nothing is answered for until it has gone. */
static void test_other_writer(Scene *scene, gconstpointer data)
{
	(void)data;
	put(scene, 1);
	remove_it(scene);
	Journal *other = journal_open(scene->dir, NULL);
	g_assert_nonnull(other);
	append(other, journal_take_id(other), OUTCOME_ALLOWED, "", "b", NULL);
	g_assert_cmpint(try_one(scene), ==, -EWOULDBLOCK);
	g_assert_cmpint(journal_look(scene->journal).cause, ==, EWOULDBLOCK);
	g_assert_false(journal_probe(scene->journal));
	journal_close(other);
	while (try_one(scene) < 0)
		g_usleep(10000); /* it is tried once a second */
	g_autofree char *ids = ids_in(scene->dir);
	g_assert_true(g_str_has_prefix(ids, "1 "));
}

/* Without its directory it cannot be held: refused, until there is one. */
static void test_no_directory(Scene *scene, gconstpointer data)
{
	g_autofree char *away = g_strconcat(scene->dir, ".away", NULL);

	(void)data;
	put(scene, 1);
	g_assert_cmpint(rename(scene->dir, away), ==, 0);
	g_assert_cmpint(try_one(scene), ==, -ENOENT);
	g_assert_false(journal_probe(scene->journal));
	g_assert_cmpint(rename(away, scene->dir), ==, 0);
	put(scene, 1);
	expect(scene, "1 3", true);
}

/* Shorter, longer: written on behind a line feed, told, and found by verification. */
static void test_size(Scene *scene, gconstpointer data)
{
	static const char added[] = "{\"v\":1,\"id\":7,\"time\":1,\"decision\":\"allowed\"}\nsomebody was here";

	(void)data;
	put(scene, 2);
	int fd = open(scene->path, O_WRONLY | O_APPEND | O_CLOEXEC);
	g_assert_cmpint(write(fd, added, strlen(added)), ==, (int)strlen(added));
	put(scene, 1);
	g_assert_cmpuint(journal_look(scene->journal).grown, ==, 1);
	expect(scene, "1 2 7 3", false);
	g_assert_cmpint(journal_rotate(scene->journal), ==, 0);
	put(scene, 1);
	(void)close(fd);
	g_assert_cmpint(truncate(scene->path, 0), ==, 0);
	put(scene, 1);
	g_assert_cmpuint(journal_look(scene->journal).cut, ==, 1);
	expect(scene, "1 2 7 3 9", false);
	again(scene);
	g_assert_cmpuint(journal_take_id(scene->journal), ==, 10);
}

/* A disk that fails in the middle of the look at the end: refused at every read, and ids never begin again. */
static void test_broken_disk(Scene *scene, gconstpointer data)
{
	unsigned failures = 0;

	(void)data;
	put(scene, 3);
	g_assert_cmpint(journal_rotate(scene->journal), ==, 0);
	put(scene, 3);
	g_assert_cmpint(journal_rotate(scene->journal), ==, 0); /* the last id stands in a finished file */
	for (int reads = 0;; reads++) {
		g_autoptr(GError) error = NULL;
		journal_close(scene->journal);
		reads_left = reads;
		scene->journal = journal_open(scene->dir, &error);
		bool over = reads_left > 0;
		reads_left = -1;
		if (!scene->journal) {
			g_assert_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO);
			failures++;
			continue;
		}
		g_assert_cmpuint(journal_take_id(scene->journal), ==, 7);
		if (over)
			break;
	}
	g_assert_cmpuint(failures, >=, 3);
	expect(scene, "1 2 3 4 5 6", true);
}

/* An id from which nothing can be counted on is refused or is none. */
static void test_high_id(void)
{
	static const struct {
		const char *id;
		uint64_t next;
	} rows[] = {
		{ "9223372036854775807", 1 },
		{ "9223372036854775808", 1 },
		{ "18446744073709551615", 1 },
		{ "9007199254740993", 1 },
		{ "9007199254740992", 0 },
		{ "9007199254740000", 0 },
		{ "8000000000000000", 8000000000000001 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autofree char *line = g_strdup_printf("{\"v\":1,\"id\":%s,\"time\":1,\"decision\":\"allowed\"}\n", rows[i].id);
		g_autoptr(GError) error = NULL;
		scratch_put(dir, SEGMENT_ACTIVE, line);
		Journal *journal = journal_open(dir, &error);
		g_assert_true(!journal == !rows[i].next);
		if (journal)
			g_assert_cmpuint(journal_take_id(journal), ==, rows[i].next);
		else
			g_assert_nonnull(strstr(error->message, "move it away"));
		journal_close(journal);
	}
}

/* Two gigabytes that were never written: they take no time and no memory, and no reader trips over them. */
static void test_holes(Scene *scene, gconstpointer data)
{
	struct stat status;

	(void)data;
	put(scene, 2);
	g_assert_cmpint(stat(scene->path, &status), ==, 0);
	off_t whole = status.st_size;
	journal_close(scene->journal);
	scene->journal = NULL;
	g_assert_cmpint(truncate(scene->path, whole + ((off_t)2 << 30)), ==, 0);
	reads_left = 100; /* what is read of them would be thousands of pieces */
	scene->journal = journal_open(scene->dir, NULL);
	reads_left = -1;
	g_assert_nonnull(scene->journal);
	g_assert_cmpint(stat(scene->path, &status), ==, 0);
	g_assert_cmpint(status.st_size, ==, whole);
	put(scene, 1);
	expect(scene, "1 2 3", true);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/audit-faults/taken", Scene, NULL, set_up, test_taken, tear_down);
	g_test_add("/audit-faults/looked-after", Scene, NULL, set_up, test_looked_after, tear_down);
	g_test_add("/audit-faults/other-writer", Scene, NULL, set_up, test_other_writer, tear_down);
	g_test_add("/audit-faults/no-directory", Scene, NULL, set_up, test_no_directory, tear_down);
	g_test_add("/audit-faults/size", Scene, NULL, set_up, test_size, tear_down);
	g_test_add("/audit-faults/broken-disk", Scene, NULL, set_up, test_broken_disk, tear_down);
	g_test_add_func("/audit-faults/high-id", test_high_id);
	g_test_add("/audit-faults/holes", Scene, NULL, set_up, test_holes, tear_down);
	return g_test_run();
}
