/* SPDX-License-Identifier: MIT
 *
 * Manager.Metrics.
 */
#include "bus/task.h"
#include "config.h"
#include "core/metrics.h"

typedef struct Measured {
	MetricsFormat format;
	bool degraded;
	const char *text;
} Measured;

static int read_format(Task *task)
{
	Measured *measured = task->work.data;
	const BusContext *context = task->bus->context;
	const char *word;
	int r = sd_bus_message_read_basic(task->call, 's', &word);

	if (r >= 0 && !metrics_format_parse(word, &measured->format))
		return work_fail(&task->work, "InvalidArgs", "a format is openmetrics or plain");
	measured->degraded = atomic_load(&context->status->audit_down) || *reload_error(context->reload);
	return r;
}

static void measure(Work *work)
{
	Measured *measured = work->data;
	const BusContext *context = work->context;
	g_autoptr(GPtrArray) grants = grant_list(context->grants);
	const World *world = world_acquire(context->cell);
	const MetricsNow now = {
		.policy = world->policy, .generation = world->generation, .grants = grants->len, .audit_write_errors = atomic_load(&context->status->audit_write_errors),
		.version = SENTINEL_VERSION, .state = !world->policy ? "lockdown" : measured->degraded ? "degraded" : "serving", .now_us = g_get_real_time(),
	};

	if (context->status->metrics)
		measured->text = metrics_text(context->status->metrics, &now, measured->format, work->arena);
	else
		(void)work_fail(work, "Unavailable", "this service does not serve Docker, and counts nothing");
	world_release(world);
}

static int answer(Task *task, sd_bus_message *reply)
{
	const Measured *measured = task->work.data;

	return sd_bus_message_append_basic(reply, 's', measured->text);
}

const Handler manager_metrics = { sizeof(Measured), read_format, measure, answer };
