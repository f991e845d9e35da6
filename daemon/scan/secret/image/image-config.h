/* SPDX-License-Identifier: MIT
 *
 * The JSON files of an image, read strictly (request/json.h).  Unknown members are left alone.  All memory is in the
 * arena; any thread.
 */
#pragma once

#include "request/request.h"

/* One member of manifest.json (moby image/tarexport/tarexport.go, manifestItem). */
typedef struct SavedImage {
	const char *config;
	StringList layers;
} SavedImage;

typedef struct SavedImages {
	SavedImage *items;
	size_t count;
} SavedImages;

/* An OCI index has manifests; an OCI manifest has a configuration and layers. */
typedef struct OciFile {
	StringList manifests, layers; /* digests */
	const char *config;           /* digest, "" */
} OciFile;

/* An image's configuration (moby image/image.go, OCI config.md). */
typedef struct ImageConfig {
	StringList env, cmd, entrypoint, on_build, health;
	PairList labels;
	StringList history; /* created_by and comment in turn */
	StringList diff_ids;
} ImageConfig;

/* False: it is not of that form; what is wrong. */
bool image_read_saved(const char *text, size_t length, Arena *arena, SavedImages *ret_images, const char **ret_problem);
bool image_read_oci(const char *text, size_t length, Arena *arena, OciFile *ret_file, const char **ret_problem);
bool image_read_config(const char *text, size_t length, Arena *arena, ImageConfig *ret_config, const char **ret_problem);
