/* SPDX-License-Identifier: MIT */
#include "core/fetched.h"
#include "core/metrics-source.h"

const char *metrics_source_text(const MetricsSource *source, bool degraded, MetricsFormat format, Arena *arena)
{
	Fetched fetched;

	if (!source->status->metrics)
		return NULL;
	fetched_read(source->fetch_dir, arena, &fetched);
	g_autoptr(GPtrArray) grants = grant_list(source->grants);
	const World *world = world_acquire(source->cell);
	const MetricsNow now = {
		.policy = world->policy,
		.generation = world->generation,
		.grants = grants->len,
		.audit_write_errors = atomic_load(&source->status->audit_write_errors),
		.version = source->version,
		.state = !world->policy ? "lockdown"
			 : degraded     ? "degraded"
					: "serving",
		.now_us = g_get_real_time(),
		.fetched = &fetched,
	};
	const char *text = metrics_text(source->status->metrics, &now, format, arena);

	world_release(world);
	return text;
}
