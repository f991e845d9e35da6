/* SPDX-License-Identifier: MIT
 *
 * A seccomp profile as what it says, whatever its spelling: its normal form is the JSON text without white space, the members of
 * each object sorted by their names' bytes, strings with the escapes of RFC 8259 only where they must be, numbers as written.
 * Docker reads it with Go's encoding/json (moby profiles/seccomp: LoadProfile), which takes names in any case and lets the last of
 * several win: a profile with names that differ in case only, or with other characters than ASCII in a name, has no normal form.
 */
#pragma once

#include <stddef.h>
#include "base/arena.h"

#define PROFILE_DIGEST "sha256:"

/* The normal form; NULL with what is wrong. */
const char *profile_normal(const char *text, size_t length, Arena *arena, const char **ret_problem);
/* "sha256:" and 64 hexadecimal digits, of the normal form; NULL likewise. */
const char *profile_digest(const char *text, size_t length, Arena *arena, const char **ret_problem);
