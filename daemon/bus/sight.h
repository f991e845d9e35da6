/* SPDX-License-Identifier: MIT
 *
 * What a trial for somebody may look at.  Whoever may talk to Docker can find out by asking Docker where a host path leads, what a volume
 * holds and how a container was made: a trial tells them no more than a denial would.  Everybody else is told of what they may see themselves.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include "bus/work.h"
#include "request/viewer.h"

typedef struct Insight {
	bool all;          /* Docker is asked, and paths are seen as the service sees them */
	PathViewer viewer; /* else: as this user does */
} Insight;

/* Of who calls; root, and who started this process, see all.  Groups are those of the files of this machine (base/users.h).  Any thread but main. */
Insight sight_of(const Work *work);
/* The thread looks as that, until it is called with NULL. */
void sight_use(const Insight *sight);
