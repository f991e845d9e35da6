/* SPDX-License-Identifier: MIT
 *
 * What `docker save` writes beside the layers (moby image/tarexport/save.go) and the OCI image layout
 * (opencontainers/image-spec image-layout.md, manifest.md, config.md): which image is it, were all of its layers
 * there, and the texts of its configuration.  Not thread-safe; all memory is in the arena.
 */
#pragma once

#include <stdbool.h>
#include "base/arena.h"

typedef struct Metadata Metadata;

/* One text of an image's configuration; `path` is "image-metadata:env:NAME" or the like. */
typedef void (*MetadataTextFn)(const char *path, const char *text, size_t length, void *data);

Metadata *metadata_new(Arena *arena);
void metadata_free(Metadata *metadata); /* NULL is accepted; before the arena */
/* A JSON file of the archive, whole; it is copied.  False: too many of them, this one is not kept. */
bool metadata_keep(Metadata *metadata, const char *name, const char *bytes, size_t length);
/* A JSON file that is too long for that was looked at as text. */
void metadata_add_text(Metadata *metadata, const char *name);
/* A layer was read; the number is for metadata_layer(). */
size_t metadata_add_layer(Metadata *metadata, const char *name);
/* A file of the archive was read to its end: is it what its name says, where the name is its digest? */
void metadata_add_digest(Metadata *metadata, const char *name, const char *digest);
/* The digest of a layer's content, unpacked. */
void metadata_add_content(Metadata *metadata, size_t layer, const char *digest);
/* A symbolic link in the archive: an old Docker writes them for a layer that is there already. */
void metadata_add_link(Metadata *metadata, const char *name, const char *target);

typedef enum MetadataAnswer { METADATA_WHOLE, METADATA_PARTLY, METADATA_BROKEN } MetadataAnswer;

/* After the end of the archive: gives each text once and says what was missing or could not be read, for people. */
MetadataAnswer metadata_finish(Metadata *metadata, MetadataTextFn each, void *data, const char **ret_problem);
/* The digest of a layer's content, else of its file, else "". */
const char *metadata_layer(const Metadata *metadata, size_t layer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Metadata, metadata_free)
