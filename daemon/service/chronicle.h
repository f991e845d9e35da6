/* SPDX-License-Identifier: MIT
 *
 * What happens to the service itself, in the audit trail (core/audit-event.h): its start and stop, what is in force, whether the trail
 * can be written.  What cannot be written now is written with its own time as soon as it can be, and nothing else is allowed meanwhile that
 * changes something (Status.audit_down).  Main thread.
 */
#pragma once

#include <sys/signalfd.h>
#include "core/audit-event.h"
#include "core/reload.h"
#include "service/built.h"
#include "service/sealing.h"
#include "service/trail.h"

typedef struct Chronicle {
	const Ledger *ledger; /* NULL: a private instance, of which there is nothing to tell */
	Sealing sealing;
	Status *status;
	GQueue waiting;  /* Told *: not written yet, the oldest first */
	uint64_t missed; /* for which even that had no room */
	Policy *last;    /* in force when it last spoke of one; NULL: none yet */
	char *why;       /* it ends */
} Chronicle;

/* The start is the first line.  Without it the others do nothing. */
void chronicle_start(Chronicle *chronicle, const Trail *trail);
void chronicle_tell(Chronicle *chronicle, const AuditEvent *event);
void chronicle_on_reload(Chronicle *chronicle, const ReloadResult *result, WorldCell *cell, const Config *config);
void chronicle_on_built(Chronicle *chronicle, const BuiltTold *told);
/* Each second, after the trail's own; `changed`: audit_down has. */
void chronicle_tick(Chronicle *chronicle, bool changed);
/* Why it ends; the first one counts. */
void chronicle_ends_by(Chronicle *chronicle, const struct signalfd_siginfo *signal);
void chronicle_ends(Chronicle *chronicle, const char *why);
/* The last line, and the seal behind it. */
void chronicle_stop(Chronicle *chronicle);
