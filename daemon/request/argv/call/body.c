/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>
#include "request/argv/call/body.h"
#include "request/path.h"

#define API_VERSION "1.50"

static void begin(Line *line, const char *name)
{
	Buffer *body = &line->body;

	if (body->length && !strchr("{[", body->data[body->length - 1]))
		buffer_puts(body, ",");
	if (name) {
		buffer_json_string(body, name, 0);
		buffer_puts(body, ":");
	}
}

void body_text(Line *line, const char *name, const char *value)
{
	if (name && !*value)
		return;
	begin(line, name);
	buffer_json_string(&line->body, value, 0);
}

void body_number(Line *line, const char *name, int64_t value)
{
	if (!value)
		return;
	begin(line, name);
	buffer_printf(&line->body, "%" PRId64, value);
}

void body_switch(Line *line, const char *name, bool value)
{
	if (!value)
		return;
	begin(line, name);
	buffer_puts(&line->body, "true");
}

void body_list(Line *line, const char *name, const StringList *values)
{
	if (!values->count)
		return;
	body_open(line, name, '[');
	for (size_t i = 0; i < values->count; i++)
		body_text(line, NULL, values->items[i]);
	body_close(line, '[');
}

void body_map(Line *line, const char *name, const PairList *pairs)
{
	if (!pairs->count)
		return;
	body_open(line, name, '{');
	for (size_t i = 0; i < pairs->count; i++) {
		begin(line, pairs->items[i].key);
		buffer_json_string(&line->body, pairs->items[i].value, 0);
	}
	body_close(line, '{');
}

void body_open(Line *line, const char *name, char bracket)
{
	begin(line, name);
	buffer_append(&line->body, &bracket, 1);
}

void body_close(Line *line, char bracket)
{
	buffer_puts(&line->body, bracket == '{' ? "}" : "]");
}

void query_add(Line *line, const char *name, const char *value)
{
	g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);

	buffer_printf(&line->query, "%c%s=%s", line->query.length ? '&' : '?', name, escaped);
}

void line_set_path(Line *line, const char *pattern, const char *subject)
{
	const char *hole = strchrnul(pattern, '{'), *rest = *hole ? hole + strlen("{}") : hole;
	const char *asked = line_known_env(line, "DOCKER_API_VERSION"), *version = asked && *asked ? asked : API_VERSION;
	const char *path = arena_printf(line->arena, "/v%s%.*s%s%s", version, (int)(hole - pattern), pattern, *hole ? subject : "", rest);
	g_autofree char *escaped = g_uri_escape_string(path_clean(path, line->arena), "$&+,/:;=@", FALSE);

	line->path = arena_strdup(line->arena, escaped);
}
