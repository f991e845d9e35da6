/* SPDX-License-Identifier: MIT
 *
 * One change, from the question to its end (base/write-wire.h), in a process of its own.
 */
#pragma once

#include <sys/types.h>
#include "core/order.h"

/* What polkit is asked. */
typedef struct WriteAsk {
	const char *sender; /* on whose behalf: the name of a connection to the bus */
	WriteRight right;
	const char *policy, *mode, *why; /* for polkit's dialog and rules; NULL: not said */
	bool interactive;
	int connection; /* when it hangs up nobody needs the answer */
} WriteAsk;

typedef WriteResult (*WriteAskFn)(const WriteAsk *ask, uid_t *ret_uid, void *data);

/* Until the other end hangs up.  `lock`: a file that all changes share, and nobody else can open. */
void write_serve(int connection, const Paths *paths, int lock, WriteAskFn ask, void *data);
