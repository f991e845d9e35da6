/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "audit/database.h"
#include "audit/index.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/pulse.h"
#include "base/worker.h"

#define TICK_MS 100u
#define CHUNK_BYTES ((size_t)1024 * 1024)
#define MS_NS 1000000l
#define SECOND_NS 1000000000l
#define INDEX_NICE 10 /* an index that is made again may take a processor for minutes, and a decision does not wait for it */

struct Index {
	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows; not held while rows are written */
	pthread_cond_t poke, progress;
	bool stopping, poked;
	int64_t offset, offset_inode; /* of the journal, indexed so far; which one it was */

	/* the thread's own */
	Database database;
	char *journal_path, *database_path, *chunk;
	int64_t read_to, inode; /* of the journal */
	int fd; /* of it, held so that no other file gets its inode unseen; -1: none */
	ino_t database_inode;
	Arena *arena;
	bool complained;
};

static void deadline(struct timespec *ret, unsigned ms)
{
	(void)clock_gettime(CLOCK_MONOTONIC, ret);
	ret->tv_sec += ms / 1000;
	ret->tv_nsec += (long)(ms % 1000) * MS_NS;
	if (ret->tv_nsec >= SECOND_NS) {
		ret->tv_nsec -= SECOND_NS;
		ret->tv_sec++;
	}
}

static void set_progress(Index *index)
{
	(void)pthread_mutex_lock(&index->lock);
	index->offset = index->read_to;
	index->offset_inode = index->inode;
	(void)pthread_cond_broadcast(&index->progress);
	(void)pthread_mutex_unlock(&index->lock);
}

/* The whole lines of a piece; returns the bytes that were used, -1 when the database says no. */
static ssize_t add_lines(Index *index, size_t length)
{
	const char *end = index->chunk + length, *feed;
	const char *at = index->chunk;
	AuditLine line;

	for (; (feed = memchr(at, '\n', (size_t)(end - at))); at = feed + 1) {
		size_t size = (size_t)(feed - at);
		bool record = size && line_read(at, size, index->arena, &line);
		if (size && !record)
			log_warning("%s: a line of %zu bytes is no record and was left out of the index", index->journal_path, size);
		const JournalPiece piece = { index->read_to + (at - index->chunk), size };
		bool good = !record || database_add(&index->database, &line, &piece);
		arena_reset(index->arena);
		if (!good)
			return -1;
	}
	if (at == index->chunk && length == CHUNK_BYTES)
		return (ssize_t)length; /* a line longer than any record: skip it */
	return at - index->chunk;
}

/* A file that is another one, or shorter than what was read of it, is read from its start. */
static bool check_same(Index *index, const struct stat *status)
{
	bool replaced = (index->inode && index->inode != (int64_t)status->st_ino) || status->st_size < index->read_to;

	if (replaced) {
		log_warning("%s was replaced; its index is built again", index->journal_path);
		if (!database_clear(&index->database))
			return false;
		index->read_to = 0;
	}
	index->inode = (int64_t)status->st_ino;
	return true;
}

static bool read_chunk(Index *index, int fd, bool *more)
{
	ssize_t got = pread(fd, index->chunk, CHUNK_BYTES, index->read_to);

	*more = false;
	pulse_beat();
	if (got <= 0)
		return got == 0;
	if (!database_begin(&index->database))
		return false;
	ssize_t used = add_lines(index, (size_t)got);
	if (used <= 0 || !database_commit(&index->database, index->read_to + used, index->inode)) {
		database_rollback(&index->database);
		return used == 0;
	}
	index->read_to += used;
	set_progress(index);
	*more = (size_t)got == CHUNK_BYTES;
	return true;
}

static bool open_database(Index *index, GError **error)
{
	struct stat status;

	if (!database_open(&index->database, index->database_path, error))
		return false;
	if (!database_offset(&index->database, &index->read_to, &index->inode) || stat(index->database_path, &status) < 0) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "%s cannot be read: it is damaged", index->database_path);
		return false;
	}
	index->database_inode = status.st_ino;
	return true;
}

/* A database that somebody removed, or put another one in its place, is not written to unseen. */
static bool check_database(Index *index)
{
	g_autoptr(GError) error = NULL;
	struct stat status;

	if (stat(index->database_path, &status) == 0 && status.st_ino == index->database_inode)
		return true;
	database_close(&index->database);
	index->database_inode = 0;
	bool good = open_database(index, &error);
	if (good)
		log_warning("%s was removed or replaced; what it lacks is read from the journal", index->database_path);
	else if (!index->complained)
		log_warning("%s; it will be tried again, the journal is whole", error->message);
	index->complained = !good;
	if (good)
		set_progress(index);
	return good;
}

static bool is_stopping(Index *index)
{
	(void)pthread_mutex_lock(&index->lock);
	bool stopping = index->stopping;
	(void)pthread_mutex_unlock(&index->lock);
	return stopping;
}

/* Reads on from where it was; what fails is tried again at the next tick, and a stop waits for no more than one piece: the rest is read after
 * the next start. */
static void catch_up(Index *index)
{
	struct stat status;
	bool more = true, good = true;

	if (!check_database(index))
		return;
	int fd = open(index->journal_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return;
	good = fstat(fd, &status) == 0 && check_same(index, &status);
	if (index->fd >= 0)
		(void)close(index->fd);
	index->fd = fd;
	if (good)
		set_progress(index);
	do
		good = good && read_chunk(index, fd, &more);
	while (good && more && !is_stopping(index));
	if (!good && !index->complained)
		log_warning("%s cannot be written now (%s); it will catch up, the journal is whole", index->database_path, sqlite3_errmsg(index->database.handle));
	index->complained = !good;
}

static void *run(void *data)
{
	Index *index = data;
	struct timespec until;
	bool stopping = false;

	thread_step_back(INDEX_NICE);
	while (!stopping) {
		pulse_begin(PULSE_AUDIT);
		catch_up(index);
		pulse_end(PULSE_AUDIT);
		deadline(&until, TICK_MS);
		(void)pthread_mutex_lock(&index->lock);
		while (!index->stopping && !index->poked && pthread_cond_timedwait(&index->poke, &index->lock, &until) != ETIMEDOUT)
			;
		index->poked = false;
		stopping = index->stopping;
		(void)pthread_mutex_unlock(&index->lock);
	}
	catch_up(index);
	return NULL;
}

static void index_free(Index *index)
{
	database_close(&index->database);
	g_free(index->journal_path);
	g_free(index->database_path);
	if (index->fd >= 0)
		(void)close(index->fd);
	g_free(index->chunk);
	arena_free(index->arena);
	(void)pthread_cond_destroy(&index->poke);
	(void)pthread_cond_destroy(&index->progress);
	(void)pthread_mutex_destroy(&index->lock);
	g_free(index);
}

static void init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;

	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(condition, &attributes);
	(void)pthread_condattr_destroy(&attributes);
}

Index *index_start(const char *dir, GError **error)
{
	Index *index = g_new0(Index, 1);

	index->fd = -1;
	(void)pthread_mutex_init(&index->lock, NULL);
	init_condition(&index->poke);
	init_condition(&index->progress);
	index->journal_path = g_build_filename(dir, "audit.jsonl", NULL);
	index->database_path = g_build_filename(dir, "audit.db", NULL);
	index->arena = arena_new();
	index->chunk = g_malloc(CHUNK_BYTES);
	if (open_database(index, error)) {
		set_progress(index);
		int r = pthread_create(&index->thread, NULL, run, index);
		if (r == 0)
			return index;
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "the thread that fills %s cannot start: %s", index->database_path, g_strerror(r));
	}
	index_free(index);
	return NULL;
}

void index_stop(Index *index)
{
	if (!index)
		return;
	(void)pthread_mutex_lock(&index->lock);
	index->stopping = true;
	(void)pthread_cond_signal(&index->poke);
	(void)pthread_mutex_unlock(&index->lock);
	(void)pthread_join(index->thread, NULL);
	index_free(index);
}

/* With the lock. */
static bool holds(const Index *index, const struct stat *journal)
{
	return index->offset >= journal->st_size && index->offset_inode == (int64_t)journal->st_ino;
}

bool index_sync(Index *index, unsigned timeout_ms)
{
	struct timespec until;
	struct stat status;
	int r = 0;

	if (stat(index->journal_path, &status) < 0)
		return true; /* nothing was written yet */
	deadline(&until, timeout_ms);
	bool gone = access(index->database_path, F_OK) < 0;
	(void)pthread_mutex_lock(&index->lock);
	if (gone)
		index->offset = 0;
	index->poked = true;
	(void)pthread_cond_signal(&index->poke);
	while (!holds(index, &status) && r != ETIMEDOUT)
		r = pthread_cond_timedwait(&index->progress, &index->lock, &until);
	bool reached = holds(index, &status);
	(void)pthread_mutex_unlock(&index->lock);
	return reached;
}
