/* SPDX-License-Identifier: MIT
 *
 * audit.jsonl, the journal of record: one line a decision, appended with one write(2) to an
 * O_APPEND descriptor before the answer goes out.  A write that the disk cut short is ended by a
 * line feed before the next line, so that one torn line never spoils another; readers skip it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>
#include "audit/chain.h"

typedef struct Journal Journal;

/* The beginning of a line, and what the chain is there. */
typedef struct JournalPlace {
	int64_t position;
	Chain chain;
} JournalPlace;

/* Opens or creates DIR/audit.jsonl (0640) and takes its lock (flock).  The next id continues from the
 * last whole line.  SENTINEL_ERROR_BUSY: another instance writes it. */
Journal *journal_open(const char *dir, GError **error);
void journal_close(Journal *journal); /* NULL is accepted */

/* Any thread. */
uint64_t journal_take_id(Journal *journal);
/* The line as core/record.h makes it; it is written as the next one of the chain.  0, or a negative errno: it is not (wholly) on disk. */
int journal_append(Journal *journal, const char *line, size_t length);
/* The same of a line that says that another one could not be written: when the disk is full it takes the room that is kept for that
 * (LIMIT_RESERVE_BYTES); until there is so much again, only such lines are written. */
int journal_append_last(Journal *journal, const char *line, size_t length);
/* Of the room that the disk seems to have: what was given up for such lines, and is taken back first.  Bytes; any thread. */
uint64_t journal_lent(Journal *journal);
/* Whether a line must be on the disk (fdatasync) before an append says that it is.  Any thread. */
void journal_set_durable(Journal *journal, bool durable);
/* True when an append would have room again; tries it without leaving anything behind in the file's records.  Any thread. */
bool journal_probe(Journal *journal);
/* What others have done to the file since the last look. */
typedef struct JournalGap {
	unsigned restored; /* it was removed, renamed or exchanged, and was written again: nothing is missing */
	unsigned cut;      /* it was made shorter: records are missing */
	unsigned grown;    /* what is no line of ours was added */
	int cause;         /* an errno: it is not there and cannot be written again; 0: it is there */
} JournalGap;
/* Looks after the file, and says what was found, here or by an append.  Any thread. */
JournalGap journal_look(Journal *journal);
/* Where it ends now, behind which record about.  False: not with a whole line.  Any thread. */
bool journal_end(Journal *journal, JournalPlace *ret, uint64_t *ret_id);
/* The file is put away under the name of its first id and another one goes on.  One without a record stays.  0, or a negative errno:
 * then it is written on.  Any thread. */
int journal_rotate(Journal *journal);
/* True when the file has so many bytes, or is so old. */
bool journal_is_due(Journal *journal, int64_t bytes, int64_t age_us);
/* Removes what stands before `place` and writes `last`, which says so; nothing is removed before that is written.
 * Appends go on meanwhile.  0, or a negative errno: then nothing is removed.  Worker thread. */
int journal_cut(Journal *journal, const JournalPlace *place, const char *last, size_t length);
