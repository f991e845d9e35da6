/* SPDX-License-Identifier: MIT
 *
 * One AuthZReq from the question to the answer: read, evaluated, completed with facts when it is not
 * denied without them, written down, answered.
 */
#pragma once

#include "authz/envelope.h"
#include "authz/plugin.h"

/* Says on the thread that calls it that the call waits; then `resume` runs once, on any thread, when
 * call_go_on() may be called. */
struct CallWait {
	void (*park)(void *data);
	LookupFn resume;
	void *data;
	pid_t docker; /* the process that waits for the answer; 0: not known */
};

/* The call lives in `arena`, which must not be touched while it waits. */
Call *call_new(const Plugin *plugin, const Envelope *envelope, const CallWait *wait, Arena *arena);
/* True: `ret` is the answer, and the call is over.  False: it waits. */
bool call_go_on(Call *call, PluginAnswer *ret);
/* One that is refused before any policy is asked (Envelope.refused): written down and told of as another denial.  What the caller is told, in `arena`. */
const char *call_refuse(const Plugin *plugin, const Envelope *envelope, Arena *arena);
/* A call that will get no answer: nobody is there any more. */
void call_drop(Call *call);
