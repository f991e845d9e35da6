/* SPDX-License-Identifier: MIT
 *
 * Pushes under way, and calls that can give an image a name, so that none moves the name between the look at the image and Docker's own.
 * Docker looks a name up some time after it was told that it may push (moby distribution/push.go: when the registry has answered), and tells
 * nobody when.  So of one name either pushes run or calls that give it, and the others wait: for LIMIT_PUSH_NAME_S where both say the name,
 * for LIMIT_PUSH_DOUBT_S where a call may give any name.  After that they go on.  Any thread.
 */
#pragma once

#include <sys/types.h>
#include "core/lookup.h"
#include "core/shares.h"
#include "request/request.h"

typedef struct Pushes Pushes;

Pushes *pushes_new(void);
void pushes_free(Pushes *pushes); /* NULL is accepted */
/* Whether such a call is of one of the two sorts. */
bool pushes_concern(const Request *request);
typedef enum Turn {
	TURN_WAITS,
	TURN_TAKEN,
	TURN_REFUSED, /* too many wait (core/waits.h), or more than LIMIT_PUSH_NAMES or LIMIT_PUSH_NAMES_PER_USER would run: resume() will not run */
} Turn;

typedef struct PushAsk {
	const Request *request;
	const StringList *who; /* of whom it may be (core/shares.h) */
	pid_t docker;          /* its process; when that is another one, nothing runs any more of what the last one did */
	int64_t asked_us;      /* when it asked first (monotonic) */
} PushAsk;

/* Taken: it runs until pushes_leave().  Waits: not yet; resume(data) (NULL: nothing) runs once, also before this returns, when it shall ask again. */
Turn pushes_enter(Pushes *pushes, const PushAsk *ask, int64_t now_us, LookupFn resume, void *data);
/* It was denied, or Docker has done it. */
void pushes_leave(Pushes *pushes, const Request *request);
/* Whether it matters that something has ended. */
bool pushes_expect(Pushes *pushes);
/* Now and then: those whose time is over go on. */
void pushes_tick(Pushes *pushes);
/* All go on, and none waits any more. */
void pushes_wait_no_more(Pushes *pushes);
