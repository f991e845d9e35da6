/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/json.h"

/* The base64 digits and their values (RFC 4648). */
#define DIGITS(D)                                                                                                                          \
	D('A', 0) D('B', 1) D('C', 2) D('D', 3) D('E', 4) D('F', 5) D('G', 6) D('H', 7) D('I', 8) D('J', 9) D('K', 10) D('L', 11) D('M', 12) \
	D('N', 13) D('O', 14) D('P', 15) D('Q', 16) D('R', 17) D('S', 18) D('T', 19) D('U', 20) D('V', 21) D('W', 22) D('X', 23) D('Y', 24) \
	D('Z', 25) D('a', 26) D('b', 27) D('c', 28) D('d', 29) D('e', 30) D('f', 31) D('g', 32) D('h', 33) D('i', 34) D('j', 35) D('k', 36) \
	D('l', 37) D('m', 38) D('n', 39) D('o', 40) D('p', 41) D('q', 42) D('r', 43) D('s', 44) D('t', 45) D('u', 46) D('v', 47) D('w', 48) \
	D('x', 49) D('y', 50) D('z', 51) D('0', 52) D('1', 53) D('2', 54) D('3', 55) D('4', 56) D('5', 57) D('6', 58) D('7', 59) D('8', 60) \
	D('9', 61) D('+', 62) D('/', 63)

/* What a digit adds to its group at each of the four places; a byte that is no digit adds nothing, and the mark of its
 * place is missing. */
#define MARK 24u
#define ALL_MARKS 0xfu
#define FIRST(c, value) [c] = (value) << 18 | 1u << MARK,
#define SECOND(c, value) [c] = (value) << 12 | 2u << MARK,
#define THIRD(c, value) [c] = (value) << 6 | 4u << MARK,
#define FOURTH(c, value) [c] = (value) | 8u << MARK,
static const uint32_t first[256] = { DIGITS(FIRST) }, second[256] = { DIGITS(SECOND) }, third[256] = { DIGITS(THIRD) }, fourth[256] = { DIGITS(FOURTH) };

/* Four digits make three bytes; four are written.  False, and nothing written: one is no digit. */
static bool read_group(const unsigned char *at, char *to)
{
	uint32_t group = first[at[0]] | second[at[1]] | third[at[2]] | fourth[at[3]];
	uint32_t bytes = GUINT32_TO_BE(group << 8);

	if (group >> MARK != ALL_MARKS)
		return false;
	memcpy(to, &bytes, sizeof bytes);
	return true;
}

/* The group that ends in "=" or "==" before the closing quote.  How many bytes it makes, 0 when it is none. */
static size_t read_last_group(const unsigned char *at, const unsigned char *end, char *to)
{
	if (end - at < 5 || at[3] != '=' || at[4] != '"')
		return 0;
	const unsigned char filled[] = { at[0], at[1], at[2] == '=' ? 'A' : at[2], 'A' };
	if (!read_group(filled, to))
		return 0;
	return at[2] == '=' ? 1 : 2;
}

bool json_bytes(Json *json, void *target)
{
	if (json_null(json))
		return true;
	if (json->at == json->end || *json->at != '"')
		return json_refuse(json, "a string was expected");
	const unsigned char *at = (const unsigned char *)json->at + 1, *end = (const unsigned char *)json->end;
	char *bytes = arena_bytes(json->arena, (size_t)(end - at) / 4 * 3 + sizeof(uint32_t)), *to = bytes;
	for (; end - at >= 4 && read_group(at, to); at += 4)
		to += 3;
	if (at < end && *at != '"') {
		size_t more = read_last_group(at, end, to);
		to += more;
		at += more ? 4 : 0;
	}
	json->at = (const char *)at;
	if (at == end || *at != '"')
		return json_refuse(json, "base64 was expected");
	json->at++;
	*to = 0;
	*(JsonBytes *)target = (JsonBytes){ bytes, (size_t)(to - bytes) };
	return true;
}
