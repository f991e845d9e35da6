/* SPDX-License-Identifier: MIT
 *
 * Does one policy let something through that another does not?  Compares what two policies mean, key by key, in the
 * direction that the schema's rows have (field.h).  Pure, any thread.
 */
#pragma once

#include "policy/schema/field.h"

/* NULL when `after` is known to deny all that `before` (NULL: lockdown) denies; else the key that is not, and why:
 * "rules.privileged.action: block, now warn".  Free it. */
char *policy_laxer_why(const Policy *before, const Policy *after);
bool policy_is_laxer(const Policy *before, const Policy *after);
/* Whether the row, or its reader, says which way is stricter. */
bool laxer_knows(const Field *field);
