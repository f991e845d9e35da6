/* SPDX-License-Identifier: MIT
 *
 * The journal's file while it is written: whether its name still stands for it.  One that was removed, renamed or exchanged is written
 * again from what the open descriptor holds, so that nothing is lost and ids, places and the chain go on.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/index.h"
#include "audit/journal-internal.h"
#include "audit/line.h"
#include "audit/private.h"
#include "base/log.h"
#include "base/pulse.h"

#define COPY_BYTES ((size_t)1024 * 1024)
#define RETRY_US G_USEC_PER_SEC /* after it could not be written again: each try may copy a whole file */

int journal_copy(const Segment *from, off_t at, off_t end, int to)
{
	g_autofree char *piece = g_malloc(COPY_BYTES);

	while (at < end) {
		pulse_beat();
		ssize_t got = segment_read_text(from, piece, MIN(COPY_BYTES, (size_t)(end - at)), at);
		ssize_t wrote = got > 0 ? write(to, piece, (size_t)got) : -1;
		if (wrote <= 0)
			return got == 0 ? -EIO : -errno;
		at += wrote;
	}
	return 0;
}

bool journal_sync_names(const Journal *journal)
{
	int dir = open(journal->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = dir >= 0 && fdatasync(journal->fd) == 0 && fsync(dir) == 0;

	if (dir >= 0)
		(void)close(dir);
	return good;
}

bool journal_adopt(Journal *journal, int fd)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return false;
	journal->fd = fd;
	journal->device = status.st_dev;
	journal->inode = status.st_ino;
	journal->size = status.st_size;
	return !journal->durable || journal_sync_names(journal);
}

int journal_open_copy(const Journal *journal, const char *path)
{
	struct stat status;

	(void)unlink(path);
	int fd = journal_open_locked(path);
	if (fd < 0)
		return -errno;
	/* As readable as the other one. */
	if (fstat(journal->fd, &status) == 0 && (fchown(fd, (uid_t)-1, status.st_gid) < 0 || fchmod(fd, status.st_mode & 07777) < 0))
		log_debug("%s: %s", path, g_strerror(errno));
	return fd;
}

/* What stands in its place is not ours: kept for who wants to know, unless somebody writes it, or nothing is in it. */
static int set_aside(const Journal *journal, const struct stat *status)
{
	if (S_ISREG(status->st_mode)) {
		int fd = open(journal->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		int r = fd < 0 ? -errno : flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
		if (fd >= 0)
			(void)close(fd);
		if (r < 0 || !status->st_size)
			return r;
	}
	g_autofree char *aside = g_strdup_printf("%s.found-%" G_GINT64_FORMAT, journal->path, g_get_real_time());
	return renameat2(AT_FDCWD, journal->path, AT_FDCWD, aside, RENAME_NOREPLACE) < 0 ? -errno : 0;
}

static int write_again(Journal *journal, const char *path)
{
	int fd = journal_open_copy(journal, path), old = journal->fd;
	struct stat status;

	if (fd < 0)
		return fd;
	int r = fstat(old, &status) < 0 ? -errno : journal_copy(&(Segment){ .fd = old }, 0, status.st_size, fd);
	if (r == 0 && rename(path, journal->path) < 0)
		r = -errno;
	if (r == 0 && !journal_adopt(journal, fd))
		r = -errno;
	if (r < 0) {
		(void)unlink(path);
		(void)close(fd);
		return r;
	}
	(void)close(old);
	return 0;
}

static int restore(Journal *journal, const struct stat *found)
{
	g_autofree char *path = g_build_filename(journal->dir, SEGMENT_FRESH, NULL);
	const int64_t now = g_get_monotonic_time();

	if (now < journal->restore_due_us)
		return journal->restore_cause;
	int r = found ? set_aside(journal, found) : 0;
	if (r == 0)
		r = write_again(journal, path);
	journal->restore_cause = r;
	journal->restore_due_us = r < 0 ? now + RETRY_US : 0;
	journal->gap.restored += r == 0;
	return r;
}

/* The line that says where the file begins went with the rest. */
static bool put_head(Journal *journal)
{
	g_autofree char *text = segment_head_format(&journal->head);
	const ssize_t length = (ssize_t)journal->head_bytes;

	return ftruncate(journal->fd, 0) == 0 && write(journal->fd, text, (size_t)length) == length;
}

/* What was added may have numbers that would be given out: they are taken. */
static void note_ids(Journal *journal, off_t size)
{
	const size_t length = (size_t)MIN(size - journal->size, (off_t)COPY_BYTES);
	g_autofree char *text = g_malloc(length);
	ssize_t got = pread(journal->fd, text, length, size - (off_t)length);
	uint64_t highest = got > 0 ? audit_line_highest_id(text, (size_t)got) : 0;

	if (highest >= atomic_load(&journal->next_id))
		atomic_store(&journal->next_id, highest + 1);
}

/* Somebody else has made it shorter or longer.  The chain goes on as it was: verification finds the place. */
static int accept_size(Journal *journal, off_t size)
{
	char last = '\n';

	if (size < journal->size) {
		journal->gap.cut++;
		index_doubt();
	} else {
		journal->gap.grown++;
		note_ids(journal, size);
	}
	if (size < (off_t)journal->head_bytes) {
		if (!put_head(journal))
			return -errno;
		size = (off_t)journal->head_bytes;
	}
	if (size > 0 && pread(journal->fd, &last, 1, size - 1) != 1)
		return -EIO;
	journal->torn = last != '\n';
	journal->size = size;
	return 0;
}

int journal_check(Journal *journal)
{
	struct stat named;

	if (fstatat(AT_FDCWD, journal->path, &named, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? restore(journal, NULL) : -errno;
	if (named.st_dev != journal->device || named.st_ino != journal->inode)
		return restore(journal, &named);
	return named.st_size == journal->size ? 0 : accept_size(journal, named.st_size);
}

JournalGap journal_look(Journal *journal)
{
	(void)pthread_mutex_lock(&journal->lock);
	journal->gap.cause = -journal_check(journal);
	if (!journal->spent)
		(void)journal_reserve(journal);
	const JournalGap gap = journal->gap;
	journal->gap = (JournalGap){ 0 };
	(void)pthread_mutex_unlock(&journal->lock);
	return gap;
}
