/* SPDX-License-Identifier: MIT
 *
 * Clean absolute paths, sorted by components, so that what stands below or above another is found
 * without looking at each.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"

typedef struct PathItem {
	const char *path;
	uint32_t value;
} PathItem;

typedef struct PathSet {
	PathItem *items;
	size_t count;
} PathSet;

typedef struct PathRange {
	const PathItem *begin, *end;
} PathRange;

/* Sorts; equal paths keep the order of their values. */
void path_set_sort(PathSet *set);
/* The items with exactly the first `length` bytes of `path`. */
PathRange path_set_equal(const PathSet *set, const char *path, size_t length);
/* The items that lie under `path`. */
PathRange path_set_below(const PathSet *set, const char *path);
/* The length of the parent directory's path: 4 for "/etc/x", 1 for "/etc", 0 for "/". */
size_t path_parent_length(const char *path, size_t length);
