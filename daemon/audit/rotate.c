/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/journal-internal.h"
#include "audit/line.h"
#include "base/log.h"
#include "base/pulse.h"

#define COPY_BYTES ((size_t)64 * 1024)
#define CUT_NAME "audit.cut" /* what remains of the file that a removal ends in */

/* A new file that is as readable as the old one, with its head. */
static int open_fresh(const Journal *journal, const char *path, const SegmentHead *head)
{
	g_autofree char *text = segment_head_format(head);
	struct stat status;

	(void)unlink(path);
	int fd = journal_open_locked(path);
	if (fd < 0)
		return -errno;
	if (fstat(journal->fd, &status) == 0 && (fchown(fd, (uid_t)-1, status.st_gid) < 0 || fchmod(fd, status.st_mode & 07777) < 0))
		log_debug("%s: %s", path, g_strerror(errno));
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
	struct stat status;
	int r = journal_end_line(journal);

	if (r < 0)
		return r;
	if (fstat(journal->fd, &status) < 0)
		return -errno;
	const SegmentHead head = { journal->head.position + status.st_size - (int64_t)journal->head_bytes, journal->chain };
	int fd = open_fresh(journal, path, &head);
	if (fd < 0)
		return fd;
	r = change_names(journal, path);
	if (r < 0) {
		(void)unlink(path);
		(void)close(fd);
		return r;
	}
	(void)close(journal->fd);
	journal->fd = fd;
	journal->head = head;
	(void)segment_read_head(fd, &journal->head, &journal->head_bytes);
	journal->first_id = 0;
	return 0;
}

int journal_rotate(Journal *journal)
{
	g_autofree char *path = g_strconcat(journal->path, ".new", NULL);

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

/* From `position` on into the file `fd`; the first id there, 0: there is no record. */
static int copy_rest(const Segment *from, int64_t position, int fd, uint64_t *ret_first)
{
	g_autofree char *piece = g_malloc(COPY_BYTES);
	int64_t end = segment_end(from);
	bool first = true;

	while (position < end) {
		pulse_beat();
		ssize_t got = segment_read(from, piece, MIN(COPY_BYTES, (size_t)(end - position)), position);
		ssize_t wrote = got > 0 ? write(fd, piece, (size_t)got) : -1;
		if (wrote <= 0)
			return got == 0 ? -EIO : -errno;
		if (first)
			*ret_first = line_id(piece, (size_t)got);
		first = false;
		position += wrote;
	}
	return fdatasync(fd) < 0 ? -errno : 0;
}

/* A removal, of which nothing is to be seen until its record is written. */
typedef struct Cut {
	GPtrArray *old; /* names of the files that go */
	char *rest;     /* the path of what remains of the last one; NULL: nothing */
	uint64_t first_id;
} Cut;

static int cut_one(const Journal *journal, const Segment *segment, const JournalPlace *place, Cut *cut)
{
	const SegmentHead head = { place->position, place->chain };
	char *path = g_build_filename(journal->dir, CUT_NAME, NULL);
	int fd = open_fresh(journal, path, &head);

	if (fd < 0) {
		g_free(path);
		return fd;
	}
	cut->rest = path;
	int r = copy_rest(segment, place->position, fd, &cut->first_id);
	(void)close(fd);
	return r;
}

static int find_old(const Journal *journal, const JournalPlace *place, Cut *cut)
{
	int cause = 0, r = 0;
	g_autoptr(GPtrArray) names = segment_list(journal->dir, &cause);

	if (!names)
		return -cause;
	for (guint i = 0; r == 0 && i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		g_autoptr(Segment) segment = segment_open(journal->dir, name, &cause);
		if (!segment)
			return -cause;
		if (segment->head.position >= place->position || !strcmp(name, SEGMENT_ACTIVE))
			break;
		if (segment_end(segment) > place->position)
			r = cut_one(journal, segment, place, cut);
		g_ptr_array_add(cut->old, g_strdup(name));
	}
	return r;
}

/* What remains has its name before the others lose theirs: who looks meanwhile misses nothing. */
static void finish(const Journal *journal, const Cut *cut)
{
	if (cut->rest) {
		g_autofree char *name = segment_name(cut->first_id), *path = g_build_filename(journal->dir, name, NULL);
		if (rename(cut->rest, path) < 0)
			log_error("cannot give %s its name %s: %s", cut->rest, path, g_strerror(errno));
	}
	for (guint i = 0; i < cut->old->len; i++) {
		g_autofree char *path = g_build_filename(journal->dir, g_ptr_array_index(cut->old, i), NULL);
		if (unlink(path) < 0)
			log_warning("cannot remove %s: %s", path, g_strerror(errno));
	}
}

int journal_cut(Journal *journal, const JournalPlace *place, const char *last, size_t length)
{
	g_autoptr(GPtrArray) old = g_ptr_array_new_with_free_func(g_free);
	Cut cut = { .old = old };
	int r = 0;

	if (place->position > journal->head.position)
		r = journal_rotate(journal);
	if (r == 0)
		r = find_old(journal, place, &cut);
	if (r == 0)
		r = journal_append(journal, last, length);
	if (r == 0)
		finish(journal, &cut);
	else if (cut.rest)
		(void)unlink(cut.rest);
	g_free(cut.rest);
	return r;
}
