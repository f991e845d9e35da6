/* SPDX-License-Identifier: MIT
 *
 * One plugin message as dockerd writes it (moby pkg/authorization/api.go, Request).
 */
#pragma once

#include "request/api.h"

typedef struct Envelope {
	ApiCall call;
	const char *user; /* "tls:" and the common name of the client certificate; "": none, as on the Unix socket */
	const char *mark; /* what the caller put into LOOKUP_HEADER, or "" */
} Envelope;

/* False for what dockerd never sends: the answer is then HTTP 400, which it treats as a denial. */
bool envelope_read(const char *message, size_t length, Arena *arena, Envelope *ret);
