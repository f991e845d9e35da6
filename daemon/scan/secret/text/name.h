/* SPDX-License-Identifier: MIT
 *
 * Names that things are given to: whether they speak of a password, a token or a key.  Pure; any thread.
 */
#pragma once

#include "scan/secret/text/piece.h"

typedef enum NameKind {
	NAME_PASSWORD,
	NAME_KEY,
	NAME_BARE_KEY, /* only called a key, and nothing behind that */
	NAME_KIND_COUNT
} NameKind;

bool name_char(char c);
/* The whole name around text[start..end), as programs and settings write them. */
Span name_around(const Piece *piece, size_t start, size_t end);
bool name_ends_with(Span name, const char *word);
/* The name around the word at text[start..end) is that of a secret, not of its length, file or the like. */
bool name_is_secrets(const Piece *piece, size_t start, size_t end, NameKind kind);
/* Of a key that everybody may have, or that is a name of something, by what stands before text[end]. */
bool name_is_open_key(const Piece *piece, size_t end);
