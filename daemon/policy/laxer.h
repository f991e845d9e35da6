/* SPDX-License-Identifier: MIT
 *
 * Does one policy allow something that another does not?  Pure, any thread.
 */
#pragma once

#include "policy/policy.h"

/* True unless `after` is known to be at least as strict as `before` (NULL: lockdown) in everything. */
bool policy_is_laxer(const Policy *before, const Policy *after);
