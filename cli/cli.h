/* SPDX-License-Identifier: MIT
 *
 * The sentinel command: what its verbs share.  It speaks D-Bus only and decides nothing itself.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <json-glib/json-glib.h>
#include <systemd/sd-bus.h>

typedef enum ExitCode {
	EXIT_DONE = 0,   /* done, or allowed */
	EXIT_DENIED = 1, /* denied by policy */
	EXIT_USAGE = 2,
	EXIT_UNDONE = 3, /* could not be decided or done */
	EXIT_UNAUTHORISED = 4,
} ExitCode;

typedef struct Cli {
	/* the options of all verbs; those of one are in a struct of its own file */
	gboolean json, local, no_color, no_ask_password, full, no_legend, no_pager, quiet, help, version;
	char *bus, *config_dir;

	char **words; /* behind the verb */
	int word_count;
	const char *verb; /* "audit list" */

	sd_bus *connection;
	int child; /* of --local; 0: none */
	int agent; /* polkit's; 0: none */
	int pager; /* 0: none */
	bool streams; /* the answer goes where somebody may look at it while it comes: nothing else is shown */
} Cli;
