/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/journal-internal.h"
#include "audit/line.h"
#include "base/limits.h"

#define TAIL_BYTES (2 * (off_t)LIMIT_RECORD_BYTES) /* holds a whole record wherever it begins in the first half */

/* The highest id of the last records of a file.  Looks back in steps.  False: see errno. */
static bool find_last(int fd, off_t size, uint64_t *ret_id)
{
	g_autofree char *tail = g_malloc(TAIL_BYTES);

	*ret_id = 0;
	for (off_t end = size; end > 0 && !*ret_id;) {
		off_t start = MAX(end - TAIL_BYTES, 0);
		ssize_t got = pread(fd, tail, (size_t)(end - start), start);
		if (got != end - start) {
			errno = got < 0 ? errno : EIO;
			return false;
		}
		*ret_id = line_highest_id(tail, (size_t)got);
		end = start ? start + LIMIT_RECORD_BYTES : 0;
	}
	return true;
}

/* The id of the first record of the file. */
static bool find_first(const Journal *journal, off_t size, uint64_t *ret_id)
{
	g_autofree char *text = g_malloc(TAIL_BYTES);
	ssize_t got;

	*ret_id = 0;
	for (off_t at = (off_t)journal->head_bytes; at < size && !*ret_id;) {
		if ((got = pread(journal->fd, text, TAIL_BYTES, at)) <= 0)
			return got == 0;
		const char *feed = memchr(text, '\n', (size_t)got);
		*ret_id = line_id(text, (size_t)got);
		at += feed ? feed - text + 1 : got;
	}
	return true;
}

/* The last id of the finished files, newest first, and where the newest ends. */
static bool look_at_finished(const Journal *journal, uint64_t *ret_id, int64_t *ret_end)
{
	int cause = 0;
	g_autoptr(GPtrArray) names = segment_list(journal->dir, &cause);
	struct stat status;

	*ret_id = 0;
	*ret_end = 0;
	errno = cause;
	for (guint i = names ? names->len : 0; i-- > 0 && !*ret_id;) {
		const char *name = g_ptr_array_index(names, i);
		if (!strcmp(name, SEGMENT_ACTIVE))
			continue;
		g_autoptr(Segment) segment = segment_open(journal->dir, name, &errno);
		if (!segment || fstat(segment->fd, &status) < 0 || !find_last(segment->fd, status.st_size, ret_id))
			return false;
		*ret_end = MAX(*ret_end, segment_end(segment));
	}
	return names != NULL;
}

/* A new journal beside files of an older one goes on where they end. */
static bool begin(Journal *journal, int64_t end)
{
	const SegmentHead head = { end, g_get_real_time() };
	g_autofree char *text = segment_head_format(&head);

	if (!end)
		return true;
	ssize_t wrote = write(journal->fd, text, strlen(text));
	if (wrote == (ssize_t)strlen(text))
		return segment_read_head(journal->fd, &journal->head, &journal->head_bytes);
	int cause = wrote < 0 ? errno : ENOSPC;
	if (ftruncate(journal->fd, 0) < 0)
		cause = errno;
	errno = cause;
	return false;
}

bool journal_recover(Journal *journal)
{
	uint64_t last = 0;
	int64_t end = 0;
	struct stat status;
	char feed;

	if (fstat(journal->fd, &status) < 0 || !segment_read_head(journal->fd, &journal->head, &journal->head_bytes) ||
		!find_last(journal->fd, status.st_size, &last) || !find_first(journal, status.st_size, &journal->first_id))
		return false;
	if (status.st_size && pread(journal->fd, &feed, 1, status.st_size - 1) != 1)
		return false;
	journal->torn = status.st_size && feed != '\n';
	if (!last && !look_at_finished(journal, &last, &end))
		return false;
	atomic_store(&journal->next_id, last + 1);
	return status.st_size || begin(journal, end);
}
