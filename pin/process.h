/* SPDX-License-Identifier: MIT
 *
 * The processes that make pins, each until it has ended: one that is in a file system that does not answer does so when that does,
 * long after anybody waits for it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

typedef struct Processes Processes;
typedef struct Process Process;

Processes *processes_new(sd_event *event, void (*ended)(void *data), void *data);
void processes_free(Processes *processes); /* NULL is accepted */
/* `pidfd` stays the caller's.  *ret is NULL again when it has ended: it has to stay where it is until process_leave().  0, or a negative errno. */
int process_watch(Processes *processes, int pidfd, uint32_t uid, Process **ret);
/* Nobody looks at *process any more (NULL is accepted).  One that is `late` is ended, and counts until it is. */
void process_leave(Process **process, bool late);
/* Those that are late: of one user, of all. */
unsigned processes_late_of(const Processes *processes, uint32_t uid);
unsigned processes_late(const Processes *processes);
