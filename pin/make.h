/* SPDX-License-Identifier: MIT
 *
 * One pin: what was passed is looked at, cloned, mapped and attached (open_tree(2), mount_setattr(2), move_mount(2)).  Whatever is done
 * with the directory may hang, when its file system does: a process of its own does it.
 */
#pragma once

#include <stdint.h>
#include "base/pin-wire.h"
#include "base/users.h"
#include "pin/refusal.h"

typedef struct PinPlan {
	int directory;            /* as the caller opened it */
	const char *path;         /* instead of it, of a kept pin: its owner opens it; NULL: not so */
	const UserAccount *owner; /* ... with these groups */
	uint64_t device, inode;   /* ... and must find this */
	uint32_t uid;             /* who must own it */
	uint32_t flags;           /* PIN_READ_ONLY, PIN_KEEP */
	int userns;               /* the map */
	int place;                /* the directory of pins */
	const char *name;         /* an empty directory in it */
} PinPlan;

typedef struct PinMade {
	uint32_t step;          /* PinStep: where it ended */
	int32_t error;          /* errno */
	uint64_t device, inode; /* the file system by its own id where that stays over reboots, else by its device */
	char origin[LIMIT_PIN_ORIGIN_BYTES];
} PinMade;

/* A process of its own writes a PinMade to `answer`.  A descriptor of the process (pidfd_open(2)), or a negative errno. */
int pin_make_apart(const PinPlan *plan, int answer);
