/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "scan/scanner.h"
#include "scan/secret/detector.h"

G_STATIC_ASSERT(SCAN_KEY_BYTES == DETECTOR_KEY_BYTES);

/* What a policy leaves out it leaves out when it decides: the verdict is everybody's. */
ScanReport builtin_detect(const ScanTask *task, Arena *arena)
{
	DetectorOptions options = { .cancelled = task->cancelled };

	memcpy(options.key, task->key, sizeof options.key);
	return detector_scan_archive(task->archive_fd, &options, arena);
}
