/* SPDX-License-Identifier: MIT
 *
 * What happens to grants, in the audit trail: events (core/audit-event.h) of the kinds grant, revoke and grant-ended.
 */
#pragma once

#include "core/grant.h"
#include "core/ledger.h"

typedef enum GrantDeed { GRANT_MADE, GRANT_REVOKED, GRANT_ENDED, GRANT_DEED_COUNT } GrantDeed;

/* `by`: who did it, "" when nobody did.  0, or a negative errno: it is not written down. */
int grant_write_down(const Ledger *ledger, GrantDeed deed, const Grant *grant, const char *by);
