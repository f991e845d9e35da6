/* SPDX-License-Identifier: MIT
 *
 * containers-policy.json(5), as far as one must know it to let skopeo decide by it.
 */
#pragma once

#include "base/arena.h"
#include "request/request.h"

/* NULL, or why it cannot be one: every requirement of its default and of the transport docker must reject or ask for a signature, for what accepts
 * anything would make every image a signed one.  `ret_keys` gets the paths of keys that those name. */
const char *containers_policy_read(const char *bytes, size_t length, Arena *arena, StringList *ret_keys);
