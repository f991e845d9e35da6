/* SPDX-License-Identifier: MIT
 *
 * One trial: the calls that a command leads to, the one that is told of, and the answer on the bus.
 */
#pragma once

#include "bus/pinnable.h"
#include "bus/sight.h"
#include "bus/task.h"
#include "policy/decision.h"
#include "request/api.h"
#include "request/argv/argv.h"

/* One call of it. */
typedef struct TrialCall {
	Arena *arena; /* of what follows */
	ArgvContext context; /* with the number of the call */
	ArgvReading reading; /* only its request when that came as API bytes */
	const Decision *decision;
} TrialCall;

/* Read on main, then judged on readers. */
typedef struct Trial {
	Insight sight;     /* of who asks */
	Resolve resolve; /* of `now` */
	StringList argv; /* empty: the request came as API bytes */
	ApiCall api;     /* these bytes, of the message */
	PairList env, files;
	StringList unset;
	ArgvContext context;
	size_t calls, number; /* how many there are; which one is judged now */
	TrialCall now, told;  /* told: what outweighs all others so far */
	const char *policy_name; /* "" : the one in force */
	CallerWords caller; /* as it is stated */
	uint64_t uid, gid;  /* of it; UINT64_MAX: not said */
	Situation situation; /* what is judged by */
	Policy *policy; /* NULL: there is none in force, or not yet */
	VerdictTable *verdicts; /* of the World in which it was begun; NULL: nothing is scanned */
	HostView *view; /* while a thread judges */
	const int32_t *indexes, *widths; /* where in the caller's words the findings come from */
	PinnableList pins; /* what of them a pin could take the place of */
	bool begun;
} Trial;

/* What was found out about what trial->told says. */
int trial_answer(Task *task, sd_bus_message *reply);
/* Where in the caller's words the findings come from. */
void trial_trace(Trial *trial, Arena *arena);
