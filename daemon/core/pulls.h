/* SPDX-License-Identifier: MIT
 *
 * Images that Docker pulled while this service looked on: each name (registry, repository and tag) with the id of what came.  Docker's
 * containerd store writes a digest of the name for every tag (RepoDigests; moby daemon/containerd/image_inspect.go), so it cannot say
 * afterwards what was pulled and what was only called so.
 *
 * That a pull has succeeded is believed of Docker's event "pull" alone, which it sends when the name is there (moby daemon/images/
 * image_pull.go, daemon/containerd/image_pull.go); which image the name means then, of Docker's answer.  Between the beginning of the
 * pull and that answer nobody else may have been at names: a call that can give an image a name (tag, load, import, commit, build)
 * and runs meanwhile makes the answer doubtful, and nothing is kept.  What is kept goes by the image's id: another image with the
 * same name has nothing of it.
 */
#pragma once

#include <sys/types.h>
#include "request/request.h"

typedef struct Pulls Pulls;

/* What was kept before counts when it is of our own hand (core/seal.h).  NULL for `file`: nothing is kept beyond this process. */
Pulls *pulls_open(const char *file);
void pulls_close(Pulls *pulls); /* NULL is accepted */

/* Docker is told that it may do this.  `docker`: its process; when that is another one, nothing runs any more of what the last one did.
 * Times are monotonic.  Any thread, like all that follows. */
void pulls_begun(Pulls *pulls, const Request *request, pid_t docker, int64_t now_us);
/* Whether it matters that something has ended. */
bool pulls_expect(Pulls *pulls);
void pulls_ended(Pulls *pulls, const Request *request, int64_t now_us);

/* Docker says that a pull of `name` (as its event writes it) has succeeded: a number for what is asked now; 0: it is of no use. */
int64_t pulls_arrived(Pulls *pulls, const char *name);
/* ... and that the name means `id`: kept when nothing has come between.  Writes the file: one thread, and it blocks. */
bool pulls_keep(Pulls *pulls, const char *name, int64_t number, const char *id);

bool pulls_know(Pulls *pulls, const ImageRef *image, const char *id);
/* The request, and what it has stored, with images that were pulled from where their names say. */
const Request *pulls_apply(Pulls *pulls, const Request *request, Arena *arena);
