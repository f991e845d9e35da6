/* SPDX-License-Identifier: MIT
 *
 * A table of limits: exactly so much is taken, and not one more.
 */
#pragma once

#include <string.h>
#include <glib.h>
#include "base/arena.h"
#include "base/limits.h"

typedef struct LimitRow {
	const char *what;
	size_t most;
	bool (*fits)(size_t count, Arena *arena);
} LimitRow;

static inline void check_limits(const LimitRow *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_autoptr(Arena) arena = arena_new();
		g_test_message("%s", rows[i].what);
		if (!rows[i].fits(rows[i].most, arena))
			g_error("%s: %zu are refused", rows[i].what, rows[i].most);
		if (rows[i].fits(rows[i].most + 1, arena))
			g_error("%s: %zu are taken", rows[i].what, rows[i].most + 1);
	}
}

static inline char *filled(size_t count, char c, Arena *arena)
{
	char *text = arena_alloc(arena, count + 1);

	memset(text, c, count);
	text[count] = 0;
	return text;
}
