/* SPDX-License-Identifier: MIT
 *
 * What sockets.c and socket-policies.c (which reads the policies' files) share.
 */
#pragma once

#include <stdatomic.h>
#include "core/sockets.h"

/* A policy that a socket names. */
typedef struct Named {
	const char *name;
	Policy *policy; /* NULL: */
	char *problem;  /* why it cannot be had */
} Named;

struct SocketSet {
	_Atomic unsigned users;
	Arena *arena;
	Sockets sockets;
	GArray *policies; /* of Named */
};

const Named *socket_set_named(const SocketSet *set, const char *name); /* NULL: no socket names it, or they were not loaded */
