/* SPDX-License-Identifier: MIT
 *
 * Long answers on a terminal go through a program that shows them page by page: $SENTINEL_PAGER, $PAGER, less or more; none when it is empty
 * or "cat".  What is run with another user's environment (sudo, pkexec) takes less alone, and tells it to start nothing (less(1), LESSSECURE).
 */
#pragma once

#include "cli/cli.h"

/* From now on what is printed goes there; nothing may be asked behind it.  Does nothing without a terminal, with --no-pager and --json. */
void pager_open(Cli *cli);
/* Waits until it has been read. */
void pager_close(Cli *cli);
