/* SPDX-License-Identifier: MIT
 *
 * The trail is sealed (audit/seals.h) each `audit.seal_interval` and when the service stops, where the service's log goes to the system's
 * journal.  Main thread.
 */
#pragma once

#include "audit/writers.h"

typedef struct Sealing {
	const AuditWriters *writers; /* NULL: nothing is sealed here */
	const char *dir;
	int64_t due_us; /* monotonic */
	unsigned interval_s;
	bool complained;
} Sealing;

void sealing_start(Sealing *sealing, const AuditWriters *writers, const char *dir);
void sealing_set_interval(Sealing *sealing, unsigned interval_s);
/* Each second. */
void sealing_tick(Sealing *sealing);
/* After the last line. */
void sealing_stop(Sealing *sealing);
