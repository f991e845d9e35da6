/* SPDX-License-Identifier: MIT
 *
 * The open connections to the plugin socket, so that they can be ended without losing a call.  Added and removed by the thread that
 * answers, looked at by main.
 */
#pragma once

#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

typedef struct Peer {
	GList link;
	int fd;
	pid_t pid; /* 0: it is not dockerd and gets no answer */
	int64_t since_us;
	_Atomic bool busy; /* a call of its is not answered yet */
	_Atomic unsigned calls;
	unsigned seen; /* calls at the last look, plus one; 0: it was not idle then */
} Peer;

typedef struct Peers {
	pthread_mutex_t lock;
	GQueue open;
} Peers;

void peers_init(Peers *peers);
void peers_clear(Peers *peers);
Peer *peers_add(Peers *peers, int fd, pid_t pid);
/* Before its descriptor is closed. */
void peers_remove(Peers *peers, Peer *peer);
void peer_begins(Peer *peer);
void peer_ends(Peer *peer);
/* Stops listening to those that are idle at two looks; whoever answers closes them then. */
void peers_let_go(Peers *peers);
/* How many are open, and of these how many have no call that is not answered. */
unsigned peers_count(Peers *peers, unsigned *ret_idle);
