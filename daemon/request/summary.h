/* SPDX-License-Identifier: MIT */
#pragma once

#include "request/endpoint.h"

/* One printable line that says what a request from the API asks for, as the docker command that
 * would ask the same: "docker create --privileged ubuntu"; `row` NULL (no known endpoint): method and
 * path.  Values of environment variables and labels, command arguments and bodies are never in it. */
const char *summary_write(const Request *request, const Endpoint *row, Arena *arena);
