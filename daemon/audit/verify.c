/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "audit/export.h"
#include "audit/line.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/limits.h"

/* Threads take ids and write lines at the same time, so neighbours may change places, but not over
 * more lines than there are connections. */
#define WINDOW LIMIT_CONNECTIONS

typedef struct Scan {
	uint64_t highest, number; /* of the line */
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

static const char *check(Scan *scan, const char *text, size_t length, Arena *arena, uint64_t *count)
{
	AuditLine line;

	scan->number++;
	if (length == 0)
		return NULL;
	arena_reset(arena);
	if (!line_read(text, length, arena, &line))
		return "a line that is not a whole record";
	++*count;
	return problem(scan, (uint64_t)line.id);
}

bool verify_run(const char *dir, Verification *ret, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "audit.jsonl", NULL);
	g_autoptr(Arena) arena = arena_new();
	g_autofree Scan *scan = g_new0(Scan, 1);
	FILE *file = fopen(path, "re");
	const char *found = NULL;
	char *text = NULL;
	size_t room = 0;
	ssize_t length;

	*ret = (Verification){ .intact = true };
	if (!file && errno != ENOENT) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read %s: %s", path, g_strerror(errno));
		return false;
	}
	while (file && !found && budget_spend(1) && (length = getline(&text, &room, file)) > 0)
		found = check(scan, text, (size_t)length - (text[length - 1] == '\n'), arena, &ret->entries);
	ret->intact = !found;
	ret->detail = found ? g_strdup_printf("%s:%" G_GUINT64_FORMAT ": %s", path, scan->number, found)
			    : g_strdup("every line is a whole record and no id occurs twice; lines that were changed with care are not found this way");
	free(text);
	if (file)
		(void)fclose(file);
	return true;
}
