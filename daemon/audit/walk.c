/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include "audit/walk.h"
#include "base/limits.h"

#define TRIES 5 /* a file may be put away between two looks */

struct TrailWalk {
	char *dir;
	Segment *segment;
	char *buffer;
	size_t start, fill, searched; /* the unread bytes; how many of them have no line feed */
	int64_t position;             /* of `start` */
	uint64_t print;               /* until the first file is open */
	bool within;                  /* a line that has begun */
	bool left;                    /* the file has another name, or none: nobody writes to it any more */
	char *damaged;
};

TrailWalk *trail_walk_new(const char *dir, int64_t position, uint64_t print)
{
	TrailWalk *walk = g_new0(TrailWalk, 1);

	*walk = (TrailWalk){ .dir = g_strdup(dir), .buffer = g_malloc(LIMIT_WALK_BYTES), .position = position, .print = print };
	return walk;
}

void trail_walk_free(TrailWalk *walk)
{
	if (!walk)
		return;
	segment_free(walk->segment);
	g_free(walk->damaged);
	g_free(walk->dir);
	g_free(walk->buffer);
	g_free(walk);
}

int64_t trail_walk_position(const TrailWalk *walk)
{
	return walk->position;
}

const char *trail_walk_damaged(const TrailWalk *walk)
{
	return walk->damaged ? walk->damaged : SEGMENT_ACTIVE;
}

static TrailStep set_damaged(TrailWalk *walk, const char *name)
{
	g_free(walk->damaged);
	walk->damaged = g_strdup(name);
	return WALK_DAMAGED;
}

const Segment *trail_walk_segment(const TrailWalk *walk)
{
	return walk->segment;
}

uint64_t trail_walk_print(const TrailWalk *walk)
{
	return walk->segment ? segment_print(walk->segment, walk->position) : walk->print;
}

/* Goes to `segment`.  What was between is gone: removed on purpose, the first look, or damaged. */
static TrailStep enter(TrailWalk *walk, Segment *segment, const char *damaged)
{
	uint64_t print = trail_walk_print(walk), found = segment_print(segment, walk->position);

	segment_free(walk->segment);
	walk->segment = segment;
	walk->position = MAX(walk->position, segment->head.position);
	walk->start = walk->fill = walk->searched = 0;
	walk->within = walk->left = false;
	if ((print && found && print != found) || segment_end(segment) < walk->position)
		return WALK_REPLACED;
	return damaged ? set_damaged(walk, damaged) : WALK_LINE;
}

/* Of the files, newest first, the one that holds what stands at the position, or begins next behind it; `ret_damaged`: that before it cannot be read. */
static Segment *pick(const TrailWalk *walk, const GPtrArray *names, const char **ret_damaged, int *ret_errno)
{
	g_autoptr(Segment) next = NULL;

	*ret_damaged = NULL;
	for (guint i = names->len; i-- > 0;) {
		g_autoptr(Segment) segment = segment_open(walk->dir, g_ptr_array_index(names, i), ret_errno);
		if (!segment && *ret_errno == EBADMSG && next) {
			*ret_damaged = g_ptr_array_index(names, i);
			continue;
		}
		if (!segment)
			return NULL;
		bool within = segment->head.position <= walk->position, active = i + 1 == names->len;
		if (within && (active || !next || segment_end(segment) > walk->position)) {
			*ret_damaged = NULL;
			return g_steal_pointer(&segment);
		}
		if (within && segment_end(segment) > segment->head.position)
			break;
		if (within)
			continue; /* nothing is in it */
		segment_free(next);
		next = g_steal_pointer(&segment);
		*ret_damaged = NULL;
	}
	return g_steal_pointer(&next);
}

/* Whether the files still have these names.  Where two were put away between a list and a look the one in between would be missed. */
static bool is_listed(const TrailWalk *walk, const GPtrArray *names)
{
	int cause = 0;
	g_autoptr(GPtrArray) now = segment_list(walk->dir, &cause);
	bool same = now && now->len == names->len;

	for (guint i = 0; same && i < names->len; i++)
		same = !strcmp(g_ptr_array_index(now, i), g_ptr_array_index(names, i));
	return same;
}

/* WALK_LINE: the file that goes on at the position is there. */
static TrailStep find(TrailWalk *walk)
{
	int cause = 0;

	for (unsigned i = 0; i < TRIES; i++) {
		cause = 0;
		g_autoptr(GPtrArray) names = segment_list(walk->dir, &cause);
		/* Without the file that is written the trail is not whole now. */
		if (names && (!names->len || strcmp(g_ptr_array_index(names, names->len - 1), SEGMENT_ACTIVE) != 0))
			return WALK_END;
		const char *damaged = NULL;
		Segment *segment = names ? pick(walk, names, &damaged, &cause) : NULL;
		if (segment && (segment->head.position <= walk->position || is_listed(walk, names)))
			return enter(walk, segment, damaged);
		segment_free(segment);
		if (!segment && cause != ENOENT)
			break;
		cause = ENOENT;
	}
	errno = cause;
	return cause == ENOENT ? WALK_END : WALK_FAILED;
}

/* The file was read to its end. */
static TrailStep at_end(TrailWalk *walk)
{
	bool active = !strcmp(walk->segment->name, SEGMENT_ACTIVE);

	if (walk->left)
		return find(walk);
	if (active && segment_is_named(walk->segment, walk->dir))
		return segment_end(walk->segment) < walk->position ? WALK_REPLACED : WALK_END;
	walk->left = true; /* its writer may have come between: once more */
	return WALK_LINE;
}

/* On behind it; a line of which a part was read is not given. */
static TrailStep step_over(TrailWalk *walk)
{
	walk->position = segment_behind_damage(walk->segment, walk->position + (int64_t)walk->fill);
	walk->start = walk->fill = walk->searched = 0;
	walk->within = true;
	return set_damaged(walk, walk->segment->name);
}

/* More bytes, or the next file. */
static TrailStep refill(TrailWalk *walk)
{
	if (!walk->segment)
		return find(walk);
	if (walk->start) {
		memmove(walk->buffer, walk->buffer + walk->start, walk->fill - walk->start);
		walk->fill -= walk->start;
		walk->start = 0;
	}
	ssize_t got = segment_read(walk->segment, walk->buffer + walk->fill, LIMIT_WALK_BYTES - walk->fill, walk->position + (int64_t)walk->fill);
	if (got < 0 && errno == EBADMSG && walk->segment->packed)
		return step_over(walk);
	if (got < 0)
		return WALK_FAILED;
	walk->fill += (size_t)got;
	return got ? WALK_LINE : at_end(walk);
}

static TrailStep give(TrailWalk *walk, size_t length, bool fed, bool ends, TrailLine *ret)
{
	*ret = (TrailLine){ walk->buffer + walk->start, length, walk->position, !walk->within, ends };
	walk->start += length + fed;
	walk->position += (int64_t)length + fed;
	walk->searched = 0;
	walk->within = !ends;
	return WALK_LINE;
}

TrailStep trail_walk_next(TrailWalk *walk, TrailLine *ret)
{
	for (;;) {
		const char *text = walk->buffer + walk->start;
		size_t unread = walk->fill - walk->start;
		const char *feed = memchr(text + walk->searched, '\n', unread - walk->searched);
		if (feed)
			return give(walk, (size_t)(feed - text), true, true, ret);
		walk->searched = unread;
		if (unread == LIMIT_WALK_BYTES)
			return give(walk, unread, false, false, ret);
		if (unread && walk->left) {
			/* Nobody will end it. */
			ssize_t more = segment_read(walk->segment, (char[1]){ 0 }, 1, walk->position + (int64_t)unread);
			if (more == 0)
				return give(walk, unread, false, true, ret);
		}
		TrailStep step = refill(walk);
		if (step != WALK_LINE)
			return step;
	}
}

bool trail_walk_rest(TrailWalk *walk, TrailLine *ret)
{
	size_t unread = walk->fill - walk->start;

	if (!unread && !walk->within)
		return false;
	*ret = (TrailLine){ walk->buffer + walk->start, unread, walk->position, !walk->within, false };
	return true;
}

void trail_walk_chain(Chain *chain, const TrailLine *line, bool whole)
{
	if (whole)
		chain_whole(chain, line->text, line->length);
	else
		chain_piece(chain, line->text, line->length, line->ends);
}
