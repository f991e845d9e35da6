/* SPDX-License-Identifier: MIT
 *
 * What a socket with `read` in config.yaml shows: which calls can be made there at all, and what is to be left out of Docker's answers.  What is not listed here is refused,
 * whatever the policy says: nobody would know what it tells.
 */
#pragma once

#include "core/sockets.h"
#include "request/api.h"

typedef struct ReadFilter {
	const char *target;    /* to ask Docker instead; NULL: as it was asked */
	const char *labels;    /* that a container must have to be shown, a line each; "": any */
	bool hides_environment; /* from the answer */
} ReadFilter;

/* All zero for a socket without it.  False: it is refused. */
bool read_filter(const Socket *socket, const ApiCall *call, Arena *arena, ReadFilter *ret, Refused *ret_refused);
