/* SPDX-License-Identifier: MIT
 *
 * One trial: the calls that a command leads to, the one that is told of, and the answer on the bus.
 */
#pragma once

#include "bus/internal.h"
#include "bus/sight.h"
#include "policy/decision.h"
#include "request/argv/argv.h"

/* One call of it. */
typedef struct TrialCall {
	Arena *arena; /* of what follows */
	ArgvContext context; /* with the number of the call */
	ArgvReading reading; /* only its request when that came as API bytes */
	const Decision *decision;
} TrialCall;

/* Also on its way through the worker when it names a policy that must be read first.  Main thread. */
typedef struct Trial {
	Bus *bus;
	sd_bus_message *call;
	Arena *arena;
	Insight sight; /* of who asks */
	Resolve resolve; /* of `now` */
	StringList argv; /* empty: the request came as API bytes */
	PairList env, files;
	StringList unset;
	ArgvContext context;
	size_t calls, number; /* how many there are; which one is judged now */
	TrialCall now, told;  /* told: what outweighs all others so far */
	const char *policy_name; /* "" : the one in force */
	CallerWords caller; /* as it is stated */
	uint64_t uid, gid;  /* of it; UINT64_MAX: not said */
	Facts facts;        /* what is judged by */
	char *policies_dir;
	Policy *policy; /* NULL: there is none in force */
	VerdictTable *verdicts; /* of the World in which it was begun; NULL: nothing is scanned */
	GPtrArray *diagnostics;
} Trial;

/* Answers by what trial->told says: 1, or a negative errno. */
int trial_reply(const Trial *trial);
