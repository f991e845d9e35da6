/* SPDX-License-Identifier: MIT
 *
 * What was decided, counted for monitoring: the text that Prometheus reads.  Counted where a decision is written down, with labels that have an end: never
 * users, images or containers.  Any thread.
 */
#pragma once

#include <stdint.h>
#include "policy/policy.h"

typedef struct Metrics Metrics;

Metrics *metrics_new(void);
void metrics_free(Metrics *metrics); /* NULL is accepted */
/* One decision; `duration_us`: from the message to the answer.  NULL: nobody counts. */
void metrics_decided(Metrics *metrics, const Decision *decision, const char *endpoint, uint64_t duration_us);

typedef enum ScanResult { SCAN_RESULT_DONE, SCAN_RESULT_INCOMPLETE, SCAN_RESULT_FAILED, SCAN_RESULTS } ScanResult;

/* One run of a scanner, of scanner-names.h; `duration_us` 0: it did not get so far as to run.  `database`: when its database was made, as it says, or NULL. */
void metrics_scanned(Metrics *metrics, const char *scanner, bool secrets, ScanResult result, uint64_t duration_us, const char *database);

/* What is not counted but is so now. */
typedef struct MetricsNow {
	const Policy *policy; /* NULL: lockdown */
	uint64_t generation, grants, audit_write_errors;
	const char *version; /* of the service */
	const char *state;   /* "serving", "degraded", "lockdown" */
	int64_t now_us;
	const struct Fetched *fetched; /* core/fetched.h; NULL: not looked at */
} MetricsNow;

typedef enum MetricsFormat {
	METRICS_OPENMETRICS, /* application/openmetrics-text; version=1.0.0 */
	METRICS_PLAIN,       /* text/plain; version=0.0.4: what node_exporter's textfile collector reads */
	METRICS_FORMATS
} MetricsFormat;

bool metrics_format_parse(const char *word, MetricsFormat *ret); /* "openmetrics", "plain" */
const char *metrics_text(Metrics *metrics, const MetricsNow *now, MetricsFormat format, Arena *arena);
