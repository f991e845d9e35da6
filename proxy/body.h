/* SPDX-License-Identifier: MIT
 *
 * A body that is read whole before it is judged.  A small one is in memory; a larger one, and any while memory is scarce, in a file without a name that nobody can change once it is whole
 * (memfd_create(2), seals), so that what is sent on is what was judged.
 */
#pragma once

#include <stdint.h>
#include "proxy/bytes.h"

typedef struct Body {
	Bytes small; /* none: it is in `file`, or there is none */
	int file;    /* -1 */
	uint64_t length;
} Body;

#define BODY_INIT ((Body){ .file = -1 })

typedef enum BodyResult { BODY_TAKEN, BODY_TOO_LARGE, BODY_NO_ROOM } BodyResult;

BodyResult body_add(Body *body, const char *bytes, size_t length);
bool body_seal(Body *body); /* it is whole */
void body_clear(Body *body);
