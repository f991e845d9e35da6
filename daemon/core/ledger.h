/* SPDX-License-Identifier: MIT
 *
 * Where decisions are written down, as the deciding threads see it; the audit journal stands behind
 * it (sentineld.c connects the two).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Ledger {
	void *data;
	uint64_t (*take_id)(void *data);
	/* 0, or a negative errno: the line is not (wholly) on disk.  Any thread. */
	int (*append)(void *data, const char *line, size_t length);
	/* The same of a line that says that another one could not be written: there may be room for that.  NULL: there is none. */
	int (*append_last)(void *data, const char *line, size_t length);
} Ledger;
