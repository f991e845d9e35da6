/* SPDX-License-Identifier: MIT
 *
 * Which of the sockets of config.yaml are there, and what is wrong with them.  Blocking; any thread.
 */
#pragma once

#include "core/diagnose.h"
#include "core/sockets.h"

typedef struct SocketSeen {
	bool listens, upstream; /* somebody does at its path; at its upstream, if it has one */
} SocketSeen;

/* `table`: unix(7) sockets as /proc/net/unix has them.  One for each socket; none is there when it cannot be read. */
SocketSeen *socket_look(const SocketSet *set, const char *table, Arena *arena);
/* The host's, whichever network this process is in. */
#define SOCKET_TABLE "/proc/1/net/unix"
/* Why the policies that it names cannot all be had; "": they can. */
const char *socket_problem(const SocketSet *set, const Socket *socket, Arena *arena);
void diagnose_sockets(const SocketSet *set, const SocketSeen *seen, CheckList *checks, Arena *arena);
