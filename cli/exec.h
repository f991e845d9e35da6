/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli/cli.h"

/* The number of the decision that denied the call (as the audit trail names it) to this user since then.  0: there is none, that was said.
 * Returns 0, or the exit code after saying what went wrong. */
int exec_find_decision(Cli *cli, const char *command, int64_t since_us, uint64_t *ret);
/* The same question as sentinel validate, by the same program; what it says is in *ret_said. */
int exec_validate(const Cli *cli, bool json, char **ret_said);
/* Pins for what is denied of the command, as validate --json said it: when it is allowed with them, its words are of them (true).  Else
 * there is none, and it is as it was. */
bool exec_pin(Cli *cli, const char *validated);

/* exec-scan.c.  An image that is to be pushed is looked at for secrets; 0, or EXIT_DENIED after saying what is in it. */
int exec_scan_before(const Cli *cli);
bool exec_is_build(const Cli *cli);
/* So are the images that were built, by their -t; only told. */
void exec_scan_after(const Cli *cli);
