/* SPDX-License-Identifier: MIT
 *
 * Scans that wait, run and have ended.  Each runs in a thread of its own, LIMIT_SCANS at a time; what it
 * found becomes verdicts in the World.  Main thread, but for the ScanQueue.
 */
#pragma once

#include <sys/types.h>
#include <systemd/sd-event.h>
#include "core/config.h"
#include "core/image-source.h"
#include "core/metrics.h"
#include "core/scan-queue.h"
#include "core/world.h"
#include "scan/scanner.h"

typedef enum JobState { JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_CANCELLED, JOB_STATE_COUNT } JobState;

#define SCAN_STEPS 13u /* every scanner for every kind; signatures */

typedef struct ScanStep {
	const Scanner *scanner;
	ScanKind kind;
} ScanStep;

typedef struct ScanOrder {
	const char *image_id, *image; /* the id that Docker has for it; the name that was asked for */
	const char *user; /* whose turn it takes, in any form that is the same each time; NULL: nobody's */
	bool pulled; /* it certainly comes from where its name says */
	ScanStep steps[SCAN_STEPS];
	size_t step_count;
} ScanOrder;

typedef struct ScanJob {
	uint64_t number;
	JobState state;
	unsigned progress; /* percent */
	ScanOrder order;
	ScanReport reports[SCAN_STEPS]; /* of a job that is done, one a step */
} ScanJob;

typedef struct ScanJobs ScanJobs;
/* A job came, got on, ended, or (`gone`) is about to be forgotten. */
typedef void (*ScanJobFn)(const ScanJob *job, bool gone, void *data);

/* `cell` gets the verdicts; `source` must live until jobs_stop(). */
ScanJobs *jobs_new(sd_event *event, WorldCell *cell, const char *cache_dir, const ImageSource *source, GError **error);
/* Calls that wait for a scan go on without it, and none waits any more.  NULL is accepted. */
void jobs_wait_no_more(ScanJobs *jobs);
void jobs_stop(ScanJobs *jobs); /* cancels and waits; NULL is accepted */
void jobs_free(ScanJobs *jobs); /* the same, and frees; NULL is accepted */
/* Copies; with `private_instance` programs on $PATH count, too. */
void jobs_configure(ScanJobs *jobs, const ScanSettings *settings, bool private_instance);
/* Where the documents are that say which vulnerabilities do not matter (core/vex-files.h); looked at each second. */
void jobs_use_vex(ScanJobs *jobs, const char *directory);
/* Where the site's own rules for secrets are (own-rules.h); read for each scan. */
void jobs_use_rules(ScanJobs *jobs, const char *file);
void jobs_set_metrics(ScanJobs *jobs, Metrics *metrics); /* core/metrics.h; it lives until jobs_stop() */
void jobs_set_observer(ScanJobs *jobs, ScanJobFn observer, void *data);
const ScanQueue *jobs_queue(const ScanJobs *jobs);

/* NULL: scanning is switched off, or too many wait.  Lives until the observer is told that it goes. */
const ScanJob *jobs_add(ScanJobs *jobs, const ScanOrder *order, GError **error);
/* As ScanQueue.wait, but until then (monotonic).  Any thread. */
bool jobs_await(ScanJobs *jobs, const char *image_id, const char *image, unsigned scans, const StringList *who, int64_t until_us, LookupFn done, void *done_data);
const ScanJob *jobs_find(const ScanJobs *jobs, uint64_t number);
void jobs_cancel(ScanJobs *jobs, uint64_t number);
/* What it does at this moment, for people: "copying 7 layers, 120 of 300 MB", "trivy, 1 of 2: 300 MB in 7 layers"; freed by the caller. */
char *job_phase(const ScanJob *job);
const char *job_state_name(JobState state); /* "running" */
/* Where scanners' programs are looked for: the caller's own copy, for a reload changes them at any time.  Any thread. */
char **jobs_program_dirs(ScanJobs *jobs);
