/* SPDX-License-Identifier: MIT
 *
 * The bytes of an image, as those who scan see it; docker/ stands behind it (sentineld.c connects the two).
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <glib.h>
#include "request/request.h"

/* How far the bytes of one image are, for whoever looks at it meanwhile, on any thread. */
typedef struct ImageTransfer {
	_Atomic uint64_t bytes, total; /* that are there, and that Docker says it takes; total 0: it does not say */
	_Atomic unsigned layers;       /* of the image; 0: not known */
} ImageTransfer;

typedef struct ImageSource {
	void *data;
	/* Writes the image as `docker save` does to `fd`.  Blocks: never on main or where decisions are made, for
	 * Docker asks those about this very call.  Stops when *cancelled becomes true. */
	bool (*save)(void *data, const char *image_id, int fd, ImageTransfer *transfer, const _Atomic bool *cancelled, GError **error);
	/* "NAME@sha256:...": where it was pulled from or pushed to.  Blocks in the same way. */
	bool (*names)(void *data, const char *image_id, const _Atomic bool *cancelled, Arena *arena, StringList *ret, GError **error);
} ImageSource;
