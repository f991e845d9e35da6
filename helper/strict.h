/* SPDX-License-Identifier: MIT
 *
 * Whether a text is one JSON value to the letter (RFC 8259), as dockerd reads its file (moby daemon/config, by Go's encoding/json): json-glib also
 * takes comments, other quotes and what follows.  Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* False: `ret_at` is where it is not. */
bool strict_json(const char *text, size_t *ret_at);
