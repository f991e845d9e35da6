/* SPDX-License-Identifier: MIT
 *
 * Which scanners look at an image.
 */
#pragma once

#include "policy/policy.h"
#include "scan/jobs.h"

/* The first scanner for a kind that works, as far as is known (scan/probe.h); NULL: there is none. */
const Scanner *plan_ready(ScanKind kind, const char *const *program_dirs);
/* The same, else the first of all: its scan fails, and says why. */
const Scanner *plan_default(ScanKind kind, const char *const *program_dirs);
/* What the policy's scans that are in `scans` (bits of SCANS_) need. */
void plan_add(ScanOrder *order, const Policy *policy, unsigned scans, const char *const *program_dirs);
/* One step, once; false: the scanner does not look for that. */
bool plan_add_step(ScanOrder *order, const Scanner *scanner, ScanKind kind);
