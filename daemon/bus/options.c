/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include "base/limits.h"
#include "bus/task.h"
#include "request/list.h"

static const char *const signatures[] = {
	[OPTION_TEXT] = "s", [OPTION_NUMBER] = "t", [OPTION_PAIRS] = "a{ss}", [OPTION_FILES] = "a{say}", [OPTION_WORDS] = "as", [OPTION_FLAG] = "b", [OPTION_FILE] = "h",
};

static int read_text(sd_bus_message *call, size_t limit, const char **ret, Arena *arena)
{
	const char *text;
	int r = sd_bus_message_read_basic(call, 's', &text);

	if (r >= 0 && strlen(text) > limit)
		return -E2BIG;
	if (r >= 0)
		*ret = arena_strdup(arena, text);
	return r;
}

static int read_pair(sd_bus_message *call, OptionType type, Pair *pair, Arena *arena)
{
	const void *bytes;
	size_t length;
	int r = read_text(call, LIMIT_OPTION_BYTES, &pair->key, arena);

	if (r < 0 || type == OPTION_PAIRS)
		return r < 0 ? r : read_text(call, LIMIT_OPTION_BYTES, &pair->value, arena);
	r = sd_bus_message_read_array(call, 'y', &bytes, &length);
	if (r >= 0)
		pair->value = arena_strndup(arena, length ? bytes : "", length);
	return r;
}

static int read_pairs(sd_bus_message *call, OptionType type, PairList *ret, Arena *arena)
{
	const char *entry = type == OPTION_PAIRS ? "ss" : "say", *entries = type == OPTION_PAIRS ? "{ss}" : "{say}";
	Pair pair;
	size_t bytes = 0;
	int r = sd_bus_message_enter_container(call, 'a', entries);

	while (r >= 0 && (r = sd_bus_message_enter_container(call, 'e', entry)) > 0) {
		if ((r = read_pair(call, type, &pair, arena)) >= 0)
			r = sd_bus_message_exit_container(call);
		bytes += r >= 0 ? strlen(pair.key) + strlen(pair.value) : 0;
		if (bytes > LIMIT_OPTION_BYTES || ret->count == LIMIT_OPTION_ITEMS)
			return -E2BIG;
		if (r >= 0)
			LIST_APPEND(arena, ret, pair);
	}
	return r < 0 ? r : sd_bus_message_exit_container(call);
}

static int read_words(sd_bus_message *call, StringList *ret, Arena *arena)
{
	const char *word;
	size_t bytes = 0;
	int r = sd_bus_message_enter_container(call, 'a', "s");

	ret->items = arena_alloc(arena, sizeof *ret->items); /* given, though it may be empty */
	while (r >= 0 && (r = sd_bus_message_read_basic(call, 's', &word)) > 0) {
		bytes += strlen(word);
		if (bytes > LIMIT_OPTION_WORDS || ret->count == LIMIT_OPTION_ITEMS)
			return -E2BIG;
		const char *copy = arena_strdup(arena, word);
		LIST_APPEND(arena, ret, copy);
	}
	return r < 0 ? r : sd_bus_message_exit_container(call);
}

static int read_flag(sd_bus_message *call, bool *ret)
{
	int flag = 0;
	int r = sd_bus_message_read_basic(call, 'b', &flag);

	*ret = flag != 0;
	return r;
}

static int read_value(sd_bus_message *call, const BusOption *option, Arena *arena)
{
	switch (option->type) {
	case OPTION_TEXT:
		return read_text(call, LIMIT_OPTION_TEXT, option->target, arena);
	case OPTION_NUMBER:
		return sd_bus_message_read_basic(call, 't', option->target);
	case OPTION_PAIRS:
	case OPTION_FILES:
		return read_pairs(call, option->type, option->target, arena);
	case OPTION_WORDS:
		return read_words(call, option->target, arena);
	case OPTION_FLAG:
		return read_flag(call, option->target);
	case OPTION_FILE:
		break;
	}
	return sd_bus_message_read_basic(call, 'h', option->target);
}

static unsigned limit_of(OptionType type)
{
	return type == OPTION_TEXT ? LIMIT_OPTION_TEXT : type == OPTION_WORDS ? LIMIT_OPTION_WORDS : LIMIT_OPTION_BYTES;
}

static int refuse_type(Task *task, const BusOption *option, const char *contents)
{
	return work_fail(&task->work, "InvalidArgs", "the option \"%s\" has the type %s, found %s", option->name, signatures[option->type], contents);
}

static int read_option(Task *task, const BusOption *options, size_t count, size_t *ret_index)
{
	sd_bus_message *call = task->call;
	const char *name, *contents;
	size_t i = 0;
	int r = sd_bus_message_read_basic(call, 's', &name);

	if (r < 0)
		return r;
	while (i < count && strcmp(options[i].name, name) != 0)
		i++;
	*ret_index = i;
	if (i == count)
		return work_fail(&task->work, "InvalidArgs", "there is no option \"%.*s\"", (int)LIMIT_METHOD_BYTES, name);
	if ((r = sd_bus_message_peek_type(call, NULL, &contents)) < 0)
		return r;
	if (strcmp(contents, signatures[options[i].type]) != 0)
		return refuse_type(task, &options[i], contents);
	if ((r = sd_bus_message_enter_container(call, 'v', contents)) < 0)
		return r;
	if ((r = read_value(call, &options[i], task->work.arena)) == -E2BIG)
		return work_fail(&task->work, "LimitExceeded", "the option \"%s\" has more than %u items or %u bytes", options[i].name, LIMIT_OPTION_ITEMS,
			limit_of(options[i].type));
	return r < 0 ? r : sd_bus_message_exit_container(call);
}

int options_read(Task *task, const BusOption *options, size_t count)
{
	sd_bus_message *call = task->call;
	uint64_t seen = 0;
	size_t index;
	int r = sd_bus_message_enter_container(call, 'a', "{sv}");

	while (r >= 0 && (r = sd_bus_message_enter_container(call, 'e', "sv")) > 0) {
		if ((r = read_option(task, options, count, &index)) < 0)
			return r;
		if (seen & (UINT64_C(1) << index))
			return work_fail(&task->work, "InvalidArgs", "the option \"%s\" is there twice", options[index].name);
		seen |= UINT64_C(1) << index;
		r = sd_bus_message_exit_container(call);
	}
	r = r < 0 ? r : sd_bus_message_exit_container(call);
	return r < 0 ? r : 0;
}

int text_read(Task *task, const char *what, size_t limit, const char **ret)
{
	int r = sd_bus_message_read_basic(task->call, 's', ret);

	if (r > 0 && strlen(*ret) > limit)
		return work_fail(&task->work, "LimitExceeded", "%s has at most %zu bytes", what, limit);
	return r;
}
