/* SPDX-License-Identifier: MIT
 *
 * The built-in detector as a program: reads what `docker save` writes from one descriptor, and writes its report as JSON to another, for
 * builtin_parse().  Before the first byte it gives up what a process can give up (cage.h), for the image is hostile.  Its fingerprints are
 * without the installation's key, which is not in the cage: whoever reads them puts it in.
 */
#pragma once

#include <stdbool.h>
#include <glib.h>
#include "scan/report.h"

/* With the rules of `own_rules` (own-rules.h), a file that must be there; NULL: without.  False: nothing was written. */
bool builtin_detect(int archive, int out, const char *own_rules, GError **error);
/* The report as text; freed by the caller. */
char *builtin_text(const ScanReport *report);
