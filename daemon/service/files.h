/* SPDX-License-Identifier: MIT
 *
 * The files that have to be there when the service starts.
 */
#pragma once

#include <stdbool.h>
#include "core/paths.h"

/* Makes what is missing; where the service may not (`write_socket`), its helper is asked to.  `reads`: what is there is enough, if it can be read. */
bool files_prepare(Paths *paths, const char *write_socket, bool reads, GError **error);
