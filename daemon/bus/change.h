/* SPDX-License-Identifier: MIT
 *
 * What the gate's look at a change of policies and the change itself share.  Any thread but main.
 */
#pragma once

#include "bus/internal.h"
#include "core/world.h"

/* Whether the file policies/NAME.yaml is that of the policy in force, or of the one that will be with the next load: the one
 * that config.yaml names now, or `wanted` (may be NULL), which it named when it was read, be it that it does not load yet. */
bool change_counts(const World *world, const char *config_file, const char *wanted, const char *name);
/* What a policy may allow that is denied now, when it is put in force (`active`) or is written as policies/NAME.yaml and a socket has that (`name`, may be NULL).
 * NULL: nothing; else free it. */
char *change_laxer_why(const World *world, const Policy *policy, bool active, const char *name);
