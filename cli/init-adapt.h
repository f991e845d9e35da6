/* SPDX-License-Identifier: MIT
 *
 * init: what a policy may be told of this machine.  Only questions: nothing is written here.
 */
#pragma once

#include "cli/cli.h"

typedef struct Adapted {
	char *name, *yaml;  /* of a new policy; NULL: nothing was wanted otherwise */
	GPtrArray *changes; /* of char *: what is otherwise, for people */
} Adapted;

/* Asks for registries, directories, pins and scans.  `existing`: what the policy would say of the containers (NULL: not known), `checks`: doctor's.
 * 0, or the exit code after saying why. */
int init_adapt(Cli *cli, const char *policy, JsonObject *existing, JsonArray *checks, Adapted *ret);
void init_adapt_clear(Adapted *adapted);
