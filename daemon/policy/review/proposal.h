/* SPDX-License-Identifier: MIT
 *
 * What an administrator would write into a policy so that the directories of containers that exist are in its lists.  Nothing is written here.
 */
#pragma once

#include "policy/policy.h"

typedef struct Proposal {
	StringList allowed, allowed_read_only; /* what to add to these lists of rules.mounts */
} Proposal;

/* For a container that the policy denies.  Only what is in no list, or in that for looking at: adding a path that is blocked, or that others could
 * exchange, would help nobody. */
void proposal_add(Proposal *proposal, const Decision *decision, const Request *stored, Arena *arena);
