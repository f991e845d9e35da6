/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "scan/jobs-internal.h"

typedef struct UserState {
	const ScanJobs *jobs;
	JobState state;
} UserState;

static unsigned count_of(const char *user, const void *data)
{
	const UserState *of = data;
	unsigned count = 0;

	for (const GList *at = of->jobs->held.head; at; at = at->next) {
		const ScanJob *job = at->data;
		count += job->state == of->state && !strcmp(job->order.user, user);
	}
	return count;
}

const char *jobs_payer(const ScanJobs *jobs, const StringList *who)
{
	const UserState queued = { jobs, JOB_QUEUED };

	return share_of(who, 1, LIMIT_SCAN_QUEUE_PER_USER, count_of, &queued);
}

HeldJob *jobs_next(const ScanJobs *jobs)
{
	const UserState running = { jobs, JOB_RUNNING };
	HeldJob *next = NULL;
	unsigned least = 0;

	for (const GList *at = jobs->held.head; at; at = at->next) {
		HeldJob *held = at->data;
		if (held->job.state != JOB_QUEUED)
			continue;
		const unsigned runs = count_of(held->job.order.user, &running);
		if (next && runs >= least)
			continue;
		next = held;
		least = runs;
	}
	return next;
}
