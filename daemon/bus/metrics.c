/* SPDX-License-Identifier: MIT
 *
 * Manager.Metrics.
 */
#include "bus/task.h"
#include "config.h"
#include "core/metrics-source.h"

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
	const MetricsSource source = { context->cell, context->grants, context->status, context->paths->fetch_dir, SENTINEL_VERSION };

	measured->text = metrics_source_text(&source, measured->degraded, measured->format, work->arena);
	if (!measured->text)
		(void)work_fail(work, "Unavailable", "this service does not serve Docker, and counts nothing");
}

static int answer(Task *task, sd_bus_message *reply)
{
	const Measured *measured = task->work.data;

	return sd_bus_message_append_basic(reply, 's', measured->text);
}

const Handler manager_metrics = { sizeof(Measured), read_format, measure, answer };
