/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/json-string.h"

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

static const char *find_end(const char *at, const char *end, bool *escapes, bool *ascii)
{
	for (; at < end; at++) {
		if (byte_plain((unsigned char)*at))
			continue;
		if (*at == '"')
			return at;
		if ((unsigned char)*at >= 0x80)
			*ascii = false;
		else if (*at == '\\' && end - at > 1)
			*escapes = true, at++;
		else
			return NULL;
	}
	return NULL;
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
	*ret = (JsonText){ at, (size_t)(close - at) };
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
	*ret = (JsonText){ text, (size_t)(out - text) };
	return close + 1;
}

/* The next character of a key, folded as Go folds it to ASCII. */
static char fold(const char **at, const char *end)
{
	static const char long_s[] = "\xc5\xbf", kelvin[] = "\xe2\x84\xaa";

	if (end - *at >= 2 && !memcmp(*at, long_s, 2)) {
		*at += 2;
		return 's';
	}
	if (end - *at >= 3 && !memcmp(*at, kelvin, 3)) {
		*at += 3;
		return 'k';
	}
	return g_ascii_tolower(*(*at)++);
}

bool json_text_folds_to(const JsonText *key, const char *name, size_t length)
{
	const char *at = key->text, *end = at + key->length;

	if (key->length < length || (key->length == length && (*at | 0x20) != (*name | 0x20)))
		return false;
	for (size_t i = 0; i < length; i++)
		if (at == end || fold(&at, end) != g_ascii_tolower(name[i]))
			return false;
	return at == end;
}
