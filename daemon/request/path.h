/* SPDX-License-Identifier: MIT
 *
 * Host paths, as Docker and the kernel take them.
 */
#pragma once

#include <stdbool.h>
#include "base/arena.h"

/* Go's filepath.Clean for an absolute path: "/a//b/../c/" is "/a/c". */
const char *path_clean(const char *path, Arena *arena);
/* The path with every link followed on this host; what does not exist yet is kept as written below
 * its deepest existing parent.  "" when it cannot be resolved (loop, no permission). */
const char *path_resolve(const char *path, Arena *arena);
/* Whether a node of a device is there: also one that somebody made outside of /dev. */
bool path_is_device(const char *path);
/* /var/run is /run on every Linux Docker runs on. */
const char *path_canonical_run(const char *clean, Arena *arena);

typedef enum PathRelation { PATH_APART, PATH_EQUAL, PATH_INSIDE, PATH_CONTAINS } PathRelation;
/* How the clean path `path` stands to the clean path `other`: INSIDE: path lies under other;
 * CONTAINS: other lies under path.  By whole components. */
PathRelation path_relation(const char *path, const char *other);
