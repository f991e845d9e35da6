/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include "audit/line.h"
#include "base/limits.h"
#include "core/audit-event.h"
#include "request/json.h"
#include "request/list.h"

typedef struct FindingList {
	AuditLineFinding *items;
	size_t count;
} FindingList;

typedef struct Body {
	AuditLine line;
	FindingList findings;
} Body;

static bool read_finding(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("rule", AuditLineFinding, rule, json_string),         JSON_FIELD("severity", AuditLineFinding, severity, json_string),
		JSON_FIELD("category", AuditLineFinding, category, json_string), JSON_FIELD("action", AuditLineFinding, action, json_string),
		JSON_FIELD("message", AuditLineFinding, message, json_string),   JSON_FIELD("key", AuditLineFinding, key, json_string),
	};
	AuditLineFinding finding = { "", "", "", "", "", "" };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &finding))
		return false;
	LIST_APPEND(json->arena, (FindingList *)target, finding);
	return true;
}

static bool read_findings(Json *json, void *target)
{
	return json_array(json, read_finding, target);
}

static bool read_cut(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("position", AuditLineCut, position, json_int), JSON_FIELD("prev", AuditLineCut, prev, json_string) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_details(Json *json, void *target)
{
	static const JsonField fields[] = { { AUDIT_FOLDED_READS, strlen(AUDIT_FOLDED_READS), 0, json_int } };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

/* µs since the epoch; an export has the same as text (export_time). */
static bool read_time(Json *json, void *target)
{
	const char *text = "";

	if (json->at == json->end || *json->at != '"')
		return json_int(json, target);
	if (!json_string(json, &text))
		return false;
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
	if (!time)
		return json_refuse(json, "a time was expected");
	*(int64_t *)target = g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
	return true;
}

#define DECISION "decision"
#define OWN "sentinel."

/* Before events had a kind they were written as decisions about calls of our own. */
static const char *kind_of(const AuditLine *line)
{
	if (*line->kind)
		return line->kind;
	return g_str_has_prefix(line->endpoint, OWN) ? line->endpoint + strlen(OWN) : DECISION;
}

bool audit_line_is_event(const AuditLine *line)
{
	return strcmp(line->kind, DECISION) != 0;
}

#define FIELD(name, member, reader) JSON_FIELD(name, Body, line.member, reader)

bool audit_line_is_whole(const char *text, size_t length, Arena *arena, AuditLine *ret)
{
	static const JsonField fields[] = {
		FIELD("v", version, json_int),
		FIELD("id", id, json_int),
		FIELD("time", time_us, read_time),
		FIELD("kind", kind, json_string),
		FIELD("decision", decision, json_string),
		FIELD("mode", mode, json_string),
		FIELD("policy", policy, json_string),
		FIELD("score", score, json_int),
		FIELD("max_score", max_score, json_int),
		FIELD("user", user, json_string),
		FIELD("method", method, json_string),
		FIELD("uri", uri, json_string),
		FIELD("endpoint", endpoint, json_string),
		FIELD("command", command, json_string),
		FIELD("image", image, json_string),
		FIELD("subject", subject, json_string),
		FIELD("argv", argv, json_string),
		FIELD("duration_us", duration_us, json_int),
		FIELD("fit", fit, json_string),
		FIELD("grant", grant, json_int),
		FIELD("prev", prev, json_string),
		FIELD("cut", cut, read_cut),
		FIELD("details", folded, read_details),
		FIELD("truncated", truncated, json_bool),
		JSON_FIELD("findings", Body, findings, read_findings),
	};
	Body body = { .line = { .kind = "", .decision = "", .mode = "", .policy = "", .user = "", .method = "", .uri = "", .endpoint = "", .command = "",
			      .image = "", .subject = "", .argv = "", .fit = "", .prev = "", .cut = { 0, "" } } };
	Json json = json_begin(text, length, arena);

	if (!json_object(&json, fields, G_N_ELEMENTS(fields), &body) || !json_finish(&json) || body.line.id <= 0 || body.line.id > LIMIT_RECORD_ID || (!*body.line.decision && !*body.line.kind))
		return false;
	*ret = body.line;
	ret->kind = kind_of(ret);
	ret->folded = strcmp(ret->kind, audit_event_word(AUDIT_FOLDED)) == 0 ? MAX(ret->folded, 0) : 0;
	ret->findings = body.findings.items;
	ret->finding_count = body.findings.count;
	return true;
}

/* How a record begins, by the layout of its line.  Cannot stand within one: strings have their quotes escaped. */
static const char *const openings[] = { "{\"v\":1,\"id\":", "{\"v\":2,\"id\":" };

static const char *find_last_opening(const char *text, size_t length)
{
	const char *found = NULL, *end = text + length;

	for (size_t i = 0; i < G_N_ELEMENTS(openings); i++)
		for (const char *at = text; (at = memmem(at, (size_t)(end - at), openings[i], strlen(openings[i]))); at++)
			found = MAX(found, at);
	return found;
}

bool audit_line_read(const char *text, size_t length, Arena *arena, AuditLine *ret)
{
	if (audit_line_is_whole(text, length, arena, ret))
		return true;
	const char *found = find_last_opening(text, length);
	return found && found > text && audit_line_is_whole(found, length - (size_t)(found - text), arena, ret);
}

const char *audit_line_find_record(const char *text, uint64_t id)
{
	char start[48];

	for (size_t i = 0; i < G_N_ELEMENTS(openings); i++) {
		(void)snprintf(start, sizeof start, "%s%" G_GUINT64_FORMAT ",", openings[i], id);
		const char *found = strstr(text, start);
		if (found)
			return found;
	}
	return NULL;
}

uint64_t audit_line_id(const char *text, size_t length)
{
	uint64_t id = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(openings); i++)
		if (length > strlen(openings[i]) && !memcmp(text, openings[i], strlen(openings[i])))
			id = g_ascii_strtoull(text + strlen(openings[i]), NULL, 10);
	return id <= LIMIT_RECORD_ID ? id : 0;
}

uint64_t audit_line_highest_id(const char *text, size_t length)
{
	g_autoptr(Arena) arena = arena_new();
	const char *end = text + length, *feed;
	int64_t highest = 0;
	AuditLine line;

	for (const char *at = text; (feed = memchr(at, '\n', (size_t)(end - at))); at = feed + 1) {
		if (audit_line_read(at, (size_t)(feed - at), arena, &line))
			highest = MAX(highest, line.id);
		arena_reset(arena);
	}
	return (uint64_t)highest;
}
