/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "request/argv/call/body.h"
#include "request/argv/call/calls.h"
#include "request/endpoint.h"

static bool check_count(Line *line)
{
	const Command *command = line->command;
	size_t count = line->arguments.count;

	if (command->each && count > LIMIT_ARGV_CALLS)
		return line_refuse(line, "docker %s: %zu names are more than are judged at once (%u); validate them in parts", line->shown, count,
			LIMIT_ARGV_CALLS);
	if (count >= command->least && count <= command->most)
		return true;
	return line_refuse(line, "docker %s: expected %s, found %zu argument%s", line->shown, *command->expected ? command->expected : "no arguments", count,
		count == 1 ? "" : "s");
}

static bool check_marks(Line *line)
{
	for (size_t i = 0; i < line->settings.count; i++) {
		unsigned marks = line->settings.items[i].flag->marks;
		if (marks & (MARK_WINDOWS | MARK_EXPERIMENTAL))
			return line_refuse(line, "--%s works only with a daemon %s", line->settings.items[i].name,
				marks & MARK_WINDOWS ? "on Windows" : "that has experimental features enabled");
	}
	return true;
}

/* How many arguments make a call. */
static size_t count_names(const Line *line)
{
	return line->command->each ? MAX(line->arguments.count, 1) : 1;
}

/* An empty name would make another call of the path. */
static bool check_names(Line *line)
{
	const Command *command = line->command;

	for (size_t i = 0; strstr(command->path, "{}") && i < count_names(line); i++) {
		g_autofree char *name = g_strdup(line_argument(line, i));
		if (!*g_strstrip(name))
			return line_refuse(line, "docker %s: expected %s, found an empty argument", line->shown, command->expected);
	}
	return true;
}

Request *calls_request(const Line *line)
{
	const char *subject, *body = NULL;
	const Endpoint *row = endpoint_find(line->method, target_parse(line->path, line->arena).path, line->arena, &subject);

	/* As the client sends it (moby client/request.go): with a type, and a length only when there is nothing. */
	const char *type = line->sends ? "application/x-tar" : "", *length = line->sends ? "" : "0";
	if (line->body.length || (row && row->body == BODY_NEEDED))
		body = arena_printf(line->arena, "{%s}", line->body.length ? line->body.data : "");
	const ApiCall call = {
		.method = line->method, .body = body, .body_length = body ? strlen(body) : 0, .content_type = body ? "application/json" : type,
		.uri = arena_printf(line->arena, "%s%s", line->path, line->query.length ? line->query.data : ""), .content_length = body ? "" : length,
	};
	Request *request = api_read(&call, line->arena);
	request->method = request->uri = "";
	if (request->use)
		request->stored = line->first;
	return request;
}

static bool write_call(Line *line, const char *method, const char *path, bool (*write)(Line *line))
{
	line->method = method;
	line_set_path(line, path, line_target(line));
	return !write || write(line);
}

/* What is not made says nothing of its own. */
static bool write_step(Line *line, const Step *step)
{
	if (line->needs.count)
		return true;
	line->first = calls_request(line);
	line->query = BUFFER_INIT(line->arena);
	line->body = BUFFER_INIT(line->arena);
	line->sends = false;
	line->made = step->made ? step->made(line) : ARGV_MADE;
	return write_call(line, step->method, step->path, line->made != ARGV_NOT_MADE ? step->write : NULL);
}

bool calls_write(Line *line)
{
	const Command *command = line->command;
	const StepTable *steps = command->steps;
	size_t call = line->context->call, names = count_names(line);

	if (!check_count(line) || !check_marks(line) || !check_names(line))
		return false;
	line->calls = names + (steps ? steps->count : 0);
	line->target = call < names ? call : 0;
	if (!write_call(line, command->method, command->path, command->write))
		return false;
	return call < names || !steps || call >= line->calls || write_step(line, &steps->steps[call - names]);
}
