/* SPDX-License-Identifier: MIT
 *
 * What the scan verbs share.
 */
#pragma once

#include "cli/scan-format.h"

typedef struct ScanThresholds {
	gboolean fail_on;
	int64_t max_critical, max_high, max_medium; /* -1: any number */
	gboolean any_secret;
} ScanThresholds;

/* In which form, and where to. */
typedef struct ScanAnswer {
	ScanFormat format;
	const char *output; /* NULL: the standard output */
} ScanAnswer;

/* scan-report.c: prints the Result of a job; the exit code. */
int scan_report(Cli *cli, JsonObject *result, bool secrets, const ScanThresholds *limits, const ScanAnswer *answer);
