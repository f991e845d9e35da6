/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli/cli.h"

/* The number of the decision that denied the call (as the audit trail names it) to this user since then.  0: there is none, that was said.
 * Returns 0, or the exit code after saying what went wrong. */
int exec_find_decision(Cli *cli, const char *command, int64_t since_us, uint64_t *ret);
