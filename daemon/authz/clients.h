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

/* What dockerd held while a certain call was waiting for us, of Unix sockets.  dockerd's server (net/http) answers a connection in one goroutine,
 * which asks us and closes the connection only when we have answered and the call is done: so the call's own socket is among these and
 * stays until then, also when its client has left.  What is not among these is not the call's, and what is gone from them later was not. */
typedef struct FirstHeld {
	const uint32_t *inos; /* in ascending order */
	size_t count;
} FirstHeld;

/* `docker`: what dockerd holds, seen before `table` was; NULL: not known.  `own`: what this process holds, whose connections are
 * nobody's; NULL: not known.  `known`: of the look before; becomes those that dockerd still holds, when that is known. */
void clients_find(const SocketTable *table, const HeldAnswer *docker, const HeldAnswer *own, KnownClients *known, Clients *ret);
/* False: it is not known what dockerd holds, or there is another way in, so that nobody will be certain. */
bool clients_first(const HeldAnswer *docker, uint32_t inos[LIMIT_LOOK_HELD], FirstHeld *ret);
/* Who of `first` is still there at a later look, which clients_find() has seen (`known` is as it left it): it was one of these. */
void clients_among(const SocketTable *table, const HeldAnswer *docker, const HeldAnswer *own, const KnownClients *known, const FirstHeld *first, Clients *ret);
/* Whether anybody can be connected at all: `docker` listens at a Unix socket, or is not known.  Who asks the plugin and
 * does not listen is not dockerd. */
bool clients_possible(const SocketTable *table, const HeldAnswer *docker);
void known_clients_free(KnownClients *known); /* what it holds */
