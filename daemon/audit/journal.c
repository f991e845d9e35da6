/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/journal-internal.h"
#include "audit/line.h"
#include "audit/private.h"
#include "base/error.h"
#include "base/limits.h"

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

int journal_open_locked(const char *path)
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

Journal *journal_open(const char *dir, GError **error)
{
	Journal *journal = g_new0(Journal, 1);

	journal->path = g_build_filename(dir, "audit.jsonl", NULL);
	journal->dir = g_strdup(dir);
	journal->text = g_malloc(1 + LIMIT_RECORD_BYTES + CHAIN_TAIL_BYTES);
	(void)pthread_mutex_init(&journal->lock, NULL);
	(void)pthread_mutex_init(&journal->names, NULL);
	(void)pthread_cond_init(&journal->settle, NULL);
	atomic_init(&journal->next_id, 1);
	int fd = journal->fd = journal_open_locked(journal->path);
	if (fd < 0)
		return fail(journal, errno == EINVAL ? "this is not a regular file, move it away:" : "cannot open and lock the journal", error);
	if (!journal_recover(journal) || !journal_adopt(journal, fd))
		return fail(journal, errno == ERANGE ? "its last record leaves no number for another one, so it was changed; move it away:" : "cannot read the journal", error);
	journal_cut_resume(journal);
	(void)journal_reserve(journal);
	return journal;
}

void journal_close(Journal *journal)
{
	if (!journal)
		return;
	if (journal->fd >= 0)
		(void)close(journal->fd);
	(void)pthread_mutex_destroy(&journal->lock);
	(void)pthread_mutex_destroy(&journal->names);
	(void)pthread_cond_destroy(&journal->settle);
	g_free(journal->path);
	chain_clear(&journal->chain);
	g_free(journal->dir);
	g_free(journal->text);
	g_free(journal);
}

uint64_t journal_take_id(Journal *journal)
{
	return atomic_fetch_add_explicit(&journal->next_id, 1, memory_order_relaxed);
}

/* What a write has left of a line behind the line feed that ended a torn one. */
static void note_torn(Journal *journal, const char *text, size_t length)
{
	journal->torn = length > 0;
	if (length)
		chain_line(&journal->chain, text, length);
}

/* One write; behind a torn line it begins with the line feed that the line lacks. */
int journal_put(Journal *journal, const char *line, size_t length)
{
	size_t torn;

	if (length > LIMIT_RECORD_BYTES)
		return -EMSGSIZE;
	int r = journal_check(journal);
	if (r < 0)
		return r;
	torn = journal->torn;
	journal->text[0] = '\n';
	char *text = journal->text + 1;
	size_t linked = chain_link(&journal->chain, line, length, text);
	ssize_t wrote = write(journal->fd, text - torn, linked + torn);
	journal->size += MAX(wrote, 0);
	if (wrote == (ssize_t)(linked + torn)) {
		journal->torn = false;
		if (linked > length)
			chain_whole(&journal->chain, text, linked - 1);
		else
			chain_line(&journal->chain, text, linked - 1);
		if (!journal->first_id) {
			journal->first_id = audit_line_id(line, length);
			journal->first_us = g_get_real_time();
		}
		return 0;
	}
	int cause = wrote < 0 ? -errno : -ENOSPC;
	if (wrote > 0)
		note_torn(journal, text, (size_t)wrote - torn);
	return cause;
}

void journal_set_durable(Journal *journal, bool durable)
{
	(void)pthread_mutex_lock(&journal->lock);
	if (durable && !journal->durable)
		(void)journal_sync_names(journal); /* what fails here fails again with the next line */
	journal->durable = durable;
	(void)pthread_mutex_unlock(&journal->lock);
}

/* What was written up to now.  The lock is not held while the disk works: others write meanwhile, and one sync is good for all of them. */
static int settle(Journal *journal)
{
	uint64_t mine = journal->written;
	int r = 0;

	while (journal->settled < mine && r == 0) {
		if (journal->settling) {
			(void)pthread_cond_wait(&journal->settle, &journal->lock);
			continue;
		}
		uint64_t until = journal->written;
		int fd = fcntl(journal->fd, F_DUPFD_CLOEXEC, 3); /* a rotation may close the other */
		journal->settling = true;
		(void)pthread_mutex_unlock(&journal->lock);
		r = fd < 0 || fdatasync(fd) < 0 ? -errno : 0;
		if (fd >= 0)
			(void)close(fd);
		(void)pthread_mutex_lock(&journal->lock);
		journal->settling = false;
		if (r == 0)
			journal->settled = MAX(journal->settled, until);
		(void)pthread_cond_broadcast(&journal->settle);
	}
	return r;
}

int journal_append(Journal *journal, const char *line, size_t length)
{
	(void)pthread_mutex_lock(&journal->lock);
	int r = journal->spent ? -ENOSPC : journal_put(journal, line, length);
	journal->written++;
	if (r == 0 && journal->durable)
		r = settle(journal);
	(void)pthread_mutex_unlock(&journal->lock);
	return r;
}

bool journal_end(Journal *journal, JournalPlace *ret, uint64_t *ret_id)
{
	struct stat status;

	(void)pthread_mutex_lock(&journal->lock);
	bool good = !journal->torn && fstat(journal->fd, &status) == 0;
	if (good)
		*ret = (JournalPlace){ journal->head.position + status.st_size - (int64_t)journal->head_bytes, journal->chain };
	*ret_id = atomic_load(&journal->next_id) - 1;
	(void)pthread_mutex_unlock(&journal->lock);
	return good && ret->position > 0;
}

int journal_end_line(Journal *journal)
{
	ssize_t wrote = journal->torn ? write(journal->fd, "\n", 1) : 1;

	if (wrote != 1)
		return wrote < 0 ? -errno : -ENOSPC;
	journal->size += journal->torn;
	journal->torn = false;
	return 0;
}

/* A blank line: readers skip it. */
bool journal_probe(Journal *journal)
{
	(void)pthread_mutex_lock(&journal->lock);
	bool good = !journal_is_spent(journal) && journal_check(journal) == 0 && write(journal->fd, "\n", 1) == 1;
	journal->size += good;
	if (good && !journal->torn)
		chain_torn(&journal->chain, "", 0);
	if (good)
		journal->torn = false;
	(void)pthread_mutex_unlock(&journal->lock);
	return good;
}
