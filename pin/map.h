/* SPDX-License-Identifier: MIT
 *
 * User namespaces that say who is whom in a mount (mount_setattr(2), MOUNT_ATTR_IDMAP): one for each user and kind of map, kept.
 */
#pragma once

#include <stdint.h>
#include "base/pin-wire.h"

typedef struct PinIds {
	uint32_t uid, gid;           /* on disk; 0 in the mount */
	uint32_t range, group_range; /* on disk; 1 and what follows in the mount.  0: none */
} PinIds;

typedef struct PinMaps PinMaps;

PinMaps *pin_maps_new(void);
void pin_maps_free(PinMaps *maps); /* NULL is accepted */
/* A descriptor that the table keeps; or a negative errno. */
int pin_maps_get(PinMaps *maps, const PinIds *ids);
