/* SPDX-License-Identifier: MIT
 *
 * For calls that read the whole trail: on a terminal, how far the service is, until it answers.
 */
#pragma once

#include "cli/cli.h"

/* Sends it and waits for the answer, as sd_bus_call() does, whose result it has.  Nothing is shown of a method that is quick. */
int waiting_call(const Cli *cli, sd_bus_message *call, uint64_t timeout_us, sd_bus_error *ret_error, sd_bus_message **ret_reply);

/* Whether anything is shown at all: on a terminal, and not with --quiet. */
bool waiting_is_shown(const Cli *cli);
/* A line on the terminal, over the one before: what goes on, and a bar.  What is too long for it is cut. */
void waiting_draw(const char *what, unsigned percent);
/* The line is gone. */
void waiting_wipe(void);
