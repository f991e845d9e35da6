/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include "cli/output.h"
#include "cli/verb.h"
#include "config.h"

static int run(Cli *cli, const void *options)
{
	(void)options;
	if (!cli->json) {
		(void)puts("sentinel " SENTINEL_VERSION);
		return EXIT_DONE;
	}
	JsonObject *data = json_object_new();
	json_object_set_string_member(data, "version", SENTINEL_VERSION);
	output_object(true, data);
	return EXIT_DONE;
}

const Verb verb_version = {
	"version", run, 0, 0, "", N_("show the version"), { 0 },
	"version", .alone = true,
};
