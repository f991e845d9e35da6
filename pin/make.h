/* SPDX-License-Identifier: MIT
 *
 * One pin: what was passed is looked at, cloned, mapped and attached (open_tree(2), mount_setattr(2), move_mount(2)).  Whatever is done
 * with the directory may hang, when its file system does: a process of its own does it.
 */
#pragma once

#include <stdint.h>
#include "base/pin-wire.h"
#include "pin/refusal.h"

typedef struct PinWish {
	int directory;    /* as the caller opened it */
	uint32_t uid;     /* who must own it */
	uint32_t flags;   /* PIN_READ_ONLY */
	int userns;       /* the map */
	int place;        /* the directory of pins */
	const char *name; /* an empty directory in it */
} PinWish;

typedef struct PinMade {
	uint32_t step; /* PinStep: where it ended */
	int32_t error; /* errno */
	uint64_t device, inode;
	char origin[LIMIT_PIN_ORIGIN_BYTES];
} PinMade;

void pin_make(const PinWish *wish, PinMade *ret);
/* The same in a process of its own, which writes a PinMade to `answer`.  A descriptor of the process (pidfd_open(2)), or a negative errno.
 */
int pin_make_apart(const PinWish *wish, int answer);
