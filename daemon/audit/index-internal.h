/* SPDX-License-Identifier: MIT
 *
 * What the files of the index share: index.c is its thread, and who waits for it; follow.c what that does at each look.
 */
#pragma once

#include <pthread.h>
#include "audit/database.h"
#include "audit/index.h"
#include "audit/walk.h"

struct Index {
	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows; not held while rows are written */
	pthread_cond_t poke, progress;
	bool stopping, poked;
	int64_t position;       /* of the trail, indexed so far */
	uint64_t asked, serves; /* waits that were begun; the last of them that was there when this look at the files began */
	/* the thread's own: */
	Database database;
	char *dir, *database_path;
	TrailWalk *walk, *words; /* the second one follows the first, with less haste */
	int64_t words_due_us;
	ino_t database_inode;
	Arena *arena;
	bool complained;
	uint64_t broken; /* lines that are no record, since they were told of */
	char *damaged;   /* a file of which something was left out; NULL: none, or it was told */
	int64_t broken_due_us;
};

/* follow.c.  Whether a new one is wanted that was not begun yet.  Any thread. */
bool index_is_doubted(void);
/* On the thread. */
bool index_open_database(Index *index, GError **error);
/* Reads on from where it was; what fails is tried again at the next tick, and a stop waits for no more than one piece: the rest is read
 * after the next start. */
void index_catch_up(Index *index, uint64_t serves);
/* What nobody waits for, a piece at a time.  True: there is more. */
bool index_work_behind(Index *index);

/* index.c */
void index_set_progress(Index *index, uint64_t serves);
bool index_is_stopping(Index *index);
