/* SPDX-License-Identifier: MIT
 *
 * What the helper that makes pins (base/pin-wire.h) says of the sources of a request.
 */
#pragma once

#include "base/pin-client.h"
#include "request/request.h"

/* Of a mount whose source lies where pins are. */
typedef struct PinFacts {
	bool known;          /* the helper answered, or it is no path of a pin */
	bool live;           /* the source is, byte for byte, the path of a pin that there is */
	uint32_t state, uid; /* PinState; whose it is */
	bool read_only, kept;
	bool named_before; /* by another create, which made no container: the name may have been read meanwhile */
	uint64_t token;    /* of that (base/pin-wire.h); 0: there was none */
	const char *name, *container; /* "" : bound to none */
} PinFacts;

/* Whether the source, as written or where links lead, is the directory of pins or something in it. */
bool pin_concerns(const Mount *mount, Arena *arena);
/* The name, when the source is written exactly as a pin's path is; NULL: it is not. */
const char *pin_name(const char *source);
/* `client` NULL: nobody can be asked. */
const PinFacts *pin_look(PinClient *client, const Mount *mount, Arena *arena);
/* For a policy's tests: it is there, unused and of uid FIRST_ORDINARY_ID. */
const PinFacts *pin_assume(const Mount *mount, Arena *arena);
