/* SPDX-License-Identifier: MIT
 *
 * Calls that a socket has judged and sends to Docker: when Docker asks the plugin about one, it is let through once, and is not in the trail a second time.  A call is
 * known by 128 random bits in LOOKUP_HEADER, which sockets take out of every client's call, and must be the one that was judged.  Any thread.
 */
#pragma once

#include "base/judge-wire.h"
#include "request/api.h"

typedef struct Marks Marks;

Marks *marks_new(void);
void marks_free(Marks *marks); /* NULL is accepted */
/* `call`, as it will be sent; a body that is not in it passes unseen.  False: there are too many. */
bool marks_make(Marks *marks, const ApiCall *call, int64_t now_us, char ret_mark[JUDGE_MARK_DIGITS + 1]);
/* Whether `call`, as Docker shows it, is the one that was judged, and Docker asks for the first time and in time. */
bool marks_take(Marks *marks, const char *mark, const ApiCall *call, int64_t now_us);
/* Whether a call with this mark was let through and is not over. */
bool marks_taken(Marks *marks, const char *mark);
/* It is over. */
void marks_end(Marks *marks, const char *mark);
