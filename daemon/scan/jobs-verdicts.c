/* SPDX-License-Identifier: MIT */
#include "scan/jobs-internal.h"

/* A scan that did not work takes nothing away from one that did, as long as that counts and the new one found nothing. */
static bool keeps(const ScanJobs *jobs, const Verdict *verdict)
{
	const Verdict *old = verdict_table_find(jobs->verdicts, verdict->image_id, verdict->scanner, verdict->secrets);
	const World *world = world_acquire(jobs->cell);
	int64_t lasts_us = world->policy ? policy_scan_lasts_us(world->policy) : 0;

	world_release(world);
	return verdict_outlasts(old, verdict, lasts_us);
}

/* What one check of signatures did not ask about is known by others of the same image. */
static void take_over(const ScanJobs *jobs, Verdict *verdict)
{
	const Verdict *old = verdict_table_find(jobs->verdicts, verdict->image_id, verdict->scanner, false);
	const World *world = world_acquire(jobs->cell);

	if (old)
		verdict_take_over(verdict, old, world->policy ? verdict->time_us - policy_scan_lasts_us(world->policy) : verdict->time_us);
	world_release(world);
}

/* False: what was known before counts. */
static bool takes(const ScanJobs *jobs, Verdict *verdict)
{
	const Verdict *old = verdict_table_find(jobs->verdicts, verdict->image_id, verdict->scanner, verdict->secrets);

	if (verdict->signatures)
		take_over(jobs, verdict);
	else if (keeps(jobs, verdict))
		return false;
	else if (old)
		verdict_take_findings(verdict, old);
	return true;
}

void jobs_take_verdicts(ScanJobs *jobs, HeldJob *held)
{
	for (size_t i = 0; i < held->job.order.step_count; i++) {
		Verdict *verdict = g_steal_pointer(&held->work.verdicts[i]);
		if (verdict && !takes(jobs, verdict))
			g_clear_pointer(&verdict, verdict_free);
		if (!verdict)
			continue;
		VerdictTable *changed = verdict_table_with(jobs->verdicts, verdict);
		verdict_table_unref(jobs->verdicts);
		jobs->verdicts = changed;
	}
	jobs_publish(jobs);
}
