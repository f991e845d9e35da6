/* SPDX-License-Identifier: MIT
 *
 * A part of one file's text as the rules see it.  Plain data; the text belongs to whoever read it and is
 * good only during the call.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "scan/secret/place.h"

typedef struct Span {
	const char *at;
	size_t length;
} Span;

typedef struct Piece {
	const char *path; /* in the image, "/app/.env", or "image-metadata:..." */
	SecretPlace place;
	const char *text;
	size_t length;
	size_t from, to;    /* what begins here is looked for; the rest is there to be read with it */
	uint64_t line;      /* of the first byte; 0: of no line */
	bool tokens_only;   /* a binary file, or text that was decoded: only tokens and keys, which are plain from their form */
} Piece;
