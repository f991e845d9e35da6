/* SPDX-License-Identifier: MIT
 *
 * Values that are given to something called a password, a token or a key, in whatever language:
 *   NAME=value  "name": "value"  name => 'value'  define('NAME', 'value')  <name>value</name>
 *   name="NAME" value="value"  --name value  name: NAME, value: value  variable "NAME" { default = "value" }
 * Where a language needs quotes, what stands without them is a name and no value.  Pure; any thread.
 */
#pragma once

#include "scan/secret/text/piece.h"

/* The keyword stands at text[start..end).  False: no assignment, or the value only stands for something. */
bool assignment_password(const Piece *piece, size_t start, size_t end, Span *ret_secret);
bool assignment_key(const Piece *piece, size_t start, size_t end, Span *ret_secret);
/* Something that is only called a key: licenseKey, write_key; and a short value of what is called a secret or a token. */
bool assignment_named_key(const Piece *piece, size_t start, size_t end, Span *ret_secret);
bool assignment_short_key(const Piece *piece, size_t start, size_t end, Span *ret_secret);
/* Letters alone, in settings; and a value of many signs. */
bool assignment_plain_password(const Piece *piece, size_t start, size_t end, Span *ret_secret);
bool assignment_odd_key(const Piece *piece, size_t start, size_t end, Span *ret_secret);
