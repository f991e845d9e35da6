/* SPDX-License-Identifier: MIT
 *
 * The files of keys that a policy on this machine names: read with it, by the guard.  Blocking.
 */
#pragma once

#include "policy/policy.h"
#include "policy/signature.h"

/* Reads them into the policy's entries; what cannot be read is a warning, and nothing is signed by that entry. */
void store_read_keys(Policy *policy, const char *file, GPtrArray *diagnostics);
/* Whether a file is not what it was when it was read, as far as a look at it shows. */
bool store_keys_changed(const Policy *policy);
/* One entry anew: its files, problem and revision. */
void signature_trust_read(SignatureTrust *trust, Arena *arena);
/* NULL, or why it cannot be read; at most LIMIT_SIGNATURE_FILE_BYTES. */
const char *signature_file_read(const char *path, Arena *arena, SignatureFile *ret);
