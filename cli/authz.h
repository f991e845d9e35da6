/* SPDX-License-Identifier: MIT
 *
 * What init needs of authz install.
 */
#pragma once

#include "cli/cli.h"

/* By doctor's checks: asks whether Docker's builder is to give less, when that would help; sets cli->builder. */
void authz_offer_builder(Cli *cli, JsonArray *checks);
/* Without a question. */
int authz_install(Cli *cli);
