/* SPDX-License-Identifier: MIT
 *
 * A table of mounts as the kernel writes it (proc(5), /proc/PID/mountinfo), and where a path lies by it.  Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"

typedef struct MountRow {
	uint64_t id, parent;
	uint64_t device;   /* of the file system: major << 32 | minor */
	const char *root;  /* what of the file system is mounted: "/", "/root", "net:[4026531840]" */
	const char *point; /* where, by the names that the table's owner sees */
	const char *type;  /* "ext4" */
	bool read_only, nosuid, nodev;
} MountRow;

typedef struct MountTable {
	MountRow *items;
	size_t count;
} MountTable;

/* Where a path lies: two paths with the same place are the same thing, whatever they are called. */
typedef struct MountPlace {
	const MountRow *mount; /* NULL: the table does not say */
	const char *path;      /* within the file system */
} MountPlace;

/* False: a line is not one, or there are more than LIMIT_HOST_MOUNTS. */
bool mount_table_read(const char *text, size_t length, Arena *arena, MountTable *ret);
/* `path`: clean, without links. */
MountPlace mount_table_place(const MountTable *table, const char *path, Arena *arena);
bool place_same(const MountPlace *left, const MountPlace *right);
/* "/a" and "/b/c" are "/a/b/c"; "/" adds nothing. */
const char *place_join(const char *above, const char *below, Arena *arena);
