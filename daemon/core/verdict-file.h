/* SPDX-License-Identifier: MIT
 *
 * Verdicts on disk: one small JSON file each in a directory of their own, so that a restart need not scan
 * again.  Only whole ones are kept.  A file that cannot be read, or that this service did not write (core/seal.h), is as if it were not
 * there.  Blocks.
 */
#pragma once

#include "policy/verdict.h"

/* "sha256:" and 64 digits: what Docker calls images by.  Anything else is no image's id. */
bool image_id_valid(const char *id);
bool verdict_write(const char *directory, const Verdict *verdict, GError **error);
/* The file of such a verdict goes, if there is one. */
void verdict_forget(const char *directory, const Verdict *verdict);
/* What is there, the newest LIMIT_VERDICTS; files beyond those are removed. */
VerdictTable *verdicts_load(const char *directory);
