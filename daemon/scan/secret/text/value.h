/* SPDX-License-Identifier: MIT
 *
 * Does a text look as if somebody had drawn it at random or thought it up, or does it only stand for
 * something?  Pure; any thread.
 */
#pragma once

#include "scan/secret/text/piece.h"

/* Shannon's entropy, bits a character: 0 to 8. */
double value_entropy(Span value);
/* The real thing is to be put here, or is somewhere else: changeme, ${NAME}, <token>, ********; or is encrypted: vault:v1:... */
bool value_is_blank(Span value);
/* That, or it is an example: 12345678, aaaaaaaa, dummy. */
bool value_stands_in(Span value);
/* The same, but for what only counts up. */
bool value_is_example(Span value);
/* It counts up, as somebody writes it for a test: 12345678, abcdef. */
bool value_counts(Span value);
/* What a person would choose as a password, or a generator makes; `name`: what it is assigned to. */
bool value_is_password(Span value, Span name);
/* What a machine makes as a key. */
bool value_is_key(Span value, Span name);
/* The same, with so much of it that its name says little: 20 letters and digits without an order, 32 hexadecimal digits. */
bool value_is_long_key(Span value, Span name);
/* A key that is shorter than those, 10 to 15 letters and digits. */
bool value_is_short_key(Span value, Span name);
/* Letters with so many different signs among them that nobody means anything by it. */
bool value_is_odd(Span value, Span name);
/* What is a password or a key wherever it stands: odd, a long key, or letters, digits and signs that are in no name. */
bool value_is_strong(Span value, Span name);
/* Letters alone: a word, but somebody's password all the same. */
bool value_is_plain_password(Span value, Span name);
/* `word` stands in it, in any case. */
bool value_contains(Span value, const char *word);
