/* SPDX-License-Identifier: MIT
 *
 * What the files of the journal share: journal.c appends, recover.c finds where it goes on,
 * rotate.c puts another file in its place, restore.c sees to it that its name stands for it.
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
	dev_t device;
	ino_t inode;
	off_t size; /* as we have written it */
	bool reserved, spent; /* reserve.c: it is kept; it was given up */
	bool durable, settling; /* settling: a thread syncs, without the lock */
	uint64_t written, settled; /* lines; settled: on the disk */
	pthread_cond_t settle;
	JournalGap gap;
	int64_t restore_due_us;
	int restore_cause; /* a negative errno */
	bool torn; /* the file does not end with a line feed */
	Chain chain;
	char *text; /* a line as it is written */
	SegmentHead head;
	size_t head_bytes;
	uint64_t named;    /* the number in the name of the newest finished file: names stand in the order of what is in them */
	uint64_t first_id; /* in this file; 0: none yet */
	int64_t first_us;  /* when that was written */
	pthread_mutex_t names; /* held while finished files lose or change their names: a removal, and one that was packed; taken before `lock` */
};

/* Opens or makes a file, locks it.  -1: see errno, EINVAL: this is no regular file. */
int journal_open_locked(const char *path);
/* Where it goes on.  False: see errno. */
bool journal_recover(Journal *journal);
/* Where its file begins.  False: see errno. */
bool journal_read_head(Journal *journal);
/* With the lock.  0, or a negative errno. */
int journal_end_line(Journal *journal);

/* restore.c, with the lock. */
/* Before each write: 0, or a negative errno: what is written now would be in no file of the trail. */
int journal_check(Journal *journal);
/* From now on this one is written.  False: see errno. */
bool journal_adopt(Journal *journal, int fd);
/* The file and its name are on the disk.  False: see errno. */
bool journal_sync_names(const Journal *journal);
/* A new file at `path`, locked, as readable as the one that is written; or a negative errno. */
int journal_open_copy(const Journal *journal, const char *path);
/* The same with a head. */
int journal_open_fresh(const Journal *journal, const char *path, const SegmentHead *head);
/* What stands in its text from `at` to `end`.  0, or a negative errno. */
int journal_copy(const Segment *from, off_t at, off_t end, int to);

/* One line, also into the room that was kept.  0, or a negative errno. */
int journal_put(Journal *journal, const char *line, size_t length);
/* reserve.c, with the lock: keeps it, if there is room. */
bool journal_reserve(Journal *journal);
/* Whether it was given up, and cannot be kept again yet. */
bool journal_is_spent(Journal *journal);

/* cut.c, at the start: a removal that was ended between two steps is finished, or nothing of it is left. */
void journal_cut_resume(Journal *journal);
