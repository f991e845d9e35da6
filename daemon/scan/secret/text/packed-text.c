/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "base/limits.h"
#include "scan/secret/text/packed-text.h"

#define LEAST 40u
#define TASTE 16u /* so much of it says whether the rest is worth decoding */

static const bool alphabet[256] = {
	['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['0' ... '9'] = true, ['+'] = true, ['/'] = true, ['-'] = true, ['_'] = true,
};

static bool in_alphabet(char c)
{
	return alphabet[(unsigned char)c];
}

bool packed_is_run(Span text)
{
	for (size_t i = 0; i < text.length; i++)
		if (!in_alphabet(text.at[i]))
			return false;
	return text.length > 0;
}

/* Only every LEASTth byte must be looked at where no run is. */
bool packed_next(Span text, size_t at, Span *ret_run)
{
	for (size_t probe = at + LEAST - 1; probe < text.length; probe = at + LEAST - 1) {
		size_t begin = probe, end = probe;
		while (end < text.length && in_alphabet(text.at[end]))
			end++;
		while (end > probe && begin > at && in_alphabet(text.at[begin - 1]))
			begin--;
		if (end - begin >= LEAST) {
			*ret_run = (Span){ text.at + begin, end - begin };
			return true;
		}
		at = end + 1;
	}
	return false;
}

static char *decode(Span run, size_t *ret_length)
{
	g_autofree char *copy = g_malloc(run.length + 4);
	size_t length = run.length;

	memcpy(copy, run.at, length);
	for (size_t i = 0; i < length; i++)
		copy[i] = copy[i] == '-' ? '+' : copy[i] == '_' ? '/' : copy[i];
	while (length % 4)
		copy[length++] = '=';
	copy[length] = 0;
	return (char *)g_base64_decode(copy, ret_length);
}

static bool printable(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!g_ascii_isprint(text[i]) && !g_ascii_isspace(text[i]))
			return false;
	return length > 0;
}

char *packed_read(Span run, size_t *ret_length)
{
	size_t taste = 0;
	g_autofree char *begin = decode((Span){ run.at, MIN(run.length, TASTE) }, &taste);

	if (run.length > LIMIT_SECRET_PIECE_BYTES || !printable(begin, taste))
		return NULL;
	g_autofree char *whole = decode(run, ret_length);
	return printable(whole, *ret_length) ? g_steal_pointer(&whole) : NULL;
}
