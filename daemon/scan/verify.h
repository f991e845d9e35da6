/* SPDX-License-Identifier: MIT
 *
 * One check of an image's signatures: each name under which the image has a digest is asked about, by what the policy says of it.  Blocks, in
 * the thread of a scan.
 */
#pragma once

#include "scan/work.h"

/* Fills the report and the verdict of this step.  `directory` is the scan's own. */
void verify_step(ScanWork *work, const ScanTask *task, size_t step, const char *directory);
/* Whether `verdict` is what was said of this name just now, by what the policy believes now: a check is not made again at once. */
bool verify_made_lately(const Verdict *verdict, const Policy *policy, const char *image);
