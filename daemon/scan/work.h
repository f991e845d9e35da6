/* SPDX-License-Identifier: MIT
 *
 * One scan from the image to reports and verdicts.  Blocks, in a thread of its own.
 */
#pragma once

#include "core/image-source.h"
#include "policy/verdict.h"
#include "scan/jobs.h"

typedef struct ScanWork {
	ScanOrder order;
	const ImageSource *source;
	char *scans_dir, *verdicts_dir, *cache, *rules_file;
	char **program_dirs;
	unsigned char key[SCAN_KEY_BYTES];
	Policy *policy; /* whose signatures count; NULL: none was in force */
	bool offline, verify;
	unsigned timeout_ms;
	Arena *arena; /* has the reports */
	ScanReport reports[SCAN_STEPS];
	Verdict *verdicts[SCAN_STEPS];
	uint64_t durations_us[SCAN_STEPS]; /* 0: it did not get so far */
	_Atomic bool cancelled;
	_Atomic unsigned progress;
	_Atomic unsigned step; /* that runs, from 1; 0: the image is copied */
	ImageTransfer transfer;
	void (*on_progress)(void *data); /* on the scan's thread */
	void *data;
} ScanWork;

void work_run(ScanWork *work);
/* Removes what processes that are gone have left behind: their numbers are in the names. */
void work_tidy(const char *scans_dir);
