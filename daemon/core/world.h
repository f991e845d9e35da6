/* SPDX-License-Identifier: MIT
 *
 * The World: everything a decision depends on, as one immutable snapshot.  The main thread builds a
 * new one and publishes it; any thread takes a reference for as long as it decides.
 */
#pragma once

#include "core/config.h"
#include "core/sockets.h"
#include "policy/policy.h"
#include "policy/verdict.h"

typedef struct World {
	Policy *policy; /* NULL: lockdown */
	FailMode fail_mode;
	LogReads log_reads;
	const SocketSet *sockets; /* with their policies; NULL: there are none */
	const VerdictTable *verdicts; /* NULL: nothing is scanned here */
	uint64_t generation; /* 1 is the first that was published; 0: none yet */
} World;

typedef struct WorldCell WorldCell;

WorldCell *world_cell_new(void); /* holds a World of generation 0 without a policy: lockdown */
void world_cell_free(WorldCell *cell);
/* Any thread; never NULL.  Give it back with world_release(). */
const World *world_acquire(WorldCell *cell);
void world_release(const World *world);
/* Main thread.  Takes its own reference to `policy` (may be NULL).  Returns the new generation. */
uint64_t world_publish(WorldCell *cell, Policy *policy, FailMode fail_mode, LogReads log_reads);
/* ... with these sockets (its own reference; may be NULL); without, those that there are stay. */
uint64_t world_publish_sockets(WorldCell *cell, Policy *policy, FailMode fail_mode, LogReads log_reads, const SocketSet *sockets);
/* Main thread.  The same World with these verdicts (its own reference; may be NULL): no new generation. */
void world_publish_verdicts(WorldCell *cell, const VerdictTable *verdicts);
