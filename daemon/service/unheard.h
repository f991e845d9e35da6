/* SPDX-License-Identifier: MIT
 *
 * Images that BuildKit has made and of which Docker says nothing: with containerd's image store Docker 26.1 has no event for them.  Where Docker
 * has that store its list of images is asked for, once, when the last of BuildKit's channels has ended; what is newer than the first one, and
 * was not told of by an event, was built.  Main thread.
 */
#pragma once

#include "core/builds.h"
#include "docker/lookups.h"
#include "service/built.h"

typedef struct Unheard {
	Lookups *lookups;
	Builds *builds;
	Built *built;
	GPtrArray *told; /* ids of images that events have told of since the last look; NULL: none */
	bool asks;       /* one look at a time */
} Unheard;

/* An event has told of it. */
void unheard_told(Unheard *unheard, const char *image_id);
/* Now and then.  `scans`: bits of SCANS_; 0: nothing is scanned. */
void unheard_tick(Unheard *unheard, unsigned scans);
void unheard_clear(Unheard *unheard);
