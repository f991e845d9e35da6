/* SPDX-License-Identifier: MIT
 *
 * The fingerprint of an API call: the same for the same call, however its JSON is laid out and its query escaped, and of
 * nothing else.  Everything counts, also what no policy judges: the version in the path, the command, each member of the body.
 */
#pragma once

#include "request/api.h"

#define PRINT_LENGTH 64 /* hexadecimal digits of a SHA-256 */

/* A call that was read without a problem.  What Docker does not show (the archive of docker cp) cannot count. */
const char *call_print(const ApiCall *call, Arena *arena);
