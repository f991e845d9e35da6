/* SPDX-License-Identifier: MIT
 *
 * Whose ids a pin has: those that the databases of this machine give to a user.
 */
#pragma once

#include "pin/map.h"

typedef struct PinDatabases {
	const char *users, *groups;          /* passwd(5), group(5) */
	const char *uid_ranges, *gid_ranges; /* subuid(5), subgid(5) */
} PinDatabases;

extern const PinDatabases pin_databases;

/* NULL, or what people are told: why there is no map. */
const char *pin_account(const PinDatabases *databases, uint32_t uid, PinMap map, PinIds *ret);
