/* SPDX-License-Identifier: MIT
 *
 * Asking for scans, as those who decide see it; scan/ stands behind it (sentineld.c connects the two).
 */
#pragma once

#include "core/lookup.h"
#include "core/shares.h"

typedef struct ScanQueue {
	void *data;
	/* Any thread, does not block; `scans` are bits of SCANS_ (policy/policy.h): the image is scanned in a while, unless it is being scanned already, or the
	 * queue is full, or the part of it that each of `who` (core/shares.h) may fill.  `image` is its name, for people. */
	void (*want)(void *data, const char *image_id, const char *image, unsigned scans, const StringList *who);
	/* The same, and done(done_data) runs once, on any thread (also before it returns), when no scan of that image runs or waits any more, or when
	 * scanning.push_wait is over.  NULL: nobody waits for scans.  False: done will not run; nothing may be waited for, or too much is, by each of
	 * `who` (core/shares.h) or in all. */
	bool (*wait)(void *data, const char *image_id, const char *image, unsigned scans, const StringList *who, LookupFn done, void *done_data);
} ScanQueue;
