/* SPDX-License-Identifier: MIT
 *
 * For whom a trial is judged: who the options name, else who calls.
 */
#pragma once

#include "cli/cli.h"

/* What the options say; NULL: not given. */
typedef struct Caller {
	char *user, *uid, *gid, *groups;
} Caller;

/* 0, or an exit code when an option is no number. */
int caller_check(const Cli *cli, const Caller *caller);
/* Appends the entries user, uid, gid and groups to the open a{sv}; a negative errno. */
int caller_append(const Caller *caller, sd_bus_message *call);
