/* SPDX-License-Identifier: MIT
 *
 * A call that is denied only because several may have asked, one of whom might: it waits until Docker has let go of the connections of the
 * others (authz/clients.h says why nobody who has asked can be lost by that).  Pure.
 */
#pragma once

#include "authz/patience.h"
#include "policy/policy.h"

#define DOUBT_TRIES (LIMIT_DOUBT_MS / LIMIT_DOUBT_STEP_MS)

typedef struct Doubt {
	Parked waiter;
	const struct FirstHeld *first;
	unsigned tries;
	int64_t until_us; /* CLOCK_MONOTONIC */
	bool waits, over;
} Doubt;

/* Whether what is not allowed to all that `situation` says may have asked would be to one of them. */
bool doubt_helps(const Policy *policy, const Request *request, const Situation *situation, Arena *arena);
/* The same people, and the same doubt. */
bool doubt_same(const Caller *a, const Caller *b);
