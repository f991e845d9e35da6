/* SPDX-License-Identifier: MIT
 *
 * What the files of init share: init.c is its way, init-choose.c the question which policy, init-adapt.c what may be otherwise on this machine.
 */
#pragma once

#include "cli/init-adapt.h"
#include "cli/policy.h"

typedef struct InitOptions {
	char *policy;
	gboolean no_interactive;
} InitOptions;

/* What init works on and what it found. */
typedef struct Setup {
	Cli *cli;
	const InitOptions *options;
	GPtrArray *rows;     /* of PolicyRow */
	const char *active;  /* in `rows`; NULL: lockdown */
	char *problem;       /* of the newest policy or config.yaml; "": none */
	char *chosen, *mode; /* what is in force at the end */
	JsonArray *checks;   /* doctor's */
	JsonObject *docker;  /* authz_probe() */
	JsonObject *existing; /* what the policy would say of containers; NULL: it is not known which there are */
	Adapted adapted;     /* what is otherwise on this machine */
	bool asks, changed;  /* asks: somebody can be asked */
	bool whole;          /* ... about everything: nothing is done before the last yes */
	bool install;        /* that says that Docker is to ask */
} Setup;

/* By option, by a question, or the one in force.  0 and the name in `chosen`, or the exit code after saying why. */
int init_choose(Setup *setup);
