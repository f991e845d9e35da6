/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "authz/envelope.h"
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

static int base64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Go's base64.StdEncoding: padded, nothing else in it.  NULL when it is not that. */
static const char *base64_decode(const char *text, Arena *arena, size_t *ret_length)
{
	size_t length = strlen(text), padding = 0;

	if (length % 4)
		return NULL;
	while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
		padding++;
	char *out = arena_alloc(arena, length / 4 * 3 + 1), *to = out;
	for (size_t i = 0; i < length; i += 4) {
		unsigned word = 0;
		for (size_t j = i; j < i + 4; j++) {
			int value = j >= length - padding ? 0 : base64_value((unsigned char)text[j]);
			if (value < 0)
				return NULL;
			word = word << 6 | (unsigned)value;
		}
		*to++ = (char)(word >> 16);
		*to++ = (char)(word >> 8);
		*to++ = (char)word;
	}
	*ret_length = length / 4 * 3 - padding;
	return out;
}

bool envelope_read(const char *message, size_t length, Arena *arena, Envelope *ret)
{
	Message read = { .user = "", .user_method = "", .method = "", .uri = "", .body = "", .content_type = "", .content_length = "", .mark = "" };
	Json json = json_begin(message, length, arena);

	if (!json_object(&json, fields, G_N_ELEMENTS(fields), &read) || !json_finish(&json) || !*read.method || !*read.uri)
		return false;
	*ret = (Envelope){
		.call = { .method = read.method, .uri = read.uri, .content_type = read.content_type, .content_length = read.content_length },
		.user = *read.user_method ? read.user : "", .mark = read.mark,
	};
	if (!*read.body)
		return true;
	ret->call.body = base64_decode(read.body, arena, &ret->call.body_length);
	return ret->call.body != NULL;
}
