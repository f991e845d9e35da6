/* SPDX-License-Identifier: MIT
 *
 * What a call runs, as one line with one reading, for policies, the trail and people.  Which words are the entrypoint's stands in brackets; what the
 * call leaves to the image is <image> (moby daemon/commit.go, merge; [""] takes the image's entrypoint away: daemon/create.go, mergeAndVerifyConfig):
 *
 *   [sh -c] 'curl x'    entrypoint and command
 *   [] id -u            no entrypoint
 *   <image> id -u       the image's entrypoint, with this command
 *   <image>             its command as well
 *   [] <image>          its command, without its entrypoint
 *   id -u               an exec, which has no entrypoint
 *
 * A word with other characters than a few stands in quotes, as a shell wants it: brackets are never part of one.
 */
#pragma once

#include "request/request.h"

/* "": the call runs nothing that is known.  Cut somewhere behind `limit` bytes; 0: never. */
const char *runs_line(const Request *request, size_t limit, Arena *arena);
/* Whether a create call leaves all to the image. */
bool runs_what_the_image_says(const Request *request);
/* Whether one of the lines is what the call runs, and nothing else runs by it: who enters a container, or writes into it, brings something of their own.
 * What a container that exists has of its image (Request.image_entrypoint, image_command) may be named as <image>, too. */
bool runs_one_of(const Request *request, const StringList *lines, Arena *arena);
