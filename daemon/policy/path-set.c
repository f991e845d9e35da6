/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "policy/path-set.h"

/* '/' sorts before every other byte: what lies under a path follows it at once. */
static int rank(char byte)
{
	return byte == '/' ? 1 : byte == 0 ? 0 : (unsigned char)byte + 1;
}

static int compare(const char *a, size_t a_length, const char *b, size_t b_length)
{
	for (size_t i = 0; i < a_length && i < b_length; i++)
		if (a[i] != b[i])
			return rank(a[i]) - rank(b[i]);
	return a_length < b_length ? -1 : a_length > b_length;
}

static int compare_items(const void *a, const void *b)
{
	const PathItem *left = a, *right = b;
	int order = compare(left->path, strlen(left->path), right->path, strlen(right->path));

	if (order)
		return order;
	return left->value < right->value ? -1 : left->value > right->value;
}

void path_set_sort(PathSet *set)
{
	if (set->count)
		qsort(set->items, set->count, sizeof *set->items, compare_items);
}

/* The first item that is not before `path`. */
static const PathItem *lower(const PathSet *set, const char *path, size_t length)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(set->items[middle].path, strlen(set->items[middle].path), path, length) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return set->items + low;
}

PathRange path_set_equal(const PathSet *set, const char *path, size_t length)
{
	PathRange range = { NULL, NULL };

	if (!set->count)
		return range;
	range.begin = range.end = lower(set, path, length);
	while (range.end < set->items + set->count && strlen(range.end->path) == length && !memcmp(range.end->path, path, length))
		range.end++;
	return range;
}

static bool lies_under(const char *path, const char *parent, size_t length)
{
	if (length == 1) /* the root */
		return path[1] != 0;
	return strlen(path) > length && path[length] == '/' && !memcmp(path, parent, length);
}

PathRange path_set_below(const PathSet *set, const char *path)
{
	size_t length = strlen(path);
	PathRange range = path_set_equal(set, path, length);

	range.begin = range.end;
	while (range.end && range.end < set->items + set->count && lies_under(range.end->path, path, length))
		range.end++;
	return range;
}

size_t path_parent_length(const char *path, size_t length)
{
	if (length <= 1)
		return 0;
	while (path[length - 1] != '/')
		length--;
	return length > 1 ? length - 1 : 1;
}
