/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "policy/match/path-set.h"

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

static bool lies_under(const char *path, const char *parent, size_t length)
{
	if (length == 1) /* the root */
		return path[1] != 0;
	return strlen(path) > length && path[length] == '/' && !memcmp(path, parent, length);
}

/* Each directory once: those that the path before has as well are there already. */
static void add_parents(PathSet *set, size_t at)
{
	const char *path = set->items[at].path, *before = at ? set->items[at - 1].path : "";

	for (size_t length = path_parent_length(path, strlen(path)); length; length = path_parent_length(path, length)) {
		if (*before && lies_under(before, path, length))
			return;
		text_index_add(set->parents, (TextNeed){ TEXT_EQUALS, path, length }, 0);
	}
}

void path_set_finish(PathSet *set, Arena *arena)
{
	if (!set->count)
		return;
	qsort(set->items, set->count, sizeof *set->items, compare_items);
	set->paths = text_index_new(arena);
	set->parents = text_index_new(arena);
	for (size_t i = 0; i < set->count; i++) {
		text_index_add(set->paths, (TextNeed){ TEXT_EQUALS, set->items[i].path, strlen(set->items[i].path) }, 0);
		add_parents(set, i);
	}
	text_index_finish(set->paths);
	text_index_finish(set->parents);
}

static bool enough(uint32_t value, void *data)
{
	(void)value;
	(void)data;
	return true;
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

	if (!set->count || !text_index_find(set->paths, path, length, enough, NULL))
		return range;
	range.begin = range.end = lower(set, path, length);
	while (range.end < set->items + set->count && strlen(range.end->path) == length && !memcmp(range.end->path, path, length))
		range.end++;
	return range;
}

PathRange path_set_below(const PathSet *set, const char *path)
{
	size_t length = strlen(path);
	PathRange range = { NULL, NULL };

	if (!set->count || !text_index_find(set->parents, path, length, enough, NULL))
		return range;
	const PathItem *end = set->items + set->count;
	for (range.begin = lower(set, path, length); range.begin < end && !strcmp(range.begin->path, path); range.begin++)
		;
	for (range.end = range.begin; range.end < end && lies_under(range.end->path, path, length); range.end++)
		;
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
