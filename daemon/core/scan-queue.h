/* SPDX-License-Identifier: MIT
 *
 * Asking for scans, as those who decide see it; scan/ stands behind it (sentineld.c connects the two).
 */
#pragma once

typedef struct ScanQueue {
	void *data;
	/* Any thread, does not block; `scans` are bits of SCANS_ (policy/policy.h): the image is scanned in a while, unless it is being scanned already, or the
	 * queue is full.  `image` is its name, for people. */
	void (*want)(void *data, const char *image_id, const char *image, unsigned scans);
} ScanQueue;
