/* SPDX-License-Identifier: MIT
 *
 * Bytes that a connection keeps for a while: as much memory as there are of them, and counted, so that many connections together do not take more than
 * LIMIT_SOCKET_KEPT_BYTES.
 */
#pragma once

#include <stddef.h>
#include <stdbool.h>

typedef struct Bytes {
	char *at; /* NULL: none */
	size_t length;
} Bytes; /* all zero: none */

void bytes_add(Bytes *bytes, const void *more, size_t length);
void bytes_drop(Bytes *bytes, size_t length); /* the first so many */
void bytes_clear(Bytes *bytes);
/* The first `length` of them are another one's now. */
Bytes bytes_split(Bytes *bytes, size_t length);
/* Whether all connections together keep so much that each may have little more, or (`full`) nothing that can be done without. */
bool bytes_are_scarce(void);
bool bytes_are_full(void);
/* How much to read at a time, as it may have to be kept. */
size_t bytes_read_most(void);
