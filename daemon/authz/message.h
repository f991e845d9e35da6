/* SPDX-License-Identifier: MIT
 *
 * A plugin message while it arrives.  What all of them together may hold is bounded: a crowd of large ones is refused, small ones always have
 * room.  Thread of the server; one server a process.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct Incoming {
	char *data; /* what has arrived */
	size_t length, size;
	bool too_large; /* it alone, or with the others */
} Incoming;

void message_take(Incoming *message, const char *data, size_t length);
void message_clear(Incoming *message);
/* Empties it for the next one, and keeps its room when that is little; true: it did. */
bool message_reuse(Incoming *message);
