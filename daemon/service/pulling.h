/* SPDX-License-Identifier: MIT
 *
 * Connects what Docker says of pulls with the memory of them.  Main thread.
 */
#pragma once

#include "core/pulls.h"
#include "core/pushes.h"
#include "core/world.h"
#include "docker/lookups.h"

typedef struct Pulling {
	Pulls *pulls;
	Pushes *pushes;
	WorldCell *cell;
	Lookups *lookups;
} Pulling;

/* `listens`: false for a private instance of the command line's, which only knows what the service has kept. */
void pulling_start(Pulling *pulling, const char *file, bool listens);
/* Now and then: pulls are heard of only while Docker's events are, and they are heard where the policy goes by them. */
void pulling_tick(const Pulling *pulling);
void pulling_stop(Pulling *pulling);
