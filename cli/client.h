/* SPDX-License-Identifier: MIT
 *
 * The way to sentineld: the system bus, the session bus, or a private instance (--local).
 */
#pragma once

#include "cli/cli.h"

/* 0, or the exit code after saying why. */
int client_connect(Cli *cli);
void client_close(Cli *cli);
/* A new call to `interface`; NULL after saying why. */
sd_bus_message *client_call_new(Cli *cli, const char *interface, const char *member);
/* Sends it (and unrefs it).  0 and the reply (`ret_reply` may be NULL); or the exit code, after saying why.
 * `ret_error` may be NULL; if not, nothing is said about an error of the service's, which is put there. */
int client_call(Cli *cli, sd_bus_message *call, sd_bus_message **ret_reply, sd_bus_error *ret_error);
/* As client_call(), but for the state: nobody is started.  `ret_absent`: nobody has the name, nothing was said about it. */
int client_ask_state(Cli *cli, sd_bus_message *call, sd_bus_message **ret_reply, bool *ret_absent);
/* A text among the properties of the interface Manager.  0, or the exit code after saying why. */
int client_property(Cli *cli, const char *name, char **ret);
/* Whether a signal comes from who has the service's name now: anybody may send one to a connection, whatever it listens to. */
bool client_is_from_service(const Cli *cli, sd_bus_message *signal);
/* Says what a service's error means for the caller. */
int client_explain(const Cli *cli, const sd_bus_error *error);
/* The answer was not what the interface promises. */
int client_bad_answer(const Cli *cli, int r);
