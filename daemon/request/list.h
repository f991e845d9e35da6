/* SPDX-License-Identifier: MIT
 *
 * Appending to the {items, count} lists of a Request while a door builds it.
 */
#pragma once

#include <string.h>
#include "base/arena.h"

#define LIST_FIRST_ROOM 4u

/* Room doubles when the count reaches a power of two: the lists need no capacity of their own. */
static inline void *list_grow(Arena *arena, const void *items, size_t count, size_t item_size)
{
	void *grown = arena_alloc(arena, (count ? count * 2 : LIST_FIRST_ROOM) * item_size);

	if (count)
		memcpy(grown, items, count * item_size);
	return grown;
}

#define LIST_APPEND(arena, list, item)                                                                            \
	do {                                                                                                      \
		if (!((list)->count & ((list)->count - 1)) && ((list)->count >= LIST_FIRST_ROOM || !(list)->count))             \
			(list)->items = list_grow((arena), (list)->items, (list)->count, sizeof *(list)->items);  \
		(list)->items[(list)->count++] = (item);                                                          \
	} while (0)
