/* SPDX-License-Identifier: MIT
 *
 * Connects those who scan with those who know of images: Docker's client and its events, the policy in
 * force, the settings.  Main thread.
 */
#pragma once

#include "core/builds.h"
#include "core/paths.h"
#include "core/reload.h"
#include "docker/lookups.h"
#include "scan/jobs.h"
#include "service/built.h"
#include "service/keys.h"
#include "service/unheard.h"

typedef struct Scanning {
	ScanJobs *jobs;
	ImageSource source;
	WorldCell *cell;
	Lookups *lookups;
	Builds *builds;
	Built built; /* who is told of what was built, and `data`, are set before the start */
	Unheard unheard;
	KeysWatch keys; /* set before the start, too */
	bool private_instance; /* of the command line's: it starts no scans by itself */
} Scanning;

bool scanning_start(Scanning *scanning, sd_event *event, const Paths *paths, GError **error);
void scanning_configure(Scanning *scanning, const Config *config); /* NULL: none has loaded yet */
/* Now and then: images that come are heard of only while Docker's events are. */
void scanning_tick(Scanning *scanning);
void scanning_free(Scanning *scanning);
