/* SPDX-License-Identifier: MIT
 *
 * The recorded calls of Docker's, one after the other, for what judges them again.  A reader's thread.
 */
#pragma once

#include "bus/work.h"
#include "core/replay.h"

typedef struct CallRange {
	uint64_t since_us, until_us; /* until_us 0: no end */
	int file; /* lines of a trail, copied, also packed, or exported as jsonl: a regular file; -1: the trail itself */
} CallRange;

/* `kept` NULL: the record does not have the request; `scratch` is of this call alone. */
typedef void (*CallSeen)(void *data, const KeptCall *kept, const ReplayCall *call, Arena *scratch);

/* The request in the line of a record; NULL: it does not have it. */
const KeptCall *recorded_call(const char *text, size_t length, Arena *arena);
/* Of the trail, or of the file; what goes wrong is in `work`. */
void calls_walk(Work *work, const CallRange *range, CallSeen seen, void *data);
