/* SPDX-License-Identifier: MIT
 *
 * What a call does with a container that Docker keeps: one row an endpoint.  Whoever uses a stored container is judged
 * with what is stored, overlaid by what the use brings; the row says who acts then.  Facts: moby daemon/archive_unix.go
 * and pkg/chrootarchive (docker cp packs and unpacks as dockerd itself), daemon/exec_linux.go (an exec has the
 * container's own process settings, but for its User and Privileged).
 */
#pragma once

#include "request/request.h"

struct Use {
	const char *endpoint; /* "container.archive-put" */
	const char *user;     /* who acts, as a container's User is written; NULL: the container's own processes */
	bool capable;         /* with all capabilities, whatever the container dropped */
	bool gains;           /* no-new-privileges does not hold for it */
	bool writes;          /* it may change what is mounted writable; false: it only reads */
	bool as_made;         /* nothing runs by it but what the container was made with */
	bool foreign;         /* what excuses the container's own user does not excuse this one: "closed" then means root alone */
};

/* NULL: the endpoint uses no stored container. */
const Use *use_of(const char *endpoint);
/* An exec, or its start. */
bool use_is_exec(const Request *request);
/* request->use for what was read: an exec says who acts, at its start by what Docker keeps of it. */
void use_apply(Request *request, Arena *arena);
/* The stored container as this use meets it: who acts in it, and what the call changes. */
void use_overlay(Request *stored, const Request *request);
