/* SPDX-License-Identifier: MIT
 *
 * What a thread gets of a call: nothing here knows the bus.
 */
#pragma once

#include "base/arena.h"
#include "base/budget.h"
#include "bus/bus.h"
#include "bus/views.h"
#include "core/write-client.h"
#include "request/facts.h"

typedef struct Work {
	const BusContext *context;
	Views *views;
	Arena *arena;        /* of the call */
	void *data;          /* of the method: Handler.size bytes, zeroed */
	uid_t uid;           /* who calls */
	bool trusted;        /* root, the user of a session bus, a peer: may do everything */
	const char *granted; /* the action that was; "" before */
	const WriteWish *wish; /* what is to be written, where another one writes it; NULL: nothing, or it is written here */
	WriteClient *writer;   /* who is doing so; NULL: nobody yet */
	/* RUN_DOCKER: set, they are asked, and the work is called again. */
	FactList *facts;
	Arena *facts_arena; /* for the answers; NULL: `arena` */
	bool asks_probe;
	Probe probe; /* the answer to that */
	/* Why there is no answer; NULL: there is one.  The word is the last of the error's name, "InvalidArgs", or a whole name. */
	const char *word, *message;
	GError *error;
	Budget budget;
} Work;

bool work_may(const Work *work, const char *action);
/* Always -EINVAL, so that it can be returned.  The first one counts. */
int work_fail(Work *work, const char *word, const char *format, ...) G_GNUC_PRINTF(3, 4);
static inline bool work_failed(const Work *work)
{
	return work->word || work->error;
}
