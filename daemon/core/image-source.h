/* SPDX-License-Identifier: MIT
 *
 * The bytes of an image, as those who scan see it; docker/ stands behind it (sentineld.c connects the two).
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <glib.h>

typedef struct ImageSource {
	void *data;
	/* Writes the image as `docker save` does to `fd`.  Blocks: never on main or where decisions are made, for
	 * Docker asks those about this very call.  Stops when *cancelled becomes true. */
	bool (*save)(void *data, const char *image_id, int fd, const _Atomic bool *cancelled, GError **error);
} ImageSource;
