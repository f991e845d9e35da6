/* SPDX-License-Identifier: MIT
 *
 * A place in a text, from which a value is read, with or without quotes.  Pure; any thread.
 */
#pragma once

#include "scan/secret/text/piece.h"

typedef struct ValueReader {
	const Piece *piece;
	size_t at;
} ValueReader;

/* 0 behind the end. */
char reader_peek(const ValueReader *reader, size_t further);
/* Goes behind `text` where it stands here. */
bool reader_take(ValueReader *reader, const char *text);
/* Blanks and tabs, not many. */
void reader_skip_spaces(ValueReader *reader);
/* Those and line ends. */
void reader_skip_blanks(ValueReader *reader);
/* A quote, with the letter that says what kind of text it is. */
bool reader_take_quote(ValueReader *reader, char *ret_quote);
/* Up to the quote or the line's end. */
size_t reader_quoted_length(const ValueReader *reader, char quote);
/* What stands here in quotes; `bare`: or without, up to a blank or one of `ends`. */
bool reader_take_value(ValueReader *reader, bool bare, const char *ends, Span *ret_value);
