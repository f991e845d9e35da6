/* SPDX-License-Identifier: MIT
 *
 * A verdict in words, as the tests of a policy give it: "builtin: clean", "trufflehog: 2 verified, 1 high", "trivy: 3 critical, 1 medium", "grype: failed",
 * "trivy: CVE-2026-1234 critical in openssl fixed", "builtin: netrc-password high in /root/.netrc".
 * Pure, any thread.
 */
#pragma once

#include "policy/verdict.h"

#define VERDICT_WORDS_IMAGE "sha256:0000000000000000000000000000000000000000000000000000000000000000" /* the image that such a verdict is of */

/* Of secrets where the scanner finds nothing else, or "secrets" stands behind its name ("trivy secrets: clean").  NULL: it is none, and why. */
Verdict *verdict_words_read(const char *words, const char **ret_problem);
