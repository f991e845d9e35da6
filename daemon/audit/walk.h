/* SPDX-License-Identifier: MIT
 *
 * The lines of the trail one after the other, over all its files, while it is written, rotated and shortened.  Who reads the whole trail
 * reads it with this.  One thread at a time.
 */
#pragma once

#include "audit/segment.h"

/* A line without its line feed; one that is longer than LIMIT_WALK_BYTES comes in pieces. */
typedef struct TrailLine {
	const char *text; /* until the next call */
	size_t length;
	int64_t position;
	bool begins, ends;
} TrailLine;

typedef enum TrailStep {
	WALK_LINE,
	WALK_END,      /* nothing more now: ask again later.  A last line without its line feed is not given yet */
	WALK_REPLACED, /* this is not the trail that was read: begin again */
	WALK_DAMAGED,  /* what stands here is packed and cannot be unpacked, see trail_walk_damaged(); the next step goes on behind it, may be within a line */
	WALK_FAILED,   /* see errno */
} TrailStep;

typedef struct TrailWalk TrailWalk;

/* From `position` (the beginning of a line) on; what was removed before it is left out.  `print` is what trail_walk_print() said at this
 * position, 0: not known; then any trail will do. */
TrailWalk *trail_walk_new(const char *dir, int64_t position, uint64_t print);
void trail_walk_free(TrailWalk *walk); /* NULL is accepted */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TrailWalk, trail_walk_free)

TrailStep trail_walk_next(TrailWalk *walk, TrailLine *ret);
/* At WALK_END: what stands behind the last line feed.  False: nothing. */
bool trail_walk_rest(TrailWalk *walk, TrailLine *ret);
/* The chain behind it; `whole`: it is a record on a line of its own. */
void trail_walk_chain(Chain *chain, const TrailLine *line, bool whole);
int64_t trail_walk_position(const TrailWalk *walk); /* of the next line */
/* What stands just before it, as a number, by which the same trail is known again; 0: not known. */
uint64_t trail_walk_print(const TrailWalk *walk);
/* The name of the file that the last WALK_DAMAGED was about. */
const char *trail_walk_damaged(const TrailWalk *walk);
/* The file that the last line was in; NULL: none yet. */
const Segment *trail_walk_segment(const TrailWalk *walk);
