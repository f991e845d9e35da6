/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli/cli.h"

/* What the service finds when it looks at everything: objects with the texts name, status ("ok", "warning",
 * "failed"), message and advice; what can be said without it when it does not run, for it is not started for this.  0, or the
 * exit code after saying why. */
int doctor_checks(Cli *cli, JsonArray **ret);
