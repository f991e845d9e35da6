/* SPDX-License-Identifier: MIT
 *
 * Verdicts on disk: one small JSON file each in a directory of their own, so that a restart need not scan
 * again.  One that is not whole is kept as that, with its reason and what was found.  A file that cannot be read, or that this service did not write (core/seal.h), is as if it were not
 * there.  Blocks.
 */
#pragma once

#include "policy/verdict.h"

/* "sha256:" and 64 digits: what Docker calls images by.  Anything else is no image's id. */
bool image_id_valid(const char *id);
bool verdict_write(const char *directory, const Verdict *verdict, GError **error);
/* The same, unless it says nothing of the image, or what is there stays (verdict_outlasts()): then nothing is done, which is no error. */
bool verdict_keep(const char *directory, const Verdict *verdict, int64_t lasts_us, GError **error);
/* The file of such a verdict goes, if there is one. */
void verdict_forget(const char *directory, const Verdict *verdict);
/* What is there, the newest LIMIT_VERDICTS; files beyond those are removed. */
VerdictTable *verdicts_load(const char *directory);
