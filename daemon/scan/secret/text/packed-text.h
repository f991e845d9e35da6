/* SPDX-License-Identifier: MIT
 *
 * Text that stands in base64 within a text: Kubernetes' secrets, user data, settings in one variable.  Pure; any thread.
 */
#pragma once

#include "scan/secret/text/piece.h"

/* The next run of base64 at or behind `at` that is long enough to hold a token; false: there is none. */
bool packed_next(Span text, size_t at, Span *ret_run);
/* All of it is of base64's alphabet. */
bool packed_is_run(Span text);
/* What it stands for, NUL-terminated, to be freed; NULL: no printable text, or longer than a piece. */
char *packed_read(Span run, size_t *ret_length);
