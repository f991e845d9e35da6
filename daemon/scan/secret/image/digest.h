/* SPDX-License-Identifier: MIT
 *
 * SHA-256 as images name their parts by it (opencontainers/image-spec descriptor.md, config.md): of what is read once, from
 * front to end.  By Nettle, which uses what the processor has for it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <nettle/sha2.h>

#define DIGEST_HEX_LENGTH 64u

typedef struct Digest {
	struct sha256_ctx state;
} Digest;

typedef struct DigestHex {
	char text[DIGEST_HEX_LENGTH + 1];
} DigestHex;

void digest_begin(Digest *digest);
void digest_add(Digest *digest, const char *bytes, size_t length);
DigestHex digest_end(Digest *digest);
/* So many hexadecimal digits, in lower case. */
bool digest_is_hex(const char *text, size_t length);
