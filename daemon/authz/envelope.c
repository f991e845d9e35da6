/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "authz/envelope.h"
#include "base/users.h"
#include "core/lookup.h"
#include "request/json.h"

typedef struct Message {
	const char *user, *user_method, *method, *uri, *content_type, *content_length, *mark;
	bool has_content_type;
	JsonBytes body, answer;
	int64_t status;
} Message;

static bool read_header(Json *json, const char *key, void *target)
{
	Message *message = target;

	if (!g_ascii_strcasecmp(key, "Content-Type")) {
		message->has_content_type = true;
		return json_string(json, &message->content_type);
	}
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
	JSON_FIELD("RequestBody", Message, body, json_bytes),
	JSON_FIELD("ResponseStatusCode", Message, status, json_int),
	JSON_FIELD("ResponseBody", Message, answer, json_bytes),
	JSON_FIELD_SELF("RequestHeaders", read_headers),
};

bool envelope_read(const char *message, size_t length, Arena *arena, Envelope *ret)
{
	Message read = { .user = "", .user_method = "", .method = "", .uri = "", .content_type = "", .content_length = "", .mark = "" };
	Json json = json_begin(message, length, arena);

	if (!json_object(&json, fields, G_N_ELEMENTS(fields), &read) || !json_finish(&json) || !*read.method || !*read.uri)
		return false;
	*ret = (Envelope){
		.call = { .method = read.method, .uri = read.uri, .content_type = read.content_type, .content_length = read.content_length,
			.empty_content_type = read.has_content_type && !*read.content_type },
		.user = *read.user_method ? arena_concat(arena, USER_TLS, read.user) : "", .mark = read.mark,
		.status = read.status, .answer = read.answer,
	};
	if (read.body.length) {
		ret->call.body = read.body.bytes;
		ret->call.body_length = read.body.length;
	}
	return true;
}
