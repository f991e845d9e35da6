/* SPDX-License-Identifier: MIT
 *
 * metrics.socket: monitoring's text on a Unix socket, by HTTP (GET /metrics), for whoever may not, or cannot, use the bus.  A thread of its
 * own answers; there is nothing in it that names a user, an image or a container, so everybody may ask.  Main thread.
 */
#pragma once

#include "core/metrics-source.h"

typedef struct Exposition Exposition;

Exposition *exposition_new(const MetricsSource *source); /* `source` is copied; what it has is borrowed */
void exposition_free(Exposition *exposition);            /* NULL is accepted */
/* Where it is served from now on; "": nowhere.  What is in the way is told once, and tried again by each tick. */
void exposition_configure(Exposition *exposition, const char *path);
/* Each second: whether the service is degraded. */
void exposition_tick(Exposition *exposition, bool degraded);
