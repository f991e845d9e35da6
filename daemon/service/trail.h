/* SPDX-License-Identifier: MIT
 *
 * The audit trail as the service holds it: the journal, its index, the grants that are written down in
 * it, and its health.  Main thread, but for the Ledger.
 */
#pragma once

#include <stdatomic.h>
#include "audit/writers.h"
#include "base/worker.h"
#include "core/config.h"
#include "core/folds.h"
#include "core/grant.h"
#include "core/ledger.h"
#include "core/status.h"

typedef struct Trail {
	const char *dir; /* borrowed */
	Status *status;
	bool private_instance; /* of the command line's: it decides nothing, and may be the second on one directory */
	AuditWriters writers; /* tried again every tick while there is no journal */
	Ledger ledger;
	Folds *folds; /* NULL: a private instance */
	GrantBook *grants;
	AuditSettings settings;
	Worker *writer; /* NULL: nothing is removed by itself */
	Worker *packer; /* NULL: nothing is packed */
	int64_t retention_due_us, disk_due_us, pack_due_us;
	bool retaining, packing; /* one is under way */
	atomic_bool ending;      /* what is under way, and can be done again, is given up */
	bool was_down, rotation_failed, index_failed, retention_failed, packing_failed; /* told once */
} Trail;

/* Whatever is wrong with the disk, the service starts. */
void trail_start(Trail *trail, const char *dir, Status *status, bool private_instance);
/* The configuration has changed, or is there for the first time; what is removed by age and size is removed on `writer`, finished files are
 * packed on `packer`. */
void trail_configure(Trail *trail, const AuditSettings *settings, Worker *writer, Worker *packer);
/* Each second: the journal comes back, and the log says so once.  True when the state has changed. */
bool trail_tick(Trail *trail);
/* The last reads that were counted; nobody adds any more. */
void trail_settle(Trail *trail);
void trail_stop(Trail *trail);
/* trail-retain.c: files that are too old or too many go, now and then. */
void trail_retain(Trail *trail, Journal *journal);
/* trail-pack.c: finished files are packed, one after the other. */
void trail_pack(Trail *trail, Journal *journal);
/* No more of it; what is under way is left as it was. */
void trail_give_up_packing(Trail *trail);
/* trail-disk.c: whether its disk is nearly full, now and then.  True: that has changed. */
bool trail_look_at_disk(Trail *trail);
