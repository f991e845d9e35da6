/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "core/grant.h"
#include "core/record-names.h"
#include "core/record.h"

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
	if (finding->references && *finding->references)
		PUT_TEXT(out, "references", finding->references);
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
		if (out->length + RECORD_END_BYTES <= LIMIT_RECORD_BYTES - LIMIT_RECORD_KEPT)
			continue;
		out->length = before;
		out->data[before] = 0;
		return false;
	}
	return true;
}

/* What does not fit is left out whole: half of a request would be judged as another one. */
static void put_kept(Buffer *out, const KeptCall *kept)
{
	const size_t before = out->length;

	buffer_puts(out, ",\"request\":");
	kept_put(out, kept);
	if (out->length - before <= LIMIT_RECORD_KEPT - RECORD_END_BYTES)
		return;
	out->length = before;
	buffer_puts(out, ",\"unkept\":true");
}

/* The name of the container that is used, as Docker keeps it; "". */
static const char *container_name(const Request *request)
{
	return request->stored && request->use ? request->stored->container.name : "";
}

/* "docker restart db" instead of 64 digits. */
static const char *command_of(const Request *request, Arena *arena)
{
	const char *name = container_name(request), *at = *name && *request->subject ? strstr(request->summary, request->subject) : NULL;

	if (!at || !strcmp(name, request->subject))
		return request->summary;
	return arena_printf(arena, "%.*s%s%s", (int)(at - request->summary), request->summary, text_printable(arena, name, LIMIT_RECORD_FIELD), at + strlen(request->subject));
}

static const char *image_of(const Request *request)
{
	return *request->image.text || !request->stored || !request->use ? request->image.text : request->stored->image.text;
}

/* All of it, or nothing: with a credential taken out it would be another command.  Values in the query are the container's name and platform. */
static bool is_open(const KeptCall *kept)
{
	for (size_t i = 0; i < kept->hidden.count; i++)
		if (strcmp(kept->hidden.items[i], "uri") != 0)
			return false;
	return true;
}

static void put_typed(Buffer *out, const Record *record)
{
	if (!record->typed || !record->kept || !is_open(record->kept))
		return;
	PUT_NAME(out, "typed");
	for (size_t i = 0; i < record->typed->count; i++) {
		buffer_puts(out, i ? "," : "[");
		buffer_json_string(out, record->typed->items[i], 0);
	}
	buffer_puts(out, "]");
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
	if (record->generation)
		PUT_NUMBER(&out, "generation", record->generation);
	if (decision->digest && *decision->digest)
		PUT_TEXT(&out, "digest", arena_printf(arena, "%.*s", RECORD_DIGEST, decision->digest));
	PUT_NUMBER(&out, "score", decision->score);
	PUT_NUMBER(&out, "max_score", decision->max_score);
	PUT_TEXT(&out, "user", record->user);
	if (record->socket) {
		PUT_TEXT(&out, "socket", record->socket);
		PUT_TEXT(&out, "program", text_printable(arena, record->program, LIMIT_RECORD_NAME_BYTES));
	}
	if (record->caller_container && *record->caller_container)
		PUT_TEXT(&out, "caller_container", text_printable(arena, record->caller_container, LIMIT_RECORD_NAME_BYTES));
	PUT_TEXT(&out, "method", request->method);
	PUT_TEXT(&out, "uri", hide_values(request->uri, arena));
	PUT_TEXT(&out, "endpoint", request->endpoint);
	PUT_TEXT(&out, "command", command_of(request, arena));
	PUT_TEXT(&out, "image", image_of(request));
	PUT_TEXT(&out, "subject", request->subject);
	if (*container_name(request))
		PUT_TEXT(&out, "container", container_name(request));
	record_put_names(&out, record->kept, arena);
	PUT_NUMBER(&out, "duration_us", record->duration_us);
	put_waived(&out, decision);
	if (!decision->allowed && *request->fit)
		PUT_TEXT(&out, "fit", request->fit);
	put_typed(&out, record);
	if (record->grant)
		PUT_NUMBER(&out, "grant", record->grant);
	bool whole = put_findings(&out, decision);
	buffer_puts(&out, whole ? "]" : "],\"truncated\":true");
	if (record->kept)
		put_kept(&out, record->kept);
	buffer_puts(&out, "}\n");
	*ret_length = out.length;
	return out.data;
}
