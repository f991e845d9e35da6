/* SPDX-License-Identifier: MIT
 *
 * Go's flag rules as the docker CLI has them (github.com/spf13/pflag flag.go): long flags with their
 * value attached by '=' or behind, clusters of letters, "--", flags until the first argument.
 */
#include <string.h>
#include "base/nearest.h"
#include "request/argv/line.h"
#include "request/argv/value/value.h"
#include "request/list.h"

#define SHOWN_BYTES 100u

/* The words that are still to be read. */
typedef struct Words {
	const char *const *words;
	size_t count, at;
} Words;

/* Every command has it; docker run and create have their own -h. */
static const Flag help_flag = { "help", 'h', &type_switch, NULL, 0 };

static const Flag *find_long(const FlagTable *table, const char *name, size_t length)
{
	for (size_t i = 0; i < table->count; i++)
		if (strlen(table->flags[i].name) == length && !memcmp(table->flags[i].name, name, length))
			return &table->flags[i];
	return strlen(help_flag.name) == length && !memcmp(help_flag.name, name, length) ? &help_flag : NULL;
}

static const Flag *find_letter(const FlagTable *table, char letter)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->flags[i].letter == letter)
			return &table->flags[i];
	return letter == help_flag.letter ? &help_flag : NULL;
}

static bool unknown_flag(Line *line, const FlagTable *table, const char *name)
{
	const char **names = arena_alloc(line->arena, (table->count + 1) * sizeof *names);

	for (size_t i = 0; i < table->count; i++)
		names[i] = table->flags[i].name;
	const char *near = nearest_word(name, names, table->count);
	return line_refuse(line, "unknown flag: --%s%s%s%s", text_printable(line->arena, name, SHOWN_BYTES), near ? " (did you mean --" : "",
		near ? near : "", near ? "?)" : "");
}

static bool unknown_letter(Line *line, const char *cluster)
{
	return line_refuse(line, "unknown shorthand flag: '%.*s' in -%s", g_utf8_skip[(unsigned char)*cluster], cluster, cluster);
}

static bool add_setting(Line *line, const Words *words, const Flag *flag, const char *value, size_t index)
{
	const char *plain = flag->type->is_switch ? value_bool(value) : value;

	if (!plain || (flag->type->check && !flag->type->check(line, value)))
		return line_refuse(line, "invalid value \"%s\" for --%s: expected %s",
			flag->marks & MARK_SECRET ? "***" : text_printable(line->arena, value, SHOWN_BYTES), flag->name, flag->type->expected);
	if (flag == &help_flag || !strcmp(flag->name, "help"))
		line->wants_help = !strcmp(plain, "true");
	const Setting setting = { flag, flag->same ? flag->same : flag->name, plain, index, words->at - index };
	LIST_APPEND(line->arena, &line->settings, setting);
	return true;
}

/* The value is the next word. */
static bool take_value(Line *line, Words *words, const Flag *flag, size_t index)
{
	if (words->at == words->count)
		return line_refuse(line, "flag needs an argument: --%s (%s)", flag->name, flag->type->expected);
	const char *value = words->words[words->at++];
	return add_setting(line, words, flag, value, index);
}

/* "--name", "--name=value" or "--name value". */
static bool read_long(Line *line, const FlagTable *table, Words *words, const char *word, size_t index)
{
	const char *name = word + 2;
	size_t length = strcspn(name, "=");

	if (*name == '-' || *name == '=')
		return line_refuse(line, "bad flag syntax: %s", text_printable(line->arena, word, SHOWN_BYTES));
	const Flag *flag = find_long(table, name, length);
	if (!flag)
		return unknown_flag(line, table, arena_strndup(line->arena, name, length));
	if (name[length])
		return add_setting(line, words, flag, name + length + 1, index);
	if (flag->type->is_switch)
		return add_setting(line, words, flag, "true", index);
	return take_value(line, words, flag, index);
}

/* "-it", "-p80:80", "-p 80:80", "-m=1g". */
static bool read_letters(Line *line, const FlagTable *table, Words *words, const char *word, size_t index)
{
	for (const char *at = word + 1; *at; at++) {
		const Flag *flag = find_letter(table, *at);
		if (!flag)
			return unknown_letter(line, text_printable(line->arena, at, SHOWN_BYTES));
		if (at[1] == '=' && at[2])
			return add_setting(line, words, flag, at + 2, index);
		if (!flag->type->is_switch) {
			if (at[1])
				return add_setting(line, words, flag, at + 1, index);
			return take_value(line, words, flag, index);
		}
		if (!add_setting(line, words, flag, "true", index))
			return false;
	}
	return true;
}

static void add_argument(Line *line, const Words *words, size_t index)
{
	const Argument argument = { words->words[index], index };

	LIST_APPEND(line->arena, &line->arguments, argument);
}

static bool read_flag(Line *line, const FlagTable *table, Words *words)
{
	size_t index = words->at++;
	const char *word = words->words[index];

	return word[1] == '-' ? read_long(line, table, words, word, index) : read_letters(line, table, words, word, index);
}

static bool is_flag(const char *word)
{
	return *word == '-' && word[1];
}

bool line_read_words(Line *line, const FlagTable *table, const char *const *argv, size_t count, size_t at, bool stops)
{
	Words words = { argv, count, at };
	bool flags = true;

	while (words.at < words.count) {
		const char *word = argv[words.at];
		if (flags && !strcmp(word, "--")) {
			flags = false;
			words.at++;
		} else if (flags && is_flag(word)) {
			if (!read_flag(line, table, &words))
				return false;
		} else {
			add_argument(line, &words, words.at++);
			flags = flags && !stops;
		}
	}
	return true;
}

bool line_read_flags(Line *line, const FlagTable *table, const char *const *argv, size_t count, size_t *at)
{
	Words words = { argv, count, *at };

	while (words.at < words.count && is_flag(argv[words.at])) {
		if (!strcmp(argv[words.at], "--")) {
			words.at++;
			break;
		}
		if (!read_flag(line, table, &words))
			return false;
	}
	*at = words.at;
	return true;
}
