/* SPDX-License-Identifier: MIT */
#pragma once

#include "request/mount-table.h"
#include "request/path-facts.h"

/* What is looked at; the ways cost more. */
enum { PATHS_FACTS = 1 << 0, PATHS_WAYS = 1 << 1, PATHS_PINS = 1 << 2 };

/* Of this process, of the host (its first process) and of Docker; two that say the same may be one. */
typedef struct MountTables {
	const MountTable *own, *host, *docker;
} MountTables;

/* The facts about one path: `source` as written, `clean` by path_clean(). */
void path_look(const char *source, const char *clean, const MountTables *tables, unsigned paths, Arena *arena, PathFacts *ret);
