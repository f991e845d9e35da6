/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include "audit/journal.h"
#include "audit/line.h"
#include "base/error.h"
#include "base/limits.h"

struct Journal {
	int fd;
	_Atomic uint64_t next_id;
	_Atomic bool torn; /* the file does not end with a line feed */
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

Journal *journal_open(const char *dir, GError **error)
{
	Journal *journal = g_new0(Journal, 1);
	struct stat status;

	journal->path = g_build_filename(dir, "audit.jsonl", NULL);
	atomic_init(&journal->next_id, 1);
	journal->fd = open(journal->path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640);
	if (journal->fd < 0)
		return fail(journal, "cannot open the journal", error);
	if (fstat(journal->fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		errno = EINVAL;
		return fail(journal, "this is not a regular file, move it away:", error);
	}
	if (flock(journal->fd, LOCK_EX | LOCK_NB) < 0)
		return fail(journal, "cannot lock the journal", error);
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
	g_free(journal->path);
	g_free(journal);
}

uint64_t journal_take_id(Journal *journal)
{
	return atomic_fetch_add_explicit(&journal->next_id, 1, memory_order_relaxed);
}

/* One write; behind a torn line it begins with the line feed that the line lacks. */
int journal_append(Journal *journal, const char *line, size_t length)
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

/* A blank line: readers skip it. */
bool journal_probe(Journal *journal)
{
	if (write(journal->fd, "\n", 1) != 1)
		return false;
	atomic_store(&journal->torn, false);
	return true;
}
