/* SPDX-License-Identifier: MIT
 *
 * From the bytes of an image's archive to the rules: entries, layers, archives within layers, pieces of text; and the
 * limits of all that.  Memory: LIMIT_SECRET_PIECE_BYTES for each level of archives, and what libarchive takes.
 * Not thread-safe.
 */
#pragma once

#include "scan/secret/detector.h"
#include "scan/secret/findings.h"
#include "scan/secret/image/metadata.h"

typedef struct ImageWalk ImageWalk;

/* Findings and metadata stay the caller's, and live longer; so do the options. */
ImageWalk *image_walk_new(const DetectorOptions *options, Findings *findings, Metadata *metadata);
void image_walk_free(ImageWalk *walk); /* NULL is accepted */

/* All of the archive, up to where it is damaged. */
void image_walk_archive(ImageWalk *walk, int fd);
/* One text that is no file of a layer. */
void image_walk_text(const char *path, const char *text, size_t length, void *walk);

/* Why the archive could not be read to its end, or "". */
const char *image_walk_damage(const ImageWalk *walk);
/* What was left out because of a limit, for people, or "". */
const char *image_walk_gap(const ImageWalk *walk);
/* The files that were not wholly looked at, into `report`; false: something else is missing as well. */
bool image_walk_missed(const ImageWalk *walk, ScanReport *report, Arena *arena);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImageWalk, image_walk_free)
