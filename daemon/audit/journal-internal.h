/* SPDX-License-Identifier: MIT
 *
 * What the files of the journal share: journal.c appends, recover.c finds where it goes on,
 * rotate.c puts another file in its place.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include "audit/journal.h"
#include "audit/segment.h"

struct Journal {
	char *dir, *path;
	_Atomic uint64_t next_id;
	pthread_mutex_t lock; /* guards what follows; held while a line is appended */
	int fd;
	bool torn; /* the file does not end with a line feed */
	Chain chain;
	char *text; /* a line as it is written */
	SegmentHead head;
	size_t head_bytes;
	uint64_t named;    /* the number in the name of the newest finished file: names stand in the order of what is in them */
	uint64_t first_id; /* in this file; 0: none yet */
	int64_t first_us;  /* when that was written */
};

/* Opens or makes a file, locks it.  -1: see errno, EINVAL: this is no regular file. */
int journal_open_locked(const char *path);
/* Where it goes on.  False: see errno. */
bool journal_recover(Journal *journal);
/* With the lock.  0, or a negative errno. */
int journal_end_line(Journal *journal);
