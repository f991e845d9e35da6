/* SPDX-License-Identifier: MIT
 *
 * The end of a service that was told to end: no call of Docker's is lost by it.  Main thread.
 */
#pragma once

#include <systemd/sd-event.h>
#include "authz/server.h"
#include "docker/lookups.h"
#include "scan/jobs.h"

typedef struct Drain {
	sd_event *event;
	sd_event_source *timer;
	Server *server;
	Lookups *lookups;
	ScanJobs *jobs;
	Pushes *pushes;
	uint64_t until_us; /* when at the latest; 0: not begun */
	bool quiesced, parted;
	uint64_t settled_us; /* nothing of dockerd's was idle from then on; 0: something is */
} Drain;

/* 0, or a negative errno. */
int drain_set_up(Drain *drain, sd_event *event);
/* Ends the loop when everything is answered, at the latest after LIMIT_DRAIN_MS; at once the second time. */
int drain_begin(Drain *drain, Server *server, Lookups *lookups, ScanJobs *jobs, Pushes *pushes);
void drain_clear(Drain *drain);
