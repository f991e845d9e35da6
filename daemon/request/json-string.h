/* SPDX-License-Identifier: MIT
 *
 * JSON strings as bytes: the part of the reader that knows escapes and UTF-8.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

typedef struct JsonText {
	const char *text; /* not NUL-terminated when it points into the input */
	size_t length;
} JsonText;

/* `at` points behind the opening quote.  Returns where the string ends (behind the closing quote), or
 * NULL with what is wrong.  Without escapes `ret` points into the input, else into the arena. */
const char *json_text_read(const char *at, const char *end, Arena *arena, JsonText *ret, const char **problem);
/* Whether Go's encoding/json takes `key` for the field `name` (ASCII letters). */
bool json_text_folds_to(const JsonText *key, const char *name, size_t length);
