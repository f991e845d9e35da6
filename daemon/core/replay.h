/* SPDX-License-Identifier: MIT
 *
 * Recorded calls (core/kept.h) judged again by another policy, and what would change.  Pure; any thread.
 *
 * The outcome of the record is compared with the policy's: what a grant let through counts as denied, for the policy did.  Nothing is
 * said of a call of which the policy would ask something that the record does not have: each such reason is counted.
 */
#pragma once

#include "core/kept.h"

/* What is known of a recorded call besides. */
typedef struct ReplayCall {
	uint64_t id;
	int64_t time_us;
	const char *user, *command, *image;
	bool allowed; /* by the policy that was in force */
	const char *const *own_paths; /* Situation.own_paths */
	uint64_t folded; /* this is no call but so many reads that were counted together; 0: it is one */
} ReplayCall;

typedef enum ReplayEffect {
	REPLAY_SAME,
	REPLAY_DENIED,  /* what was allowed */
	REPLAY_ALLOWED, /* what was denied */
	REPLAY_UNKNOWN, /* it cannot be known: `why` */
	REPLAY_EFFECTS
} ReplayEffect;

const char *replay_effect_name(ReplayEffect effect); /* "same", "denied", "allowed", "unknown" */

/* `ret_decision` is the policy's, in `arena`; NULL: it cannot be known, and `ret_why` says the reason, one of a few. */
ReplayEffect replay_judge(const Policy *policy, const KeptCall *kept, const ReplayCall *call, Arena *arena, const Decision **ret_decision, const char **ret_why);

/* How often, and of what: "rule" "mounts.blocked", "user" "alice", "image" "nginx:1", "unknown" and a reason. */
typedef struct ReplayGroup {
	ReplayEffect effect;
	const char *kind, *name;
	uint64_t count;
} ReplayGroup;

typedef struct ReplayExample {
	ReplayEffect effect;
	uint64_t id;
	const char *user, *command, *rule, *message;
} ReplayExample;

typedef struct ReplayReport {
	Arena *arena;
	uint64_t counts[REPLAY_EFFECTS];
	struct { ReplayGroup *items; size_t count; } groups; /* at most LIMIT_REPLAY_GROUPS; what more there is counts under "" */
	struct { ReplayExample *items; size_t count; } examples; /* of each effect but the same at most LIMIT_REPLAY_EXAMPLES */
} ReplayReport;

/* One call more; `kept` NULL: the record does not say what another policy needs.  `arena` is of this call alone. */
void replay_add(ReplayReport *report, const Policy *policy, const KeptCall *kept, const ReplayCall *call, Arena *arena);
