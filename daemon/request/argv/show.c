/* SPDX-License-Identifier: MIT
 *
 * A line that was read, for people: which words say what, and none of them says a secret.
 */
#include <string.h>
#include "base/limits.h"
#include "request/argv/show.h"
#include "request/endpoint.h"
#include "request/list.h"

/* "NAME=secret" -> "NAME=***", "--env=NAME=secret" -> "--env=NAME=***"; `value` ends `word`. */
static const char *mask(const Line *line, const Setting *setting, const char *word)
{
	size_t front = strlen(word) - MIN(strlen(setting->value), strlen(word));
	const char *equals = strchr(word + front, '=');

	if (setting->flag->marks & MARK_PASSWORD)
		return arena_printf(line->arena, "%.*s***", (int)front, word);
	return equals ? arena_printf(line->arena, "%.*s=***", (int)(equals - word), word) : word;
}

static const char *quote(const char *word, Arena *arena)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-*~^{}[]";
	g_autofree char *quoted = *word && strspn(word, plain) == strlen(word) ? g_strdup(word) : g_shell_quote(word);

	return text_printable(arena, quoted, LIMIT_RECORD_FIELD);
}

static StringList show_words(const Line *line, const char *const *argv, size_t argc)
{
	const char **words = arena_alloc(line->arena, (argc + 1) * sizeof *words);

	for (size_t i = 0; i < argc; i++)
		words[i] = argv[i];
	for (size_t i = 0; i < line->settings.count; i++) {
		const Setting *setting = &line->settings.items[i];
		size_t at = setting->index + setting->words - 1;
		if (setting->flag->marks & (MARK_SECRET | MARK_PASSWORD))
			words[at] = mask(line, setting, words[at]);
	}
	for (size_t i = 0; i < argc; i++)
		words[i] = quote(words[i], line->arena);
	return (StringList){ words, argc };
}

/* The request's summary with the command in the words that were used. */
static const char *show_command(const Line *line, const Request *request)
{
	const char *rest = "";

	for (size_t i = 0; i < endpoint_count; i++)
		if (!strcmp(endpoints[i].id, request->endpoint) && g_str_has_prefix(request->summary, endpoints[i].command))
			rest = request->summary + strlen(endpoints[i].command);
	return arena_printf(line->arena, "docker%s%s%s", *line->shown ? " " : "", line->shown, rest);
}

void argv_show(const Line *line, const char *const *argv, size_t argc, ArgvReading *ret)
{
	for (size_t i = 0; i < line->settings.count; i++) {
		const Setting *setting = &line->settings.items[i];
		const ArgvPart part = { setting->name, setting->index, setting->words, setting->flag->marks & MARK_ONE };
		LIST_APPEND(line->arena, &ret->parts, part);
	}
	for (size_t i = 0; i < line->arguments.count; i++) {
		const ArgvPart part = { "", line->arguments.items[i].index, 1, false };
		LIST_APPEND(line->arena, &ret->parts, part);
	}
	bool named = line->calls && line->command->each && !line->first && line->arguments.count;
	ret->name_index = named ? (int32_t)line->arguments.items[line->target].index : -1;
	ret->command = show_command(line, line->first ? line->first : ret->request);
	ret->command_index = line->command_index;
	ret->words = show_words(line, argv, argc);
}
