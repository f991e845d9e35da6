/* SPDX-License-Identifier: MIT
 *
 * From a finding back to the word that caused it.
 */
#include <string.h>
#include "base/limits.h"
#include "request/argv-show.h"
#include "request/container.h"
#include "request/list.h"
#include "request/path.h"

/* What stands behind '=' of a setting is nobody's business. */
static const char *mask(Line *line, const char *word, const char *value)
{
	const char *at = g_str_has_suffix(word, value) ? word + strlen(word) - strlen(value) : word;
	const char *equals = strchr(at, '=');

	return equals ? arena_printf(line->arena, "%.*s=***", (int)(equals - word), word) : word;
}

static void hide(Line *line, const Setting *setting, const char **words, size_t argc)
{
	/* The value stands in the same word, or is the next one. */
	size_t at = g_str_has_suffix(words[setting->index], setting->value) && strlen(words[setting->index]) > strlen(setting->value) ? setting->index
																      : setting->index + 1;
	if (at >= argc)
		return;
	if (setting->flag->marks & FLAG_PASSWORD)
		words[at] = at == setting->index ? arena_printf(line->arena, "--%s=***", setting->name) : "***";
	else
		words[at] = mask(line, words[at], setting->value);
}

static const char *quote(const char *word, Arena *arena)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-*~^{}[]";
	g_autofree char *quoted = *word && strspn(word, plain) == strlen(word) ? g_strdup(word) : g_shell_quote(word);

	return text_printable(arena, quoted, LIMIT_RECORD_FIELD);
}

static void add_cause(ArgvReading *ret, const char *flag, const char *value, size_t index, Arena *arena)
{
	const ArgvCause cause = { flag, value, index };
	struct { ArgvCause *items; size_t count; } list = { ret->causes, ret->cause_count };

	LIST_APPEND(arena, &list, cause);
	ret->causes = list.items;
	ret->cause_count = list.count;
}

void argv_show(Line *line, const char *const *argv, size_t argc, ArgvReading *ret)
{
	const char **words = arena_alloc(line->arena, (argc + 1) * sizeof *words);

	memcpy(words, argv, argc * sizeof *words);
	for (size_t i = 0; i < line->settings.count; i++) {
		const Setting *setting = &line->settings.items[i];
		add_cause(ret, setting->name, setting->value, setting->index, line->arena);
		if (setting->flag->marks & (FLAG_SECRET | FLAG_PASSWORD))
			hide(line, setting, words, argc);
	}
	for (size_t i = 0; i < line->arguments.count; i++)
		add_cause(ret, "", line->arguments.items[i].text, line->arguments.items[i].index, line->arena);
	for (size_t i = 0; i < argc; i++)
		words[i] = quote(words[i], line->arena);
	ret->words = (StringList){ words, argc };
}
