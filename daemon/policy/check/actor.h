/* SPDX-License-Identifier: MIT
 *
 * Who reads and writes what is mounted: the container's own processes, or what a use of it brings.  Pure.
 */
#pragma once

#include "policy/check/check.h"

#define FIRST_ORDINARY_ID 1000u /* UID_MIN and GID_MIN of login.defs(5): below are the system's */

typedef struct Actor {
	bool may_be_root; /* of the host's uid 0, or able to take any id */
	uint32_t uid;     /* when it may not */
	bool gid_said;
	uint32_t gid;
	bool only_group;  /* no groups beside that one */
	bool no_gain;     /* processes cannot gain rights (no-new-privileges) */
	bool writes;
	bool foreign;     /* what excuses the container's own user does not excuse this one */
} Actor;

Actor actor_of(const Evaluation *e);
/* It has the caller's own uid and one of the caller's groups, and nothing else: whoever of the candidates it was. */
bool actor_is_caller(const Evaluation *e, const Actor *actor);
/* ... and the container gives its processes nothing else that the caller does not have. */
bool actor_is_bare(const Evaluation *e, const Actor *actor);
