/* SPDX-License-Identifier: MIT
 *
 * Room that is kept beside the journal: when the disk is full, what was denied for that reason is still written down.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/journal-internal.h"
#include "audit/private.h"
#include "base/limits.h"

#define RESERVE_NAME "audit.reserve"

static char *reserve_path(const Journal *journal)
{
	return g_build_filename(journal->dir, RESERVE_NAME, NULL);
}

bool journal_reserve(Journal *journal)
{
	g_autofree char *path = reserve_path(journal);
	struct stat status;

	if (journal->reserved)
		return true;
	int fd = private_open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool file = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
	journal->reserved = file && posix_fallocate(fd, 0, LIMIT_RESERVE_BYTES) == 0;
	(void)close(fd);
	if (file && !journal->reserved)
		(void)unlink(path);
	return journal->reserved;
}

/* Until it is kept again nothing but such denials is written. */
static bool release(Journal *journal)
{
	g_autofree char *path = reserve_path(journal);

	if (journal->spent)
		return true;
	journal->spent = journal->reserved && unlink(path) == 0;
	journal->reserved = false;
	return journal->spent;
}

int journal_append_last(Journal *journal, const char *line, size_t length)
{
	(void)pthread_mutex_lock(&journal->lock);
	int r = journal_put(journal, line, length);
	if ((r == -ENOSPC || r == -EDQUOT) && release(journal))
		r = journal_put(journal, line, length);
	(void)pthread_mutex_unlock(&journal->lock);
	return r;
}

bool journal_is_spent(Journal *journal)
{
	if (journal->spent && journal_reserve(journal))
		journal->spent = false;
	return journal->spent;
}

uint64_t journal_lent(Journal *journal)
{
	(void)pthread_mutex_lock(&journal->lock);
	uint64_t lent = journal->spent ? LIMIT_RESERVE_BYTES : 0;
	(void)pthread_mutex_unlock(&journal->lock);
	return lent;
}
