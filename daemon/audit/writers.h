/* SPDX-License-Identifier: MIT
 *
 * Who writes one audit directory.  The service's trail sets them on the main thread, when the disk lets it; they stay until the end.
 */
#pragma once

#include <stdatomic.h>
#include "audit/index.h"
#include "audit/journal.h"

typedef struct AuditWriters {
	_Atomic(Journal *) journal; /* NULL: another instance has it, or the disk says no */
	_Atomic(Index *) index;     /* NULL: this instance does not write the index */
} AuditWriters;

/* Any thread. */
static inline Journal *writers_journal(const AuditWriters *writers)
{
	return atomic_load(&writers->journal);
}

static inline Index *writers_index(const AuditWriters *writers)
{
	return atomic_load(&writers->index);
}
