/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/journal-internal.h"

int journal_open_fresh(const Journal *journal, const char *path, const SegmentHead *head)
{
	g_autofree char *text = segment_head_format(head);
	int fd = journal_open_copy(journal, path);

	if (fd < 0)
		return fd;
	ssize_t wrote = write(fd, text, strlen(text));
	if (wrote == (ssize_t)strlen(text))
		return fd;
	int r = wrote < 0 ? -errno : -ENOSPC;
	(void)unlink(path);
	(void)close(fd);
	return r;
}

/* The old file gets its name before the new one takes its place: there is a journal at every moment. */
static int change_names(Journal *journal, const char *fresh)
{
	uint64_t number = MAX(journal->first_id, journal->named + 1); /* threads write neighbours in any order */
	g_autofree char *name = segment_name(number), *finished = g_build_filename(journal->dir, name, NULL);

	if (link(journal->path, finished) < 0 && !(errno == EEXIST && segment_same_file(AT_FDCWD, journal->path, finished)))
		return -errno;
	if (rename(fresh, journal->path) == 0) {
		journal->named = number;
		return 0;
	}
	int r = -errno;
	(void)unlink(finished);
	return r;
}

/* With the lock. */
static int rotate(Journal *journal, const char *path)
{
	int r = journal_check(journal);

	if (r == 0)
		r = journal_end_line(journal);
	if (r == 0 && journal->durable && fdatasync(journal->fd) < 0)
		r = -errno; /* who waits for a sync waits for the new file's */
	if (r < 0)
		return r;
	const SegmentHead head = { journal->head.position + journal->size - (int64_t)journal->head_bytes, journal->chain };
	int fd = journal_open_fresh(journal, path, &head);
	if (fd < 0)
		return fd;
	int old = journal->fd;
	r = change_names(journal, path);
	if (r == 0 && !journal_adopt(journal, fd))
		r = -errno;
	if (r < 0) {
		(void)unlink(path);
		(void)close(fd);
		return r;
	}
	(void)close(old);
	(void)journal_read_head(journal);
	journal->first_id = 0;
	return 0;
}

int journal_rotate(Journal *journal)
{
	g_autofree char *path = g_build_filename(journal->dir, SEGMENT_FRESH, NULL);

	(void)pthread_mutex_lock(&journal->lock);
	int r = journal->first_id ? rotate(journal, path) : 0;
	(void)pthread_mutex_unlock(&journal->lock);
	return r;
}

bool journal_is_due(Journal *journal, int64_t bytes, int64_t age_us)
{
	struct stat status;

	(void)pthread_mutex_lock(&journal->lock);
	bool due = journal->first_id && fstat(journal->fd, &status) == 0 &&
		(status.st_size >= bytes || g_get_real_time() - journal->first_us >= age_us);
	(void)pthread_mutex_unlock(&journal->lock);
	return due;
}
