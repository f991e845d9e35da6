/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "audit/line.h"
#include "request/json.h"
#include "request/list.h"

typedef struct Body {
	Line line;
	int64_t id;
	StringList rules;
} Body;

static bool read_finding(Json *json, void *target)
{
	const JsonField fields[] = { { "rule", strlen("rule"), 0, json_string } };
	StringList *rules = target;
	const char *rule = "";

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &rule))
		return false;
	LIST_APPEND(json->arena, rules, rule);
	return true;
}

static bool read_findings(Json *json, void *target)
{
	return json_array(json, read_finding, target);
}

static bool read_record(const char *text, size_t length, Arena *arena, Line *ret)
{
	static const JsonField fields[] = {
		JSON_FIELD("id", Body, id, json_int),
		JSON_FIELD("time", Body, line.time_us, json_int),
		JSON_FIELD("decision", Body, line.decision, json_string),
		JSON_FIELD("score", Body, line.score, json_int),
		JSON_FIELD("user", Body, line.user, json_string),
		JSON_FIELD("uri", Body, line.uri, json_string),
		JSON_FIELD("command", Body, line.command, json_string),
		JSON_FIELD("image", Body, line.image, json_string),
		JSON_FIELD("findings", Body, rules, read_findings),
	};
	Body body = { .line = { .decision = "", .user = "", .image = "", .command = "", .uri = "" } };
	Json json = json_begin(text, length, arena);

	if (!json_object(&json, fields, G_N_ELEMENTS(fields), &body) || !json_finish(&json) || body.id <= 0 || !*body.line.decision)
		return false;
	*ret = body.line;
	ret->id = (uint64_t)body.id;
	ret->rules = body.rules.items;
	ret->rule_count = body.rules.count;
	return true;
}

bool line_read(const char *text, size_t length, Arena *arena, Line *ret)
{
	static const char opening[] = "{\"v\":1,"; /* cannot stand within a record: strings have their quotes escaped */

	if (read_record(text, length, arena, ret))
		return true;
	const char *found = NULL, *end = text + length;
	for (const char *at = text; (at = memmem(at, (size_t)(end - at), opening, strlen(opening))); at++)
		found = at;
	return found && found > text && read_record(found, (size_t)(end - found), arena, ret);
}

uint64_t line_highest_id(const char *text, size_t length)
{
	g_autoptr(Arena) arena = arena_new();
	const char *end = text + length, *feed;
	uint64_t highest = 0;
	Line line;

	for (const char *at = text; (feed = memchr(at, '\n', (size_t)(end - at))); at = feed + 1) {
		if (line_read(at, (size_t)(feed - at), arena, &line))
			highest = MAX(highest, line.id);
		arena_reset(arena);
	}
	return highest;
}
