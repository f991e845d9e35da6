/* SPDX-License-Identifier: MIT
 *
 * Text that goes out: JSON strings, and strings that are safe on a terminal.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

/* A growing byte buffer in an arena; `data` is NUL-terminated after every call. */
typedef struct Buffer {
	Arena *arena;
	char *data;
	size_t length, size;
} Buffer;

#define BUFFER_INIT(a) ((Buffer){ .arena = (a) })

void buffer_append(Buffer *buffer, const char *bytes, size_t length);
void buffer_puts(Buffer *buffer, const char *text);
void buffer_printf(Buffer *buffer, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* `text` as a JSON string with its quotes (RFC 8259); bad UTF-8 becomes U+FFFD; cut after `limit`
 * bytes of input with a trailing "…".  limit 0: no limit. */
void buffer_json_string(Buffer *buffer, const char *text, size_t limit);

/* A copy without control characters (C0, C1, DEL), bidi controls and bad UTF-8: each becomes '?'.
 * Cut after `limit` bytes with "…".  For logs, messages and the denial text. */
const char *text_printable(Arena *arena, const char *text, size_t limit);
/* "name[7]" */
const char *text_indexed(Arena *arena, const char *name, size_t index);
