/* SPDX-License-Identifier: MIT
 *
 * The exceptions that would let a denied call through and nothing else: for proposals that people read before they hold.  What gives the host away
 * is never among them, however often it was asked for: the rules that may have a proposal are a list, all others have the reason why not.
 * Pure, any thread.
 */
#pragma once

#include "policy/policy.h"

/* One exception of the policy's own list, for one finding. */
typedef struct Excuse {
	const char *rule;
	const char *value, *also;          /* what was found, and where that path leads; "": the rule says it all */
	const char *image, *command, *user; /* "": of any */
	bool read_only;
} Excuse;

typedef struct ExcuseList {
	Excuse *items;
	size_t count;
} ExcuseList;

/* A call that was recorded, or that came just now. */
typedef struct ExcuseCall {
	const Request *request;
	const Situation *situation;
	bool origin_known;  /* Docker was asked where its image came from */
	bool command_known; /* nothing was taken out of its command */
} ExcuseCall;

/* What it takes for `policy` to allow the call; nothing when it does.  NULL, or why nothing is proposed, for people; both in `arena`.  `reach`: the shipped
 * policy whose hard rules hold for every proposal. */
const char *policy_excuses(const Policy *policy, const Policy *reach, const ExcuseCall *call, Arena *arena, ExcuseList *ret);

/* The same exception but for whom it is. */
bool excuse_same(const Excuse *left, const Excuse *right);
