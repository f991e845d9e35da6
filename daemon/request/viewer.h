/* SPDX-License-Identifier: MIT
 *
 * Who looks at the host's paths.  The service may go through directories that are closed to it; what it finds out there for somebody else it
 * would tell them.  So a thread that judges for a user who learns nothing by Docker goes only where that user may go.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include "base/arena.h"
#include "request/path-facts.h"

typedef struct PathViewer {
	uid_t uid;
	const gid_t *groups; /* the primary one too */
	size_t count;
} PathViewer;

/* From now on this thread looks as `viewer` (NULL: as the process may), which must last; who it was before. */
const PathViewer *viewer_set(const PathViewer *viewer);
bool viewer_is_set(void);
/* Whether a name may be looked up in that directory.  By owner, group and mode; one with an access list is the owner's alone. */
bool viewer_may_search(const PathNode *directory);
/* stat(2), by a path that the viewer may go. */
bool viewer_stat(const char *path, struct stat *ret, Arena *arena);
