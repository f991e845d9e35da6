/* SPDX-License-Identifier: MIT
 *
 * Which mounts of a denied docker command a pin could take the place of: sentinel exec makes them.
 */
#pragma once

#include "bus/cause.h"

typedef struct Pinnable {
	uint32_t index, words; /* of argv: what gives way to the pin */
	const char *keep;      /* what of it stays: "-it" of "-itv"; "" : nothing */
	const char *source, *target;
	bool read_only;
} Pinnable;

typedef struct PinnableList {
	Pinnable *items;
	size_t count;
} PinnableList;

/* Of what the policy denies for a mount, where it has pins.  `indexes`: of cause_find() for `decision`. */
PinnableList pinnable_find(const Cause *cause, const Decision *decision, const int32_t *indexes);
