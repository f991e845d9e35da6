/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include "audit/journal.h"
#include "audit/line.h"
#include "audit/private.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/pulse.h"
#include "base/log.h"

#define COPY_BYTES ((size_t)64 * 1024)

struct Journal {
	int fd;
	_Atomic uint64_t next_id;
	_Atomic bool torn; /* the file does not end with a line feed */
	pthread_rwlock_t change; /* of `fd`: written while another file takes its place, read while a line is appended */
	char *path;
};

static Journal *fail(Journal *journal, const char *what, GError **error)
{
	bool busy = errno == EWOULDBLOCK;

	if (busy)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "another sentineld writes %s", journal->path);
	else
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "%s %s: %s", what, journal->path, g_strerror(errno));
	journal_close(journal);
	return NULL;
}

/* The highest id of the last records and whether the file ends within a line.  Looks back in steps. */
static void recover(Journal *journal, off_t size)
{
	g_autofree char *tail = g_malloc(LIMIT_RECORD_BYTES * 2);
	uint64_t last = 0;

	for (off_t end = size; end > 0 && !last;) {
		off_t start = MAX(end - (off_t)(LIMIT_RECORD_BYTES * 2), 0);
		ssize_t got = pread(journal->fd, tail, (size_t)(end - start), start);
		if (got <= 0)
			return;
		if (end == size)
			atomic_store(&journal->torn, tail[got - 1] != '\n');
		last = line_highest_id(tail, (size_t)got);
		end = start ? start + LIMIT_RECORD_BYTES : 0;
	}
	atomic_store(&journal->next_id, last + 1);
}

/* Opens the file and locks it.  -1: see errno. */
static int open_locked(const char *path)
{
	struct stat opened, named;
	int fd = private_open(path, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -1;
	bool good = fstat(fd, &opened) == 0;
	if (good && !S_ISREG(opened.st_mode)) {
		errno = EINVAL;
		good = false;
	}
	good = good && flock(fd, LOCK_EX | LOCK_NB) == 0 && fstatat(AT_FDCWD, path, &named, AT_SYMLINK_NOFOLLOW) == 0;
	if (good && named.st_ino != opened.st_ino) {
		errno = EWOULDBLOCK; /* its holder has just put another in its place */
		good = false;
	}
	int cause = errno;
	if (!good)
		(void)close(fd);
	errno = cause;
	return good ? fd : -1;
}

/* Whoever changes the file is not kept waiting by lines that never cease. */
static void init_change(pthread_rwlock_t *change)
{
	pthread_rwlockattr_t attributes;

	(void)pthread_rwlockattr_init(&attributes);
	(void)pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	(void)pthread_rwlock_init(change, &attributes);
	(void)pthread_rwlockattr_destroy(&attributes);
}

Journal *journal_open(const char *dir, GError **error)
{
	Journal *journal = g_new0(Journal, 1);
	struct stat status;

	journal->path = g_build_filename(dir, "audit.jsonl", NULL);
	init_change(&journal->change);
	atomic_init(&journal->next_id, 1);
	journal->fd = open_locked(journal->path);
	if (journal->fd < 0)
		return fail(journal, errno == EINVAL ? "this is not a regular file, move it away:" : "cannot open and lock the journal", error);
	if (fstat(journal->fd, &status) < 0)
		return fail(journal, "cannot read the journal", error);
	recover(journal, status.st_size);
	return journal;
}

void journal_close(Journal *journal)
{
	if (!journal)
		return;
	if (journal->fd >= 0)
		(void)close(journal->fd);
	(void)pthread_rwlock_destroy(&journal->change);
	g_free(journal->path);
	g_free(journal);
}

uint64_t journal_take_id(Journal *journal)
{
	return atomic_fetch_add_explicit(&journal->next_id, 1, memory_order_relaxed);
}

/* One write; behind a torn line it begins with the line feed that the line lacks. */
static int append(Journal *journal, const char *line, size_t length)
{
	static char feed[] = "\n";
	bool torn = atomic_load_explicit(&journal->torn, memory_order_relaxed);
	struct iovec parts[] = { { feed, 1 }, { (void *)(uintptr_t)line, length } };

	ssize_t wrote = writev(journal->fd, torn ? parts : parts + 1, torn ? 2 : 1);
	if (wrote == (ssize_t)(length + torn)) {
		if (torn)
			atomic_store(&journal->torn, false);
		return 0;
	}
	int cause = wrote < 0 ? -errno : -ENOSPC;
	if (wrote > 0)
		atomic_store(&journal->torn, wrote > torn);
	return cause;
}

int journal_append(Journal *journal, const char *line, size_t length)
{
	(void)pthread_rwlock_rdlock(&journal->change);
	int r = append(journal, line, length);
	(void)pthread_rwlock_unlock(&journal->change);
	return r;
}

/* A blank line: readers skip it. */
bool journal_probe(Journal *journal)
{
	(void)pthread_rwlock_rdlock(&journal->change);
	bool good = write(journal->fd, "\n", 1) == 1;
	(void)pthread_rwlock_unlock(&journal->change);
	if (good)
		atomic_store(&journal->torn, false);
	return good;
}

/* Up to what the journal holds now; returns where that was, or a negative errno. */
static int64_t copy_up(int from, int64_t at, int to)
{
	g_autofree char *piece = g_malloc(COPY_BYTES);
	struct stat status;

	if (fstat(from, &status) < 0)
		return -errno;
	while (at < status.st_size) {
		pulse_beat();
		ssize_t got = pread(from, piece, MIN(COPY_BYTES, (size_t)(status.st_size - at)), at);
		ssize_t wrote = got > 0 ? write(to, piece, (size_t)got) : -1;
		if (wrote <= 0)
			return got == 0 ? -EIO : -errno;
		at += wrote;
	}
	return at;
}

/* With nobody appending: the rest, and then the new file is the journal. */
static int change_to(Journal *journal, int fd, const char *path, int64_t at, const char *last, size_t length)
{
	struct iovec parts[] = { { (char[]){ '\n' }, 1 }, { (void *)(uintptr_t)last, length } };
	bool torn = atomic_load(&journal->torn);

	at = copy_up(journal->fd, at, fd);
	if (at < 0)
		return (int)at;
	ssize_t wrote = writev(fd, torn ? parts : parts + 1, torn ? 2 : 1);
	if (wrote != (ssize_t)(length + torn))
		return wrote < 0 ? -errno : -ENOSPC;
	if (rename(path, journal->path) < 0)
		return -errno;
	(void)close(journal->fd);
	journal->fd = fd;
	atomic_store(&journal->torn, false);
	return 0;
}

/* As readable as the old one. */
static int open_fresh(const Journal *journal, const char *path)
{
	struct stat status;

	(void)unlink(path);
	int fd = open_locked(path);
	if (fd >= 0 && fstat(journal->fd, &status) == 0 && (fchown(fd, (uid_t)-1, status.st_gid) < 0 || fchmod(fd, status.st_mode & 07777) < 0))
		log_debug("%s: %s", path, g_strerror(errno));
	return fd;
}

int journal_cut(Journal *journal, int64_t from, const char *last, size_t length)
{
	g_autofree char *path = g_strconcat(journal->path, ".new", NULL);
	int fd = open_fresh(journal, path);

	if (fd < 0)
		return -errno;
	int64_t at = copy_up(journal->fd, from, fd);
	int r = at < 0 ? (int)at : fdatasync(fd) < 0 ? -errno : 0;
	if (r == 0 && (at = copy_up(journal->fd, at, fd)) < 0) /* what came during that, so that little remains */
		r = (int)at;
	if (r == 0) {
		(void)pthread_rwlock_wrlock(&journal->change);
		r = change_to(journal, fd, path, at, last, length);
		(void)pthread_rwlock_unlock(&journal->change);
	}
	if (r == 0)
		return 0;
	(void)unlink(path);
	(void)close(fd);
	return r;
}
