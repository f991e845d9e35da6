/* SPDX-License-Identifier: MIT
 *
 * sentineld --stopped: what answers Docker while an administrator has stopped the guard (sentinel-stopped.service).  A plugin that
 * is not there at all makes every call hang for 15 s before Docker gives up; this one says at once what is the matter.  It reads
 * no configuration, no policy, no call, and writes nothing.
 */
#pragma once

/* `socket`: where to listen when systemd passes none.  The exit status, when it is told to end. */
int stopped_run(const char *socket);
