/* SPDX-License-Identifier: MIT
 *
 * Whose share of a bound a call uses up, where several may have asked it: that of the one who has most under way and still room.  So somebody
 * who asks much uses up the own share first, then those of who was connected to Docker at that moment; everybody else's stays.  What may be
 * several's uses up half of a share: the other half is for calls of which it is certain whose they are.  Pure.
 */
#pragma once

#include "request/request.h"

typedef unsigned (*ShareFn)(const char *user, const void *data); /* how much one has under way */

/* `who`: those who may have asked, by name (base/users.h), USER_UNSEEN for one who is not known; empty: that one.  NULL: none of them has room for
 * `more` within `limit`. */
const char *share_of(const StringList *who, unsigned more, unsigned limit, ShareFn count, const void *data);
/* What of a bound such a call may use up. */
unsigned share_bound(const StringList *who, unsigned limit);
