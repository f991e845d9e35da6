/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli/cli.h"

/* Has the file edited by $VISUAL, $EDITOR or what is installed.  0, or the exit code after saying why not. */
int editor_run(const Cli *cli, const char *file);
