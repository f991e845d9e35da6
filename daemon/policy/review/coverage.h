/* SPDX-License-Identifier: MIT
 *
 * Which items of public standards a policy enforces: found by asking it about what each item forbids (coverage-probes.h).
 */
#pragma once

#include "policy/policy.h"

typedef struct CoverageRow {
	const char *item, *title; /* "CIS-5.4", "Linux kernel capabilities are restricted" */
	const char *status;       /* "block" (all of it is denied), "warn" (all is at least reported), "part" (some of it), "-" (nothing), "n/a" (no call shows it) */
	const char *rules;        /* those that found it: "capabilities.blocked, ..."; with "part" also what they do not find */
} CoverageRow;

CoverageRow *policy_coverage(const Policy *policy, Arena *arena, size_t *ret_count);
