/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "scan/secret/rules/checksum.h"
#include "scan/secret/text/value.h"

#define POLYNOMIAL UINT32_C(0xedb88320)
#define BASE 62u
#define RANDOM_PART 30u
#define LONGEST_HEADER 512u
#define LONGEST_BASIC 1024u

static uint32_t crc32_of(Span bytes)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < bytes.length; i++) {
		crc ^= (unsigned char)bytes.at[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
	}
	return ~crc;
}

void checksum_digits(Span bytes, char ret_digits[CHECKSUM_DIGITS])
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	uint32_t rest = crc32_of(bytes);

	for (size_t i = CHECKSUM_DIGITS; i-- > 0; rest /= BASE)
		ret_digits[i] = digits[rest % BASE];
}

RuleAnswer check_crc_token(Span secret)
{
	char digits[CHECKSUM_DIGITS];

	if (secret.length < RANDOM_PART + CHECKSUM_DIGITS)
		return RULE_NO;
	const char *end = secret.at + secret.length - CHECKSUM_DIGITS;
	checksum_digits((Span){ end - RANDOM_PART, RANDOM_PART }, digits);
	return memcmp(end, digits, CHECKSUM_DIGITS) ? RULE_WEAK : RULE_PROVEN;
}

/* Decodes base64 or base64url, padded or not; NULL when it is none. */
static char *decode(Span text, size_t *ret_length)
{
	g_autofree char *copy = g_malloc(text.length + 4);
	size_t length = text.length;

	memcpy(copy, text.at, length);
	while (length && copy[length - 1] == '=')
		length--;
	for (size_t i = 0; i < length; i++) {
		if (copy[i] == '-')
			copy[i] = '+';
		else if (copy[i] == '_')
			copy[i] = '/';
		else if (!g_ascii_isalnum(copy[i]) && copy[i] != '+' && copy[i] != '/')
			return NULL;
	}
	while (length % 4)
		copy[length++] = '=';
	copy[length] = 0;
	return (char *)g_base64_decode(copy, ret_length);
}

RuleAnswer check_web_token(Span secret)
{
	const char *dot = memchr(secret.at, '.', secret.length);
	size_t length = dot ? (size_t)(dot - secret.at) : 0;

	if (!length || length > LONGEST_HEADER)
		return RULE_NO;
	g_autofree char *header = decode((Span){ secret.at, length }, &length);
	if (!header || length < 2 || header[0] != '{')
		return RULE_NO;
	return g_strstr_len(header, (gssize)length, "\"alg\"") && !g_strstr_len(header, (gssize)length, "\"none\"") ? RULE_YES : RULE_NO;
}

RuleAnswer check_basic(Span secret)
{
	size_t length = 0;

	if (secret.length > LONGEST_BASIC)
		return RULE_NO;
	g_autofree char *pair = decode(secret, &length);
	const char *colon = pair && length ? memchr(pair, ':', length) : NULL;
	if (!colon || colon == pair || colon + 1 == pair + length)
		return RULE_NO;
	for (size_t i = 0; i < length; i++)
		if (!g_ascii_isprint(pair[i]))
			return RULE_NO;
	return RULE_YES;
}

RuleAnswer check_filled_in(Span secret)
{
	return value_is_blank(secret) ? RULE_NO : RULE_YES;
}
