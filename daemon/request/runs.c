/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/text.h"
#include "request/use.h"
#include "request/runs.h"

#define IMAGE "<image>"

/* What of it the image says. */
typedef struct Left {
	bool entrypoint, command;
} Left;

static void put_word(Buffer *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+./:,@%()";

	if (out->length && out->data[out->length - 1] != '[')
		buffer_append(out, " ", 1);
	if (*word && !word[strspn(word, plain)]) {
		buffer_puts(out, word);
		return;
	}
	buffer_append(out, "'", 1);
	for (; *word; word++)
		buffer_append(out, *word == '\'' ? "'\\''" : word, *word == '\'' ? 4 : 1);
	buffer_append(out, "'", 1);
}

static void put_words(Buffer *out, const StringList *words, size_t limit)
{
	for (size_t i = 0; i < words->count && (!limit || out->length <= limit); i++)
		put_word(out, words->items[i]);
}

static bool takes_away(const StringList *entrypoint)
{
	return entrypoint->count == 1 && !*entrypoint->items[0];
}

static const char *line_with(const ContainerSpec *spec, Left left, size_t limit, Arena *arena)
{
	Buffer out = BUFFER_INIT(arena);

	if (left.entrypoint)
		buffer_puts(&out, IMAGE);
	else {
		buffer_puts(&out, "[");
		if (!takes_away(&spec->entrypoint))
			put_words(&out, &spec->entrypoint, limit);
		buffer_puts(&out, "]");
	}
	if (!left.command)
		put_words(&out, &spec->command, limit);
	else if (!left.entrypoint)
		buffer_puts(&out, " " IMAGE);
	return out.data;
}

/* A record of an older version does not say that the entrypoint was set. */
static Left left_by(const Request *request)
{
	const ContainerSpec *spec = &request->container;

	if (*request->container_id)
		return (Left){ false, false };
	return (Left){ !spec->entrypoint_set && !spec->entrypoint.count, !spec->command.count && !spec->entrypoint.count };
}

static bool is_made(const Request *request)
{
	return request->has_container && (request->kind == KIND_CONTAINER_CREATE || request->kind == KIND_SERVICE);
}

const char *runs_line(const Request *request, size_t limit, Arena *arena)
{
	if (is_made(request))
		return line_with(&request->container, left_by(request), limit, arena);
	if (!use_is_exec(request) || !request->container.command.count)
		return "";
	Buffer out = BUFFER_INIT(arena);
	put_words(&out, &request->container.command, limit);
	return out.data;
}

bool runs_what_the_image_says(const Request *request)
{
	const Left left = left_by(request);

	return is_made(request) && left.entrypoint && left.command;
}

static bool has(const StringList *lines, const char *line)
{
	for (size_t i = 0; i < lines->count; i++)
		if (!strcmp(lines->items[i], line))
			return true;
	return false;
}

bool runs_one_of(const Request *request, const StringList *lines, Arena *arena)
{
	const Left by_image[] = { { true, false }, { true, true }, { false, true } };
	const char *line = runs_line(request, 0, arena);
	const ContainerSpec *spec = &request->container;

	if (!*line || (is_made(request) && request->use && !request->use->as_made))
		return false;
	if (has(lines, line))
		return true;
	for (size_t i = 0; *request->container_id && i < G_N_ELEMENTS(by_image); i++) {
		const Left *left = &by_image[i];
		bool command = !left->command || (request->image_command && (left->entrypoint || !spec->entrypoint.count));
		if (command && (!left->entrypoint || request->image_entrypoint) && has(lines, line_with(spec, *left, 0, arena)))
			return true;
	}
	return false;
}
