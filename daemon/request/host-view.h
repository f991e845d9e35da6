/* SPDX-License-Identifier: MIT
 *
 * Looks at the host paths of a request, as Docker sees them: by the tables of mounts of the processes concerned.  A view belongs
 * to one thread.
 */
#pragma once

#include <sys/types.h>
#include "request/path-look.h"
#include "request/request.h"

typedef struct HostView HostView;

/* `pin_socket`: of the helper that makes pins (base/pin-client.h). */
HostView *host_view_new(const char *pin_socket);
void host_view_free(HostView *view); /* NULL is accepted */
/* The request, and what it has stored, with facts at each path of the host.  `docker`: dockerd's process; 0: not known.
 * `paths`: PATHS_...; 0 gives the request itself.  `again`: also where there are facts. */
const Request *host_view_apply(HostView *view, pid_t docker, unsigned paths, bool again, const Request *request, Arena *arena);
/* The same for a policy's tests, which must say the same on every machine: every path is there, is its own name and is
 * root's, on a mount without flags that everybody may enter; Docker has its usual data root. */
const Request *host_view_assume(const Request *request, Arena *arena);
