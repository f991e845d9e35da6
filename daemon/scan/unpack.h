/* SPDX-License-Identifier: MIT
 *
 * The files of an image for scanners that look at directories: UNPACK_TREE/LAYER/PATH, LAYER being the digits of its digest
 * where the archive has it by that, and the image's JSON files as UNPACK_TREE/UNPACK_TEXTS/NAME.  Regular files only, whatever their rights were; what is
 * removed by a later layer is there, too.  No link is made or followed.
 */
#pragma once

#include <stdbool.h>
#include <glib.h>

#define UNPACK_TREE "tree"
#define UNPACK_TEXTS "image-metadata"

/* Below the directory `at`.  `archive` is what docker save writes.  False: not all of it could be unpacked, and `error` says why. */
bool unpack_image(int archive, int at, GError **error);
