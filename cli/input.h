/* SPDX-License-Identifier: MIT
 *
 * What the docker CLI would read from its surroundings: the service asks for it by name, and this side reads it with the caller's
 * own rights.
 */
#pragma once

#include "cli/cli.h"

typedef struct Input {
	GPtrArray *env, *files; /* name, content, name, content, ... */
	GPtrArray *unset;       /* variables that are not set */
	bool asked;
} Input;

void input_init(Input *input);
void input_clear(Input *input);
/* Reads what `list`, a JSON list of "env:NAME" and "file:PATH", asks for; 0 or an exit code. */
int input_gather(const Cli *cli, const char *list, Input *input);
/* Appends the entries env, unset and files to the open a{sv}. */
int input_append(sd_bus_message *call, const Input *input);
/* Whether docker has this plugin ("docker-buildx"), where its command line looks for it. */
bool input_has_plugin(const char *name);
