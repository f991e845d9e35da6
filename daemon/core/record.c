/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "core/grant.h"
#include "core/record.h"

/* Room that the end of a line needs: "],\"truncated\":true}\n". */
#define END_BYTES 32u

/* Query values can hold anything (build arguments): only their names are kept. */
static const char *hide_values(const char *uri, Arena *arena)
{
	const char *mark = strchr(uri, '?');

	if (!mark)
		return uri;
	char *hidden = arena_strdup(arena, uri), *out = hidden + (mark - uri);
	bool value = false;
	for (const char *in = mark; *in; in++) {
		if (*in == '&')
			value = false;
		if (!value)
			*out++ = *in;
		if (*in == '=')
			value = true;
	}
	*out = 0;
	return hidden;
}

static void put_digits(Buffer *out, uint64_t number)
{
	char digits[24], *at = digits + sizeof digits;

	do
		*--at = (char)('0' + number % 10);
	while (number /= 10);
	buffer_append(out, at, (size_t)(digits + sizeof digits - at));
}

/* A member behind another one. */
#define PUT_NAME(out, name) buffer_append((out), ",\"" name "\":", sizeof(",\"" name "\":") - 1)
#define PUT_TEXT(out, name, text) (PUT_NAME(out, name), buffer_json_string((out), (text), LIMIT_RECORD_FIELD))
#define PUT_NUMBER(out, name, number) (PUT_NAME(out, name), put_digits((out), (number)))

static void put_finding(Buffer *out, const Finding *finding, bool first, bool denied)
{
	char key[GRANT_KEY_LENGTH + 1];

	buffer_puts(out, first ? "{\"rule\":" : ",{\"rule\":");
	buffer_json_string(out, finding->rule, LIMIT_RECORD_FIELD);
	PUT_TEXT(out, "severity", severity_name(finding->severity));
	PUT_TEXT(out, "category", finding->category);
	PUT_TEXT(out, "action", action_name(finding->action));
	PUT_TEXT(out, "message", finding->message);
	if (denied) {
		grant_key(finding, key);
		PUT_TEXT(out, "key", key);
	}
	buffer_append(out, "}", 1);
}

/* What exceptions set aside.  There is room: an exception is named once for a rule, and few are. */
static void put_waived(Buffer *out, const Decision *decision)
{
	if (!decision->waived_count)
		return;
	buffer_puts(out, ",\"waived\":[");
	for (size_t i = 0; i < decision->waived_count && i < LIMIT_RECORD_WAIVED; i++) {
		buffer_puts(out, i ? ",{\"rule\":" : "{\"rule\":");
		buffer_json_string(out, decision->waived[i].rule, LIMIT_RECORD_WAIVED_FIELD);
		buffer_puts(out, ",\"reason\":");
		buffer_json_string(out, decision->waived[i].reason, LIMIT_RECORD_WAIVED_FIELD);
		buffer_puts(out, "}");
	}
	buffer_puts(out, "]");
}

/* As many findings as the line has room for. */
static bool put_findings(Buffer *out, const Decision *decision)
{
	buffer_puts(out, ",\"findings\":[");
	for (size_t i = 0; i < decision->finding_count; i++) {
		size_t before = out->length;
		put_finding(out, &decision->findings[i], i == 0, !decision->allowed);
		if (out->length + END_BYTES <= LIMIT_RECORD_BYTES)
			continue;
		out->length = before;
		out->data[before] = 0;
		return false;
	}
	return true;
}

const char *record_format(const Record *record, Arena *arena, size_t *ret_length)
{
	const Request *request = record->request;
	const Decision *decision = record->decision;
	Buffer out = BUFFER_INIT(arena);

	buffer_puts(&out, "{\"v\":1");
	PUT_NUMBER(&out, "id", record->id);
	PUT_NUMBER(&out, "time", (uint64_t)record->time_us);
	PUT_TEXT(&out, "decision", outcome_name(decision->outcome));
	PUT_TEXT(&out, "mode", mode_name(decision->mode));
	PUT_TEXT(&out, "policy", decision->policy);
	PUT_NUMBER(&out, "score", decision->score);
	PUT_NUMBER(&out, "max_score", decision->max_score);
	PUT_TEXT(&out, "user", record->user);
	PUT_TEXT(&out, "method", request->method);
	PUT_TEXT(&out, "uri", hide_values(request->uri, arena));
	PUT_TEXT(&out, "endpoint", request->endpoint);
	PUT_TEXT(&out, "command", request->summary);
	PUT_TEXT(&out, "image", request->image.text);
	PUT_TEXT(&out, "subject", request->subject);
	PUT_NUMBER(&out, "duration_us", record->duration_us);
	put_waived(&out, decision);
	if (!decision->allowed && *request->fit)
		PUT_TEXT(&out, "fit", request->fit);
	if (record->grant)
		PUT_NUMBER(&out, "grant", record->grant);
	bool whole = put_findings(&out, decision);
	buffer_puts(&out, whole ? "]}\n" : "],\"truncated\":true}\n");
	*ret_length = out.length;
	return out.data;
}
