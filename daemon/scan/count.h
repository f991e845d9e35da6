/* SPDX-License-Identifier: MIT
 *
 * The words of reports, and how many of a kind there are.  Pure.
 */
#pragma once

#include "base/arena.h"
#include "policy/verdict.h"
#include "scan/report.h"

/* Any case; UNSPECIFIED is UNKNOWN.  False: it is none. */
bool scan_severity_parse(const char *word, ScanSeverity *ret);
const char *scan_severity_name(ScanSeverity severity); /* "critical" */
const char *scan_outcome_name(ScanOutcome outcome);    /* "clean" */
const char *scan_kind_name(ScanKind kind);             /* "vulnerability", "secret" */

/* What was found, each vulnerability once by id, package and version (of several that are the same the
 * worst), and every secret. */
typedef struct ScanCounts {
	unsigned by_severity[SCAN_SEVERITY_COUNT];
	unsigned verified; /* of the secrets in there */
} ScanCounts;

/* As a policy sees it; the strings are the finding's. */
VerdictVulnerability scan_known(const ScanFinding *finding);
ScanCounts scan_count(const ScanReport *report, ScanKind kind, Arena *arena);
/* The findings of one kind in that order, each thing once, the worst first. */
const ScanFinding **scan_distinct(const ScanReport *report, ScanKind kind, Arena *arena, size_t *ret_count);
