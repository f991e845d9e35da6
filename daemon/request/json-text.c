/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>
#include "request/json-text.h"

/* Bytes that end the quick scan of a string: controls, '"', '\\' and everything that is not ASCII. */
static bool byte_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static bool hex4(const char *at, const char *end, unsigned *ret)
{
	unsigned value = 0;

	if (end - at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		int digit = g_ascii_xdigit_value(at[i]);
		if (digit < 0)
			return false;
		value = value * 16 + (unsigned)digit;
	}
	*ret = value;
	return true;
}

/* \uXXXX, or a pair of them for a character beyond U+FFFF.  `at` points behind the first 'u'. */
static const char *read_unicode(const char *at, const char *end, char **out, const char **problem)
{
	unsigned high, low;

	*problem = "a bad \\u escape";
	if (!hex4(at, end, &high))
		return NULL;
	at += 4;
	if (high >= 0xd800 && high <= 0xdfff) {
		*problem = "a surrogate without its other half";
		if (high > 0xdbff || end - at < 6 || at[0] != '\\' || at[1] != 'u' || !hex4(at + 2, end, &low) || low < 0xdc00 || low > 0xdfff)
			return NULL;
		high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
		at += 6;
	}
	*problem = "a NUL character";
	if (!high)
		return NULL;
	*out += g_unichar_to_utf8(high, *out);
	return at;
}

/* The unescaped form is never longer than the escaped one. */
static const char *unescape(const char *at, const char *end, char **out, const char **problem)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";

	if (at == end) {
		*problem = "a string without an end";
		return NULL;
	}
	if (*at == 'u')
		return read_unicode(at + 1, end, out, problem);
	const char *which = *at ? strchr(from, *at) : NULL;
	if (!which) {
		*problem = "an unknown escape";
		return NULL;
	}
	*(*out)++ = to[which - from];
	return at + 1;
}

/* Eight bytes at a time: the high bit of each byte that is not plain ("Bit Twiddling Hacks", haszero).  A borrow
 * may mark a plain byte, but only behind one that is not. */
static uint64_t special_bytes(uint64_t word)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = UINT64_C(0x8080808080808080);
	uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');

	return (((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | word) & high;
}

/* To the next byte that is not plain. */
static const char *skip_plain(const char *at, const char *end)
{
	uint64_t word;

	for (; end - at >= (ptrdiff_t)sizeof word; at += sizeof word) {
		memcpy(&word, at, sizeof word);
		uint64_t special = special_bytes(GUINT64_FROM_LE(word));
		if (special)
			return at + __builtin_ctzll(special) / 8;
	}
	while (at < end && byte_plain((unsigned char)*at))
		at++;
	return at;
}

static const char *find_end(const char *at, const char *end, bool *escapes, bool *ascii)
{
	while ((at = skip_plain(at, end)) < end) {
		if (*at == '"')
			return at;
		if ((unsigned char)*at >= 0x80)
			*ascii = false, at++;
		else if (*at == '\\' && end - at > 1)
			*escapes = true, at += 2;
		else
			return NULL;
	}
	return NULL;
}

const char *json_text_skip(const char *at, const char *end)
{
	bool escapes, ascii;
	const char *close = find_end(at, end, &escapes, &ascii);

	return close ? close + 1 : NULL;
}

const char *json_text_read(const char *at, const char *end, Arena *arena, JsonText *ret, const char **problem)
{
	bool escapes = false, ascii = true;
	const char *close = find_end(at, end, &escapes, &ascii);

	*problem = "a string without an end, or with a control character in it";
	if (!close)
		return NULL;
	*problem = "bad UTF-8";
	if (!ascii && !g_utf8_validate_len(at, (size_t)(close - at), NULL))
		return NULL;
	*ret = (JsonText){ at, (size_t)(close - at), ascii };
	if (!escapes)
		return close + 1;
	char *text = arena_alloc(arena, ret->length + 1), *out = text;
	while (at < close) {
		const char *slash = memchr(at, '\\', (size_t)(close - at));
		size_t plain = (size_t)((slash ? slash : close) - at);
		memcpy(out, at, plain);
		out += plain;
		at += plain;
		if (slash && !(at = unescape(slash + 1, close, &out, problem)))
			return NULL;
	}
	*ret = (JsonText){ text, (size_t)(out - text), false };
	return close + 1;
}

size_t json_text_fold(const JsonText *key, char *out, size_t room)
{
	static const char long_s[] = "\xc5\xbf", kelvin[] = "\xe2\x84\xaa";
	const char *at = key->text, *end = at + key->length;
	size_t length = 0;

	for (; at < end && length < room; length++) {
		unsigned char c = (unsigned char)*at;
		if (c < 0x80) {
			out[length] = (char)(c + ((c >= 'A' && c <= 'Z') << 5));
			at++;
		} else if (end - at >= 2 && !memcmp(at, long_s, 2)) {
			out[length] = 's';
			at += 2;
		} else if (end - at >= 3 && !memcmp(at, kelvin, 3)) {
			out[length] = 'k';
			at += 3;
		} else {
			return 0;
		}
	}
	return at == end ? length : 0;
}

size_t json_number_length(const char *at, const char *end, bool *ret_integer)
{
	const char *p = at;

	*ret_integer = true;
	p += p < end && *p == '-';
	const char *digits = p;
	while (p < end && g_ascii_isdigit(*p))
		p++;
	if (p == digits || (*digits == '0' && p - digits > 1))
		return 0;
	if (p < end && *p == '.') {
		*ret_integer = false;
		const char *fraction = ++p;
		while (p < end && g_ascii_isdigit(*p))
			p++;
		if (p == fraction)
			return 0;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		*ret_integer = false;
		p++;
		p += p < end && (*p == '+' || *p == '-');
		const char *exponent = p;
		while (p < end && g_ascii_isdigit(*p))
			p++;
		if (p == exponent)
			return 0;
	}
	return (size_t)(p - at);
}
