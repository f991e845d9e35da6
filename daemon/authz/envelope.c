/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "authz/envelope.h"
#include "base/users.h"
#include "core/lookup.h"
#include "request/json.h"

typedef struct Message {
	const char *user, *user_method, *method, *uri, *body, *content_type, *content_length, *mark;
} Message;

static bool read_header(Json *json, const char *key, void *target)
{
	Message *message = target;

	if (!g_ascii_strcasecmp(key, "Content-Type"))
		return json_string(json, &message->content_type);
	if (!g_ascii_strcasecmp(key, "Content-Length"))
		return json_string(json, &message->content_length);
	if (!g_ascii_strcasecmp(key, LOOKUP_HEADER))
		return json_string(json, &message->mark);
	return json_skip(json, NULL);
}

static bool read_headers(Json *json, void *target)
{
	return json_map(json, read_header, target);
}

static const JsonField fields[] = {
	JSON_FIELD("User", Message, user, json_string),
	JSON_FIELD("UserAuthNMethod", Message, user_method, json_string),
	JSON_FIELD("RequestMethod", Message, method, json_string),
	JSON_FIELD("RequestUri", Message, uri, json_string),
	JSON_FIELD("RequestBody", Message, body, json_string),
	JSON_FIELD_SELF("RequestHeaders", read_headers),
};

#define NO_DIGIT 0x40u /* what 64 digits do not need */

/* The value of each base64 digit (RFC 4648). */
static unsigned base64_value(unsigned char c)
{
#define D(c, v) [c] = (v) ^ NO_DIGIT
	static const unsigned char values[256] = {
		D('A', 0), D('B', 1), D('C', 2), D('D', 3), D('E', 4), D('F', 5), D('G', 6), D('H', 7), D('I', 8), D('J', 9), D('K', 10), D('L', 11),
		D('M', 12), D('N', 13), D('O', 14), D('P', 15), D('Q', 16), D('R', 17), D('S', 18), D('T', 19), D('U', 20), D('V', 21), D('W', 22),
		D('X', 23), D('Y', 24), D('Z', 25), D('a', 26), D('b', 27), D('c', 28), D('d', 29), D('e', 30), D('f', 31), D('g', 32), D('h', 33),
		D('i', 34), D('j', 35), D('k', 36), D('l', 37), D('m', 38), D('n', 39), D('o', 40), D('p', 41), D('q', 42), D('r', 43), D('s', 44),
		D('t', 45), D('u', 46), D('v', 47), D('w', 48), D('x', 49), D('y', 50), D('z', 51), D('0', 52), D('1', 53), D('2', 54), D('3', 55),
		D('4', 56), D('5', 57), D('6', 58), D('7', 59), D('8', 60), D('9', 61), D('+', 62), D('/', 63),
	};
#undef D
	return values[c] ^ NO_DIGIT;
}

/* Go's base64.StdEncoding: padded, nothing else in it.  NULL when it is not that. */
static const char *base64_decode(const char *text, size_t length, Arena *arena, size_t *ret_length)
{
	size_t padding = 0;
	unsigned wrong = 0;

	if (length % 4)
		return NULL;
	while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
		padding++;
	char *out = arena_bytes(arena, length / 4 * 3 + 1), *to = out;
	const unsigned char *at = (const unsigned char *)text, *end = at + length;
	for (; at < end; at += 4) {
		bool last = padding && at + 4 == end;
		unsigned a = base64_value(at[0]), b = base64_value(at[1]), c = last && padding == 2 ? 0 : base64_value(at[2]), d = last ? 0 : base64_value(at[3]);
		unsigned word = a << 18 | b << 12 | c << 6 | d;
		wrong |= a | b | c | d;
		*to++ = (char)(word >> 16);
		*to++ = (char)(word >> 8);
		*to++ = (char)word;
	}
	*ret_length = length / 4 * 3 - padding;
	out[*ret_length] = 0;
	return wrong & NO_DIGIT ? NULL : out;
}

bool envelope_read(const char *message, size_t length, Arena *arena, Envelope *ret)
{
	Message read = { .user = "", .user_method = "", .method = "", .uri = "", .body = "", .content_type = "", .content_length = "", .mark = "" };
	Json json = json_begin(message, length, arena);

	if (!json_object(&json, fields, G_N_ELEMENTS(fields), &read) || !json_finish(&json) || !*read.method || !*read.uri)
		return false;
	*ret = (Envelope){
		.call = { .method = read.method, .uri = read.uri, .content_type = read.content_type, .content_length = read.content_length },
		.user = *read.user_method ? arena_concat(arena, USER_TLS, read.user) : "", .mark = read.mark,
	};
	if (!*read.body)
		return true;
	ret->call.body = base64_decode(read.body, strlen(read.body), arena, &ret->call.body_length);
	return ret->call.body != NULL;
}
