/* SPDX-License-Identifier: MIT
 *
 * Values that stand beside something called a password, a token or a key, and are not given to it: what it is compared with, and what it is
 * made of or told:
 *   if (password == "value")  if ("value" != token)  secret("value")  secret.assign("value", 5)  strcmp(password, "value")  password "value";
 * In quotes only, and only what is plain from itself.  Pure; any thread.
 */
#pragma once

#include "scan/secret/text/piece.h"

/* The keyword stands at text[start..end). */
bool beside_password(const Piece *piece, size_t start, size_t end, Span *ret_secret);
bool beside_key(const Piece *piece, size_t start, size_t end, Span *ret_secret);
