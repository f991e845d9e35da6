/* SPDX-License-Identifier: MIT
 *
 * JSON strings and numbers as bytes: the part of the reader that knows escapes, UTF-8 and digits.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

typedef struct JsonText {
	const char *text; /* not NUL-terminated when it points into the input */
	size_t length;
	bool ascii; /* surely nothing but ASCII; false of what was escaped */
} JsonText;

/* `at` points behind the opening quote.  Returns where the string ends (behind the closing quote), or
 * NULL with what is wrong.  Without escapes `ret` points into the input, else into the arena. */
const char *json_text_read(const char *at, const char *end, Arena *arena, JsonText *ret, const char **problem);
/* The same without reading it: only its end is looked for.  NULL: there is none, or a control character stands before it. */
const char *json_text_skip(const char *at, const char *end);
/* A key as Go's encoding/json matches it: lower-case ASCII, with U+017F as s and U+212A as k.  Returns
 * its length, 0 when it has other characters or is longer than `room`: then no field is meant. */
size_t json_text_fold(const JsonText *key, char *out, size_t room);
/* The length of the RFC 8259 number at `at`, 0 when there is none; and whether it has neither fraction nor exponent. */
size_t json_number_length(const char *at, const char *end, bool *ret_integer);
