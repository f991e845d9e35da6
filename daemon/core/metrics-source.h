/* SPDX-License-Identifier: MIT
 *
 * Where monitoring's text comes from, whoever asks for it: the bus, or the socket for it.  Any thread.
 */
#pragma once

#include "core/grant.h"
#include "core/metrics.h"
#include "core/status.h"
#include "core/world.h"

typedef struct MetricsSource {
	WorldCell *cell;
	GrantBook *grants;
	const Status *status;
	const char *fetch_dir, *version;
} MetricsSource;

/* `degraded`: main alone knows.  NULL: this service does not serve Docker, and counts nothing. */
const char *metrics_source_text(const MetricsSource *source, bool degraded, MetricsFormat format, Arena *arena);
