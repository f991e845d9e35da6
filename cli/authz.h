/* SPDX-License-Identifier: MIT
 *
 * What init needs of authz install and authz status.
 */
#pragma once

#include "cli/cli.h"

/* By doctor's checks: asks whether Docker's builder is to give less, when that would help. */
bool authz_offer_builder(JsonArray *checks);
/* Whether Docker asks goes into `status` as the texts Docker ("asked", "unasked", ...: ProbeDocker) and DockerMessage.  0, or the exit
 * code after saying why. */
int authz_probe(Cli *cli, JsonObject *status);
/* The helper with this word: an exit code, after its answer or why there is none. */
int authz_helper(Cli *cli, const char *word, bool restart_docker);
/* Without a question. */
int authz_install(Cli *cli, bool builder);
