/* SPDX-License-Identifier: MIT
 *
 * The chain of the trail: a whole line carries the SHA-256 of what stands before it, in hexadecimal digits.  A line that is no whole record
 * (torn by a full disk or a power cut, a blank one) is folded in: SHA-256 of the digits before it and of its bytes.  So the next whole line
 * answers for it, and a torn one that was there when that was written is told from one that was put in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

#define CHAIN_DIGITS 64u
#define CHAIN_TAIL_BYTES 80u /* `,"prev":"...64 digits..."}` and a line feed */

/* Of what stands before the next line. */
typedef struct Chain {
	char digits[CHAIN_DIGITS + 1];
	GChecksum *under_way; /* of a line that comes in pieces; NULL: none */
} Chain;

/* `digits`: NULL, nothing stands before (64 zeros). */
void chain_begin(Chain *chain, const char *digits);
void chain_clear(Chain *chain);
/* One line, without its line feed. */
void chain_whole(Chain *chain, const char *text, size_t length);
void chain_torn(Chain *chain, const char *text, size_t length);
/* The same of one that comes in pieces. */
void chain_piece(Chain *chain, const char *text, size_t length, bool ends);
/* By what it is: a record on a line of its own, or not. */
void chain_line(Chain *chain, const char *text, size_t length);

/* `line` (with its line feed) as it is written: layout 2, with `prev`.  Into `into`, which has room for CHAIN_TAIL_BYTES more than
 * `length`; returns the new length.  What is no record of ours stays as it is. */
size_t chain_link(const Chain *chain, const char *line, size_t length, char *into);
