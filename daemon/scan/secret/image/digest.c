/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>
#include "scan/secret/image/digest.h"

void digest_begin(Digest *digest)
{
	sha256_init(&digest->state);
}

void digest_add(Digest *digest, const char *bytes, size_t length)
{
	sha256_update(&digest->state, length, (const uint8_t *)bytes);
}

DigestHex digest_end(Digest *digest)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t sum[SHA256_DIGEST_SIZE];
	DigestHex hex = { "" };

	sha256_digest(&digest->state, sizeof sum, sum);
	for (size_t i = 0; i < sizeof sum; i++) {
		hex.text[2 * i] = digits[sum[i] >> 4];
		hex.text[2 * i + 1] = digits[sum[i] & 0xf];
	}
	return hex;
}

bool digest_is_hex(const char *text, size_t length)
{
	return length == DIGEST_HEX_LENGTH && strspn(text, "0123456789abcdef") >= length;
}
