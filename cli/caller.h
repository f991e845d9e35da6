/* SPDX-License-Identifier: MIT
 *
 * For whom a trial is judged: who the options name, else who calls.
 */
#pragma once

#include "cli/cli.h"

/* 0, or an exit code when an option is no number. */
int caller_check(const Cli *cli);
/* Appends the entries user, uid, gid and groups to the open a{sv}; a negative errno. */
int caller_append(const Cli *cli, sd_bus_message *call);
