/* SPDX-License-Identifier: MIT
 *
 * Threads for work that may block (YAML, SQLite reads, files).  A job runs on one of them and its
 * completion runs on the main thread's sd-event loop; of a worker with one thread in the order of submission.
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>
#include <glib.h>
#include "base/pulse.h"

typedef struct Worker Worker;
typedef void (*JobFn)(void *job);

/* How many threads, whose pulses are `pulse` and those behind it; how many of them one owner's jobs may have at a time; how far they
 * step back behind the threads that decide (setpriority(2)). */
typedef struct WorkerShape {
	PulseKind pulse;
	unsigned threads, per_owner;
	int nice;
} WorkerShape;
extern const WorkerShape worker_loader, worker_writer, worker_packer, worker_readers;

/* Of the calling thread alone; one that may not goes on as it is. */
void thread_step_back(int nice);

/* Main thread. */
Worker *worker_new(sd_event *event, const WorkerShape *shape, GError **error);
/* Takes nothing more, runs what is queued, joins, delivers the completions. */
void worker_stop(Worker *worker);
void worker_free(Worker *worker); /* NULL is accepted; stops it */
/* run(job) on a thread, then done(job) on main.  done owns and frees job.
 * false (job not taken): more than LIMIT_JOBS are waiting.  `owner`: a user; jobs of others overtake those of one who has all that one may have. */
bool worker_submit_for(Worker *worker, uint64_t owner, JobFn run, JobFn done, void *job);
bool worker_submit(Worker *worker, JobFn run, JobFn done, void *job); /* the service's own */
