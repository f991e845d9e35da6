/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/timer.h"
#include "scan/jobs-internal.h"

#define SECOND_US ((int64_t)1000 * 1000)

static bool is_busy(const char *image_id, void *data)
{
	const ScanJobs *jobs = data;

	for (const GList *at = jobs->held.head; at; at = at->next) {
		const ScanJob *job = at->data;
		if (job->state < JOB_DONE && !strcmp(job->order.image_id, image_id))
			return true;
	}
	return false;
}

void jobs_look_after_waits(ScanJobs *jobs)
{
	waits_look(jobs->waits, is_busy, jobs, g_get_monotonic_time());
	int64_t next_us = waits_next_us(jobs->waits);
	if (next_us && timer_start_at(jobs->wait_timer, (uint64_t)next_us) < 0)
		waits_close(jobs->waits); /* nobody would be told in time */
}

int jobs_on_wait_timer(sd_event_source *source, uint64_t now, void *data)
{
	(void)source;
	(void)now;
	jobs_look_after_waits(data);
	return 0;
}

/* The wish first: who waits for what nobody has wished is told at once. */
bool jobs_await(ScanJobs *jobs, const char *image_id, const char *image, unsigned scans, const StringList *who, int64_t until_us, LookupFn done, void *done_data)
{
	(void)wishes_put(jobs->wishes, image_id, image, scans, who);
	bool waits = waits_add(jobs->waits, image_id, who, until_us, done, done_data);
	jobs_wake(jobs);
	return waits;
}

bool jobs_wait(void *data, const char *image_id, const char *image, unsigned scans, const StringList *who, LookupFn done, void *done_data)
{
	ScanJobs *jobs = data;

	return jobs_await(jobs, image_id, image, scans, who, g_get_monotonic_time() + atomic_load(&jobs->push_wait_s) * SECOND_US, done, done_data);
}
