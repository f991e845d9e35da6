/* SPDX-License-Identifier: MIT
 *
 * The audit trail as the service holds it: the journal, its index, the grants that are written down in
 * it, and its health.  Main thread, but for the Ledger.
 */
#pragma once

#include "audit/writers.h"
#include "core/grant.h"
#include "core/ledger.h"
#include "core/status.h"

typedef struct Trail {
	const char *dir; /* borrowed */
	Status *status;
	bool private_instance; /* of the command line's: it decides nothing, and may be the second on one directory */
	AuditWriters writers; /* tried again every tick while there is no journal */
	Ledger ledger;
	GrantBook *grants;
	bool was_down, rotation_failed, index_failed; /* told once */
} Trail;

/* Whatever is wrong with the disk, the service starts. */
void trail_start(Trail *trail, const char *dir, Status *status, bool private_instance);
/* Each second: the journal comes back, and the log says so once.  True when the state has changed. */
bool trail_tick(Trail *trail);
void trail_stop(Trail *trail);
