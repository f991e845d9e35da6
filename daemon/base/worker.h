/* SPDX-License-Identifier: MIT
 *
 * One thread for work that may block (YAML, SQLite reads, files).  A job runs there and its
 * completion runs on the main thread's sd-event loop, in the order of submission.
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>
#include <glib.h>

typedef struct Worker Worker;
typedef void (*JobFn)(void *job);

/* Main thread. */
Worker *worker_new(sd_event *event, GError **error);
void worker_free(Worker *worker); /* runs what is queued, joins, delivers the completions; NULL is accepted */
/* run(job) on the worker, then done(job) on main.  done owns and frees job.
 * false (job not taken): more than LIMIT_JOBS are waiting. */
bool worker_submit(Worker *worker, JobFn run, JobFn done, void *job);
