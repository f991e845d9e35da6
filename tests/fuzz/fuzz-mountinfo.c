/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/limits.h"
#include "request/mount-table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever a table says: what it makes of a path ends, is within the file system, and the same again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = { "/", "/srv", "/srv/alias/k", "/mnt/x" };
	g_autoptr(Arena) arena = arena_new();
	MountTable table;

	if (!mount_table_read((const char *)data, size, arena, &table))
		return 0;
	if (!table.count || table.count > LIMIT_HOST_MOUNTS)
		abort();
	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		MountPlace place = mount_table_place(&table, paths[i], arena), again = mount_table_place(&table, paths[i], arena);
		if (place.mount != again.mount || strcmp(place.path, again.path) != 0 || (place.mount && !place_same(&place, &again)))
			abort();
		if (place.mount && strncmp(place.path, place.mount->root, strlen(place.mount->root)) != 0)
			abort();
	}
	return 0;
}
