/* SPDX-License-Identifier: MIT
 *
 * polkit's text agent, so that a question for a password can be asked on this terminal, as systemctl
 * does.
 */
#pragma once

#include "cli/cli.h"

/* Starts it when it could be of use: the system bus, not root, a terminal, no --no-ask-password.
 * Calls are then allowed to ask. */
void agent_start(Cli *cli);
void agent_stop(Cli *cli);
