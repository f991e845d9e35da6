/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "audit/export.h"
#include "config.h"

#define MOST_SEVERE 10
#define POINTS 10 /* for one step of severity */

/* In the header a backslash and a pipe are escaped, and there is no line break. */
static void put_header(GString *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\\' || *text == '|')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *text == '\n' || *text == '\r' ? ' ' : *text);
	}
}

/* In a value of the extension a backslash, an equals sign and line breaks are. */
static void put_value(GString *out, const char *key, const char *text)
{
	if (!*text)
		return;
	g_string_append_printf(out, "%s%s=", out->str[out->len - 1] == '|' ? "" : " ", key);
	for (; *text; text++) {
		if (*text == '\n' || *text == '\r') {
			g_string_append(out, *text == '\n' ? "\\n" : "\\r");
			continue;
		}
		if (*text == '\\' || *text == '=')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *text);
	}
}

static void put_number(GString *out, const char *key, int64_t number)
{
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);

	put_value(out, key, text);
}

static void put_labelled(GString *out, const char *key, const char *label, const char *text)
{
	g_autofree char *name = g_strconcat(key, "Label", NULL);

	if (!*text)
		return;
	put_value(out, name, label);
	put_value(out, key, text);
}

void cef_put(GString *out, const AuditLine *line)
{
	const bool event = audit_line_is_event(line);
	g_autoptr(GString) rules = g_string_new(NULL), text = g_string_new("CEF:0|Docker Sentinel|sentineld|" SENTINEL_VERSION "|");

	for (size_t i = 0; i < line->finding_count; i++)
		g_string_append_printf(rules, "%s%s", i ? " " : "", line->findings[i].rule);
	put_header(text, *line->endpoint ? line->endpoint : "unknown");
	g_string_append_c(text, '|');
	put_header(text, event ? line->kind : line->decision);
	g_string_append_printf(text, "|%d|", (int)MIN((line->score + POINTS - 1) / POINTS, MOST_SEVERE));
	put_number(text, "rt", line->time_us / 1000);
	put_number(text, "externalId", line->id);
	put_value(text, "act", event ? line->kind : line->decision);
	put_value(text, "suser", line->user);
	put_value(text, "msg", line->command);
	put_value(text, "requestMethod", line->method);
	put_value(text, "request", line->uri);
	put_labelled(text, "cs1", "policy", line->policy);
	put_labelled(text, "cs2", "image", line->image);
	put_labelled(text, "cs3", "rules", rules->str);
	put_labelled(text, "cs4", "subject", line->subject);
	g_autofree char *when = export_time(line->time_us); /* rt is in ms, as CEF has it */
	put_labelled(text, "cs5", "time", when);
	if (!event)
		put_number(text, "cn1", line->score);
	if (!event)
		put_value(text, "cn1Label", "score");
	g_string_append_len(out, text->str, (gssize)text->len);
	g_string_append_c(out, '\n');
}
