/* SPDX-License-Identifier: MIT
 *
 * Builds that are under way, and whose: Docker's word that an image has come says nobody's name.  A build is what makes an image of
 * what somebody has here: docker build by either builder, and docker commit.
 *
 * Which of several that run together has ended Docker does not say in a way that is certain, so from the first one on until none runs
 * any more an image may be of each of those who build.
 */
#pragma once

#include <sys/types.h>
#include "request/request.h"

typedef struct Builds Builds;

Builds *builds_new(void);
void builds_free(Builds *builds); /* NULL is accepted */

/* Docker is told that `user` may do this; what is no build counts for nothing.  `docker`: its process; when that is another one, nothing
 * runs any more of what the last one did.  Times are monotonic.  Any thread, like all that follows. */
void builds_begun(Builds *builds, const Request *request, pid_t docker, const char *user, int64_t now_us);
/* Whether it matters that something has ended. */
bool builds_expect(Builds *builds);
void builds_ended(Builds *builds, const Request *request, int64_t now_us);

/* True, once: a while ago the last of BuildKit's channels has ended that were open since `ret_since_us` (monotonic), so that what they made is there.
 * With containerd's store Docker 26.1 has no event for that. */
bool builds_take_channels(Builds *builds, int64_t now_us, int64_t *ret_since_us);

/* Who may have built an image that Docker tells of now, as users are written (base/users.h); NULL: nobody builds, or did a moment ago. */
char *builds_maker(Builds *builds, int64_t now_us);
