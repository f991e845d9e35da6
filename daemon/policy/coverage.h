/* SPDX-License-Identifier: MIT
 *
 * Which items of public standards a policy enforces.
 */
#pragma once

#include "policy/policy.h"

typedef struct CoverageRow {
	const char *item, *title; /* "CIS-5.4", "Linux kernel capabilities are restricted" */
	const char *status;       /* "block", "warn" (also what a mode other than enforce only reports), "-" (off), "n/a" (no request shows it) */
	const char *rules;        /* those that are on: "capabilities.blocked, ..." */
} CoverageRow;

CoverageRow *policy_coverage(const Policy *policy, Arena *arena, size_t *ret_count);
