/* SPDX-License-Identifier: MIT
 *
 * A question of a proxy's (base/judge-wire.h) as the plugin sees a call.
 */
#pragma once

#include "authz/envelope.h"
#include "base/accounts.h"
#include "base/judge-wire.h"

typedef struct JudgeAsked {
	JudgeQuestion question;
	Envelope envelope;
	Caller caller; /* that `envelope` names */
	const char *body; /* DONE: of Docker's answer */
	void *map;        /* of the descriptor; NULL: there was none */
	size_t map_bytes;
} JudgeAsked;

/* `descriptor`: that came with it, or -1; it stays the caller's.  False: no proxy says this.  `ret` holds the mapping in either case. */
bool judge_read(const char *packet, size_t length, int descriptor, Accounts *accounts, Arena *arena, JudgeAsked *ret);
void asked_clear(JudgeAsked *asked); /* gives the mapping back */
