/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include "audit/export.h"
#include "audit/line.h"
#include "audit/walk.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/limits.h"

/* Threads take ids and write lines at the same time, so neighbours may change places, but not over
 * more lines than there are connections. */
#define WINDOW LIMIT_CONNECTIONS

typedef struct Scan {
	uint64_t highest;
	uint64_t number; /* of the line in its file */
	const Segment *segment;
	int64_t begin; /* of it */
	uint64_t recent[WINDOW];
} Scan;

static const char *problem(Scan *scan, uint64_t id)
{
	if (scan->recent[id % WINDOW] == id)
		return "an id that was there before";
	if (id + WINDOW <= scan->highest)
		return "an id that is far too low: lines were moved or put in";
	scan->recent[id % WINDOW] = id;
	scan->highest = MAX(scan->highest, id);
	return NULL;
}

static const char *check(Scan *scan, const WalkLine *text, Arena *arena, uint64_t *count)
{
	AuditLine line;

	scan->number += text->begins;
	if (text->begins && text->length == 0)
		return NULL;
	arena_reset(arena);
	if (!text->begins || !text->ends || !line_read(text->text, text->length, arena, &line))
		return "a line that is not a whole record";
	++*count;
	return problem(scan, (uint64_t)line.id);
}

/* Lines are counted in each file, its head too. */
static void enter(Scan *scan, const Segment *segment)
{
	if (!segment || (scan->segment == segment && scan->begin == segment->head.position))
		return;
	scan->segment = segment;
	scan->begin = segment->head.position;
	scan->number = segment->head_bytes ? 1 : 0;
}

bool verify_run(const char *dir, Verification *ret, GError **error)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree Scan *scan = g_new0(Scan, 1);
	g_autoptr(Walk) walk = walk_new(dir, 0, 0);
	const char *found = NULL;
	WalkStep step = WALK_END;
	WalkLine text;

	*ret = (Verification){ .intact = true };
	while (!found && budget_spend(1) && (step = walk_next(walk, &text)) == WALK_LINE) {
		enter(scan, walk_segment(walk));
		found = check(scan, &text, arena, &ret->entries);
	}
	if (!found && step == WALK_END && walk_rest(walk, &text)) {
		enter(scan, walk_segment(walk));
		found = check(scan, &text, arena, &ret->entries);
	}
	if (step == WALK_FAILED) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read the trail in %s: %s", dir, g_strerror(errno));
		return false;
	}
	ret->intact = !found;
	ret->detail = found ? g_strdup_printf("%s/%s:%" G_GUINT64_FORMAT ": %s", dir, scan->segment ? scan->segment->name : SEGMENT_ACTIVE, scan->number, found)
			    : g_strdup("every line is a whole record and no id occurs twice; lines that were changed with care are not found this way");
	return true;
}
