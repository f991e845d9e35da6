/* SPDX-License-Identifier: MIT
 *
 * Clean absolute paths, sorted by components, so that what stands below or above another is found
 * without looking at each.
 */
#pragma once

#include "policy/match/text-index.h"

typedef struct PathItem {
	const char *path;
	uint32_t value;
} PathItem;

typedef struct PathSet {
	PathItem *items;
	size_t count;
	TextIndex *paths, *parents; /* most paths are in neither, and that is told quickly */
} PathSet;

typedef struct PathRange {
	const PathItem *begin, *end;
} PathRange;

/* After the last item: sorts; equal paths keep the order of their values. */
void path_set_finish(PathSet *set, Arena *arena);
/* The items with exactly the first `length` bytes of `path`. */
PathRange path_set_equal(const PathSet *set, const char *path, size_t length);
/* The items that lie under `path`. */
PathRange path_set_below(const PathSet *set, const char *path);
/* The length of the parent directory's path: 4 for "/etc/x", 1 for "/etc", 0 for "/". */
size_t path_parent_length(const char *path, size_t length);
