/* SPDX-License-Identifier: MIT
 *
 * audit.db: an SQLite (WAL) index of the journal, filled by its own thread, which follows the file
 * from the offset that the database remembers; so a crash costs nothing, it just reads on.  The
 * journal is the truth: a lost or broken audit.db is built again.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

typedef struct Index Index;

/* Starts the thread on DIR/audit.jsonl and DIR/audit.db. */
Index *index_start(const char *dir, GError **error);
void index_stop(Index *index); /* reads what is left, but no more than a piece of 1 MiB; joins; NULL is accepted */
/* Waits until everything that was in the journal at the call is in the database; false after
 * `timeout_ms`.  Any thread but main. */
bool index_sync(Index *index, unsigned timeout_ms);
/* As index_sync(), of a trail that begins there, for one who wants to know how far it is: budget_report(). */
bool index_sync_from(Index *index, int64_t begin, unsigned timeout_ms);
/* The database is not what was written, or somebody wants a new one: it is made again from the trail.  Any thread. */
void index_doubt(void);
