/* SPDX-License-Identifier: MIT
 *
 * Whether a scanner works: its program is there, and says its version when it is run.  A file of the right name does not show it:
 * scout is a plugin that the docker client may have or not.
 */
#pragma once

#include <stdatomic.h>
#include "scan/scanner.h"

typedef enum ScannerState {
	SCANNER_ABSENT,  /* no program of that name */
	SCANNER_BROKEN,  /* it does not say its version, or not in LIMIT_SCANNER_PROBE_MS */
	SCANNER_UNTRIED, /* there is a program; it was not run yet */
	SCANNER_SHUT_OUT, /* there is a program; the sandbox in which it would run cannot be reached, so nobody knows */
	SCANNER_READY,
} ScannerState;

/* What is known, without running anything.  Any thread. */
ScannerState scanner_state(const Scanner *scanner, const char *const *program_dirs);
/* Finds it out, when it was not just found out.  Blocks; never on main or where decisions are made.  Without `cancelled` (NULL) it
 * takes its time. */
ScannerState scanner_probe(const Scanner *scanner, const char *const *program_dirs, const _Atomic bool *cancelled);
/* Has the program say its version, as a process of ours. */
void scanner_ask_version(const Scanner *scanner, const char *program, const _Atomic bool *cancelled, RunResult *ret);
/* All of the table. */
void scanners_probe(const char *const *program_dirs, const _Atomic bool *cancelled);
