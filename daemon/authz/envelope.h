/* SPDX-License-Identifier: MIT
 *
 * One plugin message as dockerd writes it (moby pkg/authorization/api.go, Request): before the call
 * (AuthZReq), or after it with its answer (AuthZRes).
 */
#pragma once

#include "core/world.h"
#include "policy/caller.h"
#include "request/api.h"
#include "request/json.h"

typedef struct Envelope {
	ApiCall call;
	const char *user; /* "tls:" and the common name of the client certificate; "": none, as on the Unix socket */
	const char *mark; /* what the caller put into LOOKUP_HEADER, or "" */
	const Caller *caller; /* of a socket: one candidate, for certain, who is also `user`; NULL: it came to Docker's own */
	const char *socket, *program; /* ... the socket's name, and what the caller's process calls itself; NULL else */
	const char *container, *stranger; /* ... the container that it is in; why it is none of this machine's users; "": of the host's */
	const World *world; /* ... by which it is judged (the call's to give back), by: */
	const Policy *policy;
	Refused refused;  /* ... or why it is let through by none */
	int64_t status;   /* AuthZRes: of Docker's answer; 0: it was not shown, as when the call failed */
	JsonBytes answer; /* AuthZRes: its body, as far as it was shown */
} Envelope;

/* False for what dockerd never sends: the answer is then HTTP 400, which it treats as a denial. */
bool envelope_read(const char *message, size_t length, Arena *arena, Envelope *ret);
