/* SPDX-License-Identifier: MIT
 *
 * What jobs.c and jobs-setup.c share.  Main thread, but for jobs_want() and jobs_wait().
 */
#pragma once

#include <pthread.h>
#include "core/vex-files.h"
#include "core/waits.h"
#include "scan/wishes.h"
#include "scan/work.h"

/* A job with its thread. */
typedef struct HeldJob {
	ScanJob job; /* first: a ScanJob * is a HeldJob * */
	ScanWork work;
	ScanJobs *jobs;
	pthread_t thread;
	_Atomic bool finished;
	int64_t ended_us;
} HeldJob;

struct ScanJobs {
	sd_event *event;
	WorldCell *cell;
	Metrics *metrics; /* NULL: nobody counts */
	const ImageSource *source;
	ScanQueue queue;
	char *scans_dir, *verdicts_dir, *cache, *rules_file;
	unsigned char key[SCAN_KEY_BYTES];
	ScanSettings settings;
	pthread_mutex_t dirs_lock; /* guards program_dirs, which main alone exchanges */
	char **program_dirs;
	VerdictTable *verdicts;
	VexFiles *vex; /* NULL: nobody named a directory */
	GQueue held; /* HeldJob *, the oldest first */
	uint64_t last_number;
	unsigned running;
	bool stopped;
	ScanJobFn observer;
	void *observer_data;
	int wakeup;
	sd_event_source *io, *timer, *wait_timer;
	Wishes *wishes;
	Waits *waits; /* calls that wait for a scan */
	_Atomic unsigned push_wait_s;
	pthread_t prober; /* finds out which scanners work */
	char **probed_dirs; /* its own; NULL: it was not started */
	_Atomic bool probe_cancelled;
};

int jobs_on_wakeup(sd_event_source *source, int fd, uint32_t events, void *jobs);
int jobs_on_timer(sd_event_source *source, uint64_t now, void *jobs);
void jobs_wake(void *jobs); /* any thread */
/* What waits is told what has come, or that it waited long enough. */
void jobs_look_after_waits(ScanJobs *jobs);
int jobs_on_wait_timer(sd_event_source *source, uint64_t now, void *jobs);
void jobs_want(void *jobs, const char *image_id, const char *image, unsigned scans, const StringList *who);
/* Whose share of the queue a scan is of that one of these has asked for; NULL: there is no room for any of them. */
const char *jobs_payer(const ScanJobs *jobs, const StringList *who);
/* The one that runs next: the oldest of those whose users have fewest that run.  NULL: none waits. */
HeldJob *jobs_next(const ScanJobs *jobs);
bool jobs_wait(void *jobs, const char *image_id, const char *image, unsigned scans, const StringList *who, LookupFn done, void *done_data);
/* What came out of a job becomes part of what is known. */
void jobs_take_verdicts(ScanJobs *jobs, HeldJob *held);
void jobs_publish(ScanJobs *jobs);
void jobs_look_at_vex(ScanJobs *jobs);
void held_job_free(HeldJob *held);
