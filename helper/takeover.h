/* SPDX-License-Identifier: MIT
 *
 * Sentinel's socket in the place of Docker's, and back, by drop-ins of systemd's units: no file of Docker's changes.  Docker is restarted;
 * containers run on where it has live-restore, else it must be allowed that they stop.
 */
#pragma once

#include "helper/docker.h"

/* What was done is printed.  A takeover that fails half way is undone. */
bool takeover(const Docker *docker, bool containers_may_stop, GError **error);
bool takeover_undo(const Docker *docker, bool containers_may_stop, GError **error);
