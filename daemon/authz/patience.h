/* SPDX-License-Identifier: MIT
 *
 * Calls that wait until it is certain who asks (authz/call.c): how many may, and the thread that tells them to ask again, so that neither
 * the one that decides nor main waits.
 */
#pragma once

#include "core/lookup.h"
#include "policy/caller.h"

typedef struct Patience Patience;

/* A call that waits, by those who may have asked. */
typedef struct Parked {
	GList link;
	Caller caller;
} Parked;

Patience *patience_new(void); /* NULL: there is no thread */
/* Who still waits, or comes after this, is told at once.  NULL is accepted by both. */
void patience_stop(Patience *patience);
void patience_free(Patience *patience);
/* The thread that answers Docker: false when too many wait already, or too many of one who may have asked.  `waiter` stays where it is until it leaves. */
bool patience_admit(Patience *patience, Parked *waiter);
void patience_leave(Patience *patience, Parked *waiter);
/* Runs resume(data) once, in LIMIT_DOUBT_STEP_MS, on a thread of its own. */
void patience_wait(Patience *patience, LookupFn resume, void *data);
