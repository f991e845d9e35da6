/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <string.h>
#include "base/error.h"
#include "request/argv/line.h"
#include "request/argv/value/value.h"
#include "request/list.h"
#include "request/path.h"

bool line_refuse(Line *line, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	if (!line->error)
		line->error = g_error_new_literal(SENTINEL_ERROR, SENTINEL_ERROR_INVALID, message);
	return false;
}

const char *flag_text(FlagName name)
{
#define FLAG_TEXT(id, text) [id] = text,
	static const char *const texts[FLAG_NAME_COUNT] = { FLAG_NAMES(FLAG_TEXT) };
#undef FLAG_TEXT

	return texts[name];
}

static const Setting *find_last(const SettingList *settings, FlagName name)
{
	for (size_t i = settings->count; i-- > 0;)
		if (!strcmp(settings->items[i].name, flag_text(name)))
			return &settings->items[i];
	return NULL;
}

const Setting *line_find(const Line *line, FlagName name)
{
	return find_last(&line->settings, name);
}

const char *line_global(const Line *line, FlagName name)
{
	const Setting *setting = find_last(&line->global, name);

	return setting ? setting->value : "";
}

const char *line_text(const Line *line, FlagName name)
{
	const Setting *setting = line_find(line, name);

	return setting ? setting->value : "";
}

bool line_switch(const Line *line, FlagName name)
{
	return !strcmp(line_text(line, name), "true");
}

int64_t line_number(const Line *line, FlagName name)
{
	const Setting *setting = line_find(line, name);

	return setting ? value_number(setting->flag->type, setting->value) : 0;
}

StringList line_list(const Line *line, FlagName name)
{
	StringList list = { 0 };

	for (size_t i = 0; i < line->settings.count; i++)
		if (!strcmp(line->settings.items[i].name, flag_text(name)))
			LIST_APPEND(line->arena, &list, line->settings.items[i].value);
	return list;
}

const char *line_argument(const Line *line, size_t index)
{
	return index < line->arguments.count ? line->arguments.items[index].text : "";
}

const char *line_target(const Line *line)
{
	return line_argument(line, line->target);
}

static const char *find_pair(const PairList *pairs, const char *key)
{
	for (size_t i = 0; pairs && i < pairs->count; i++)
		if (!strcmp(pairs->items[i].key, key))
			return pairs->items[i].value;
	return NULL;
}

static void need(Line *line, const char *kind, const char *name)
{
	const char *entry = arena_printf(line->arena, "%s:%s", kind, name);

	for (size_t i = 0; i < line->needs.count; i++)
		if (!strcmp(line->needs.items[i], entry))
			return;
	LIST_APPEND(line->arena, &line->needs, entry);
}

/* Whether what was sent says that the variable is not set. */
static bool known_unset(const ArgvContext *context, const char *name)
{
	if (!context->unset)
		return context->env && context->env->count;
	for (size_t i = 0; i < context->unset->count; i++)
		if (!strcmp(context->unset->items[i], name))
			return true;
	return false;
}

const char *line_env(Line *line, const char *name)
{
	const char *value = find_pair(line->context->env, name);

	if (!value && !known_unset(line->context, name))
		need(line, "env", name);
	return value;
}

const char *line_known_env(const Line *line, const char *name)
{
	return find_pair(line->context->env, name);
}

const char *line_absolute(Line *line, const char *path)
{
	const char *cwd = line->context->cwd;

	if (*path == '/')
		return path_clean(path, line->arena);
	if (!cwd || *cwd != '/') {
		(void)line_refuse(line, "the relative path \"%s\" needs the working directory of the caller", path);
		return NULL;
	}
	return path_clean(arena_printf(line->arena, "%s/%s", cwd, path), line->arena);
}

/* Files are known by the name that was asked for, or by another that means the same. */
const char *line_file(Line *line, const char *path)
{
	const ArgvContext *context = line->context;
	const char *content = find_pair(context->files, path);
	bool rooted = context->cwd && *context->cwd == '/';

	for (size_t i = 0; !content && rooted && context->files && i < context->files->count; i++)
		if (!strcmp(line_absolute(line, context->files->items[i].key), line_absolute(line, path)))
			content = context->files->items[i].value;
	if (!content)
		need(line, "file", path);
	return content;
}
