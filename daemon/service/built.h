/* SPDX-License-Identifier: MIT
 *
 * Images that somebody has built here: scanned as the policy has it, and told of when that is done, has failed, or takes too long.  How
 * many of one user's, and of all, wait for that is bounded; what has no room is told of as not scanned.  Main thread.
 */
#pragma once

#include "core/world.h"
#include "policy/review/built.h"
#include "scan/jobs.h"

typedef struct BuiltTold {
	const char *image, *image_id; /* "app:1", or its id */
	const char *maker;            /* who built it (base/users.h) */
	BuiltWord word;
} BuiltTold;

typedef void (*BuiltFn)(const BuiltTold *told, void *data);

typedef struct Built {
	WorldCell *cell;
	ScanJobs *jobs;
	BuiltFn tell;
	void *data;
	GQueue waiting; /* BuiltImage *, the oldest first */
} Built;

/* `scans`: bits of SCANS_. */
void built_add(Built *built, const char *image_id, const char *name, const char *maker, unsigned scans);
