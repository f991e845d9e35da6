/* SPDX-License-Identifier: MIT
 *
 * Who is connected to Docker, from what was seen.  Pure.
 *
 * The kernel's list alone proves nothing: a client in another network namespace (a container with Docker's socket
 * in it, or `unshare -rn`) is not in it, and neither is one that came over TCP.  So one who is alone is certain only when every
 * socket that dockerd holds is accounted for; a request under way keeps its own there until it is answered, also when
 * the client has closed its end.
 */
#pragma once

#include "authz/sockdiag.h"
#include "base/held.h"
#include "base/limits.h"

typedef struct Clients {
	uid_t uids[LIMIT_LOOK_USERS]; /* each once, in ascending order */
	size_t count;
	bool unseen; /* there may be others */
} Clients;

/* `docker`: what dockerd holds, seen before `table` was; NULL: not known.  `own`: what this process holds, whose connections are
 * nobody's; NULL: not known. */
void clients_find(const SocketTable *table, const HeldAnswer *docker, const HeldAnswer *own, Clients *ret);
