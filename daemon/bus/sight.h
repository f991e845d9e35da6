/* SPDX-License-Identifier: MIT
 *
 * What a trial for somebody may look at.  Whoever may talk to Docker can find out by asking Docker where a host path leads, what a volume
 * holds and how a container was made: a trial tells them no more than a denial would.  Everybody else is told of what they may see themselves.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include "base/arena.h"
#include "request/viewer.h"

typedef struct Insight {
	bool all;          /* Docker is asked, and paths are seen as the service sees them */
	PathViewer viewer; /* else: as this user does */
} Insight;

/* `docker`: Docker's socket.  Groups are those of the files of this machine (base/users.h). */
Insight sight_of(uid_t uid, const char *docker, Arena *arena);
/* Of root, and of who started this process. */
Insight sight_all(void);
/* The thread looks as that, until it is called with NULL. */
void sight_use(const Insight *sight);
