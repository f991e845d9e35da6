/* SPDX-License-Identifier: MIT
 *
 * A disk that is full, or fails, ten times each while calls are answered: whatever was said to be written is there, in a whole chain, and
 * in the index.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "audit-fixture.h"
#include "audit/export.h"

enum { TIMES = 10, LINES_BETWEEN = 40 };

/* What writes say now; 0: nothing is wrong. */
static _Atomic int trouble;
static _Atomic unsigned failed;

/* In the place of libc's, for the library too (SQLite has pwrite).  Every other one writes a part first, as a full disk does. */
ssize_t write(int fd, const void *from, size_t length)
{
	static _Atomic unsigned turn;
	int cause = atomic_load(&trouble);

	if (!cause || fd <= STDERR_FILENO)
		return syscall(SYS_write, fd, from, length);
	atomic_fetch_add(&failed, 1);
	if (length > 1 && atomic_fetch_add(&turn, 1) % 2)
		return syscall(SYS_write, fd, from, length / 2);
	errno = cause;
	return -1;
}

typedef struct Load {
	Journal *journal;
	pthread_mutex_t lock;
	GHashTable *written; /* ids that were said to be written */
	_Atomic bool done;
} Load;

/* Calls are judged on one thread. */
static void *answer(void *data)
{
	Load *load = data;
	g_autoptr(Arena) arena = arena_new();

	while (!atomic_load(&load->done)) {
		uint64_t id = journal_take_id(load->journal);
		const char *line = make_line(id, OUTCOME_DENIED, "alice", "a", "rule", arena);
		bool good = journal_append(load->journal, line, strlen(line)) == 0;
		arena_reset(arena);
		(void)pthread_mutex_lock(&load->lock);
		if (good)
			(void)g_hash_table_add(load->written, GSIZE_TO_POINTER(id));
		(void)pthread_mutex_unlock(&load->lock);
		if (!good)
			g_usleep(100);
	}
	return NULL;
}

static guint count_written(Load *load)
{
	(void)pthread_mutex_lock(&load->lock);
	guint count = g_hash_table_size(load->written);
	(void)pthread_mutex_unlock(&load->lock);
	return count;
}

static void wait_for_lines(Load *load)
{
	const guint until = count_written(load) + LINES_BETWEEN;

	while (count_written(load) < until)
		g_usleep(100);
}

/* Until some writes have met it; files are put away meanwhile as well. */
static void trouble_for_a_while(Load *load, int cause)
{
	const unsigned until = atomic_load(&failed) + 5;

	atomic_store(&trouble, cause);
	while (atomic_load(&failed) < until)
		g_usleep(100);
	(void)journal_rotate(load->journal);
	atomic_store(&trouble, 0);
	wait_for_lines(load);
	(void)journal_rotate(load->journal);
}

/* How many of those that were said to be written the trail has. */
static guint count_there(const char *dir, GHashTable *written)
{
	g_autoptr(TrailWalk) walk = trail_walk_new(dir, 0, 0);
	g_autoptr(Arena) arena = arena_new();
	guint there = 0;
	AuditLine line;
	TrailLine text;

	while (trail_walk_next(walk, &text) == WALK_LINE) {
		if (audit_line_read(text.text, text.length, arena, &line))
			there += g_hash_table_contains(written, GSIZE_TO_POINTER((gsize)line.id));
		arena_reset(arena);
	}
	return there;
}

static guint count_indexed(const char *dir, GHashTable *written)
{
	guint indexed = 0;
	uint64_t before = 0;

	for (;;) {
		g_autoptr(GPtrArray) rows = query_run(dir, &(AuditFilter){ .kind = FILTER_ALL }, 1000, before, NULL);
		if (!rows || !rows->len)
			return indexed;
		for (guint i = 0; i < rows->len; i++) {
			before = ((const AuditRow *)g_ptr_array_index(rows, i))->id;
			indexed += g_hash_table_contains(written, GSIZE_TO_POINTER(before));
		}
	}
}

static void test_under_load(gconstpointer data)
{
	const int cause = GPOINTER_TO_INT(data);
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(GHashTable) written = g_hash_table_new(NULL, NULL);
	Load load = { .journal = journal_open(dir, NULL), .lock = PTHREAD_MUTEX_INITIALIZER, .written = written };
	pthread_t thread;
	Verification found;
	Index *index = index_start(dir, NULL);

	g_assert_nonnull(index);
	g_assert_cmpint(pthread_create(&thread, NULL, answer, &load), ==, 0);
	for (unsigned i = 0; i < TIMES; i++)
		trouble_for_a_while(&load, cause);
	atomic_store(&load.done, true);
	(void)pthread_join(thread, NULL);
	journal_close(load.journal);
	g_assert_cmpuint(g_hash_table_size(written), >=, TIMES * LINES_BETWEEN);
	g_assert_cmpuint(count_there(dir, written), ==, g_hash_table_size(written));
	g_assert_true(index_sync(index, 60000));
	g_assert_cmpuint(count_indexed(dir, written), ==, g_hash_table_size(written));
	g_assert_true(verify_run(dir, &found, NULL));
	g_assert_cmpstr(found.intact ? "" : found.detail, ==, "");
	g_free(found.detail);
	index_stop(index);
	(void)pthread_mutex_destroy(&load.lock);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/audit-disk/full", GINT_TO_POINTER(ENOSPC), test_under_load);
	g_test_add_data_func("/audit-disk/broken", GINT_TO_POINTER(EIO), test_under_load);
	return g_test_run();
}
