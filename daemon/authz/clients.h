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

/* Connections whose client was seen.  dockerd keeps some for minutes after the client has gone (after `docker run`, until its
 * memory is tidied), and whose they were does not change. */
typedef struct KnownClient {
	uint32_t ino; /* of dockerd's end */
	uint64_t cookie;
	uid_t uid;
	bool own; /* this process's */
} KnownClient;

typedef struct KnownClients {
	KnownClient *items;
	size_t count, size;
} KnownClients;

typedef struct Clients {
	uid_t uids[LIMIT_LOOK_USERS]; /* each once, in ascending order */
	size_t count;
	bool unseen; /* there may be others */
} Clients;

/* `docker`: what dockerd holds, seen before `table` was; NULL: not known.  `own`: what this process holds, whose connections are
 * nobody's; NULL: not known.  `known`: of the look before; becomes those that dockerd still holds, when that is known. */
void clients_find(const SocketTable *table, const HeldAnswer *docker, const HeldAnswer *own, KnownClients *known, Clients *ret);
/* Whether anybody can be connected at all: `docker` listens at a Unix socket, or is not known.  Who asks the plugin and
 * does not listen is not dockerd. */
bool clients_possible(const SocketTable *table, const HeldAnswer *docker);
void known_clients_free(KnownClients *known); /* what it holds */
