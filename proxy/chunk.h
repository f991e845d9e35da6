/* SPDX-License-Identifier: MIT
 *
 * A body that is sent in chunks (RFC 9112, 7.1), read as strictly as the head: sizes in hexadecimal digits and nothing else, no extensions, no
 * trailer.
 */
#pragma once

#include "proxy/head.h"

typedef struct Chunks {
	unsigned state;
	unsigned digits; /* of the size that is being read */
	uint64_t left;   /* of the chunk */
} Chunks; /* all zero: at the beginning */

typedef enum ChunkResult {
	CHUNK_MORE, /* all was taken */
	CHUNK_DATA, /* `ret_data`, in `bytes`, belongs to the body; then ask again with what comes after `ret_used` */
	CHUNK_END,  /* the body is whole; what comes after `ret_used` is not its */
	CHUNK_BAD,
} ChunkResult;

ChunkResult chunks_read(Chunks *chunks, const char *bytes, size_t length, size_t *ret_used, Piece *ret_data);
