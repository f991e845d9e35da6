/* SPDX-License-Identifier: MIT
 *
 * What can be said of the service and of Docker while the service is not on the bus, without starting it: to ask for the state
 * must not change it.
 */
#pragma once

#include "cli/cli.h"

typedef struct Absence {
	const char *word;    /* "stopped", "failed", "not_running", "not_installed" */
	const char *message, *advice;
	const char *docker, *docker_advice; /* whether Docker asks; never that it is guarded */
} Absence;

/* Whether a call failed because nobody has the service's name. */
bool service_is_absent(const sd_bus_error *error);
Absence service_absence(Cli *cli);
