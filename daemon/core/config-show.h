/* SPDX-License-Identifier: MIT
 *
 * A configuration key by key, for people: what holds, and whether the file says so.
 */
#pragma once

#include "core/config.h"

typedef struct ConfigRow {
	const char *key, *value; /* "audit.rotate.size", as it is written in the file */
	unsigned line;           /* of the key in the text; 0: it is not there, this is the default */
} ConfigRow;

/* Every key, in the order of the manual; rows and texts are of the arena. */
const ConfigRow *config_describe(const Config *config, Arena *arena, size_t *ret_count);
