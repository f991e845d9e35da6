/* SPDX-License-Identifier: MIT
 *
 * What others, and disks, do to audit.db and to the trail that it is made of: it is made again by itself, and questions are answered.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit-fixture.h"
#include "base/error.h"
#include "base/limits.h"

typedef struct Scene {
	char *dir, *database, *log;
	int stderr_before;
	Journal *journal;
	Index *index;
} Scene;

/* What is logged goes to a file. */
static void set_up(Scene *scene, gconstpointer data)
{
	(void)data;
	scene->dir = scratch_new();
	scene->database = g_build_filename(scene->dir, "audit.db", NULL);
	scene->log = g_build_filename(scene->dir, "log", NULL);
	scene->stderr_before = dup(STDERR_FILENO);
	int fd = open(scene->log, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0600);
	g_assert_cmpint(dup2(fd, STDERR_FILENO), ==, STDERR_FILENO);
	(void)close(fd);
	scene->journal = journal_open(scene->dir, NULL);
}

static void tear_down(Scene *scene, gconstpointer data)
{
	(void)data;
	index_stop(scene->index);
	journal_close(scene->journal);
	g_assert_cmpint(dup2(scene->stderr_before, STDERR_FILENO), ==, STDERR_FILENO);
	(void)close(scene->stderr_before);
	g_free(scene->database);
	g_free(scene->log);
	scratch_free(scene->dir);
}

static unsigned logged(const Scene *scene, const char *text)
{
	g_autofree char *log = scratch_get(scene->dir, "log");
	g_auto(GStrv) parts = g_strsplit(log, text, -1);

	return g_strv_length(parts) - 1;
}

static void put(const Scene *scene, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		append(scene->journal, journal_take_id(scene->journal), OUTCOME_DENIED, "alice", "a", "rule");
}

static void start(Scene *scene)
{
	g_autoptr(GError) error = NULL;

	scene->index = index_start(scene->dir, &error);
	g_assert_no_error(error);
}

static void expect(const Scene *scene, guint rows)
{
	g_assert_true(index_sync(scene->index, 60000));
	g_assert_cmpuint(count_rows(scene->dir, &(AuditFilter){ .user = "alice" }, LIMIT_QUERY_ROWS, 0), ==, rows);
}

static void pipe_it(const Scene *scene)
{
	g_assert_cmpint(mkfifo(scene->database, 0600), ==, 0);
}

static void bury_it(const Scene *scene)
{
	g_assert_cmpint(mkdir(scene->database, 0700), ==, 0);
}

static void link_it(const Scene *scene)
{
	scratch_put(scene->dir, "elsewhere", "what a link leads to");
	g_assert_cmpint(symlink("elsewhere", scene->database), ==, 0);
}

static void pipe_the_log(const Scene *scene)
{
	g_autofree char *wal = g_strconcat(scene->database, "-wal", NULL);

	g_assert_cmpint(mkfifo(wal, 0600), ==, 0);
}

static void fill_it(const Scene *scene)
{
	scratch_put(scene->dir, "audit.db",
		"this is no database, and it is longer than a page of one is at least, so that SQLite has a look at it, which it does "
		"at the first question that it is asked, and not when it opens the file.");
}

static void (*const kinds[])(const Scene *) = { pipe_it, bury_it, link_it, pipe_the_log, fill_it };

/* No question waits for such a file, before the index starts and after. */
static void test_no_file(Scene *scene, gconstpointer data)
{
	(void)data;
	put(scene, 3);
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(GError) error = NULL;
		kinds[i](scene);
		g_autoptr(GPtrArray) rows = query_run(scene->dir, &(AuditFilter){ 0 }, 10, 0, &error);
		g_assert_true(!rows == !!error);
		g_assert_false(query_wait(scene->dir, 1));
		start(scene);
		expect(scene, 3);
		index_stop(scene->index);
		scene->index = NULL;
		(void)unlink(scene->database);
		g_autofree char *wal = g_strconcat(scene->database, "-wal", NULL), *shm = g_strconcat(scene->database, "-shm", NULL);
		(void)unlink(wal);
		(void)unlink(shm);
	}
	g_autofree char *elsewhere = scratch_get(scene->dir, "elsewhere");
	g_assert_cmpstr(elsewhere, ==, "what a link leads to");
}

/* The same while it runs. */
static void test_no_file_any_more(Scene *scene, gconstpointer data)
{
	unsigned count = 0;

	(void)data;
	start(scene);
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (kinds[i] == pipe_the_log)
			continue; /* SQLite holds its own */
		put(scene, 2);
		expect(scene, count += 2);
		g_assert_cmpint(unlink(scene->database), ==, 0);
		kinds[i](scene);
		put(scene, 1);
		expect(scene, ++count);
	}
}

/* A line that the disk cut short keeps nobody waiting. */
static void test_torn_end(Scene *scene, gconstpointer data)
{
	(void)data;
	put(scene, 2);
	start(scene);
	g_autofree char *path = g_build_filename(scene->dir, "audit.jsonl", NULL);
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	static const char torn[] = "{\"v\":1,\"id\":3,\"time\":";
	g_assert_cmpint(write(fd, torn, strlen(torn)), ==, (int)strlen(torn));
	expect(scene, 2);
	g_assert_true(query_wait(scene->dir, 60000));
	g_assert_cmpint(ftruncate(fd, lseek(fd, 0, SEEK_END) + (off_t)LIMIT_WALK_BYTES * 3), ==, 0);
	expect(scene, 2);
	put(scene, 1);
	expect(scene, 3);
	(void)close(fd);
}

/* However many lines are none: one message. */
static void test_flood(Scene *scene, gconstpointer data)
{
	g_autoptr(GString) text = g_string_new(NULL);

	(void)data;
	for (unsigned i = 0; i < 5000; i++)
		g_string_append(text, "rubbish\n");
	g_autofree char *path = g_build_filename(scene->dir, "audit.jsonl", NULL);
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	g_assert_cmpint(write(fd, text->str, text->len), ==, (int)text->len);
	(void)close(fd);
	put(scene, 1);
	start(scene);
	expect(scene, 1);
	index_doubt();
	put(scene, 1);
	expect(scene, 2);
	index_stop(scene->index);
	scene->index = NULL;
	g_assert_cmpuint(logged(scene, "are no records"), ==, 1);
	g_assert_cmpuint(logged(scene, "5000 lines"), ==, 1);
}

/* Pages of zeros, under an index that runs. */
static void damage(const Scene *scene)
{
	g_autofree char *zeros = g_malloc0(4096);
	struct stat status;
	sqlite3 *handle = NULL;

	g_assert_cmpint(sqlite3_open(scene->database, &handle), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(handle, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL), ==, SQLITE_OK);
	(void)sqlite3_close(handle);
	int fd = open(scene->database, O_WRONLY | O_CLOEXEC);
	g_assert_cmpint(fstat(fd, &status), ==, 0);
	for (off_t at = 4096; at < status.st_size; at += 4096)
		g_assert_cmpint(pwrite(fd, zeros, 4096, at), ==, 4096);
	(void)close(fd);
}

/* A question meets the damage, or a removal does: the index is made again, nobody has to ask for it. */
static void test_damaged_pages(Scene *scene, gconstpointer data)
{
	(void)data;
	put(scene, 50);
	start(scene);
	expect(scene, 50);
	damage(scene);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rows = query_run(scene->dir, &(AuditFilter){ .user = "alice" }, 100, 0, &error);
	g_assert_null(rows);
	g_assert_error(error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY);
	while (!logged(scene, "is made again from the journal"))
		g_usleep(10000);
	expect(scene, 50);
	damage(scene);
	while (logged(scene, "is made again from the journal") < 2) {
		put(scene, 1); /* the thread meets it when it writes */
		g_usleep(10000);
	}
	g_assert_true(index_sync(scene->index, 60000));
	g_assert_cmpuint(count_rows(scene->dir, &(AuditFilter){ .user = "alice" }, LIMIT_QUERY_ROWS, 0), ==,
		(guint)journal_take_id(scene->journal) - 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/audit-index-faults/no-file", Scene, NULL, set_up, test_no_file, tear_down);
	g_test_add("/audit-index-faults/no-file-any-more", Scene, NULL, set_up, test_no_file_any_more, tear_down);
	g_test_add("/audit-index-faults/torn-end", Scene, NULL, set_up, test_torn_end, tear_down);
	g_test_add("/audit-index-faults/flood", Scene, NULL, set_up, test_flood, tear_down);
	g_test_add("/audit-index-faults/damaged-pages", Scene, NULL, set_up, test_damaged_pages, tear_down);
	return g_test_run();
}
