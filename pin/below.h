/* SPDX-License-Identifier: MIT
 *
 * What a table of mounts (proc(5), /proc/PID/mountinfo) says of a directory.
 */
#pragma once

#include <stdint.h>

typedef enum Below {
	BELOW_NOTHING, /* its mount is there, and nothing is mounted on it or in it */
	BELOW_MOUNTS,
	BELOW_FOREIGN, /* its mount is not in the table: it is another process's */
	BELOW_UNKNOWN, /* the table cannot be read */
} Below;

/* `mount`: the id of the mount that `path` is on. */
Below below_look(const char *table, uint64_t mount, const char *path);
