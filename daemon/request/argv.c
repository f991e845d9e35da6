/* SPDX-License-Identifier: MIT
 *
 * Go's flag rules as the docker CLI has them (github.com/spf13/pflag): long flags with their value
 * attached by '=' or behind, clusters of letters, "--", flags until the first argument.
 */
#include <stdarg.h>
#include <string.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "request/argv-commands.h"
#include "request/list.h"

#define SHOWN_BYTES 100u

/* docker's own flags, in front of the command. */
static const Flag global_rows[] = {
	{ "config", 0, false, NULL, 0, false }, { "context", 'c', false, NULL, 0, false },  { "debug", 'D', true, NULL, 0, false },
	{ "host", 'H', false, NULL, 0, false }, { "log-level", 'l', false, NULL, 0, false }, { "tls", 0, true, NULL, 0, false },
	{ "tlscacert", 0, false, NULL, 0, false }, { "tlscert", 0, false, NULL, 0, false },  { "tlskey", 0, false, NULL, 0, false },
	{ "tlsverify", 0, true, NULL, 0, false },
};
static const FlagTable global_flags = { global_rows, G_N_ELEMENTS(global_rows) };

/* The words that are still to be read. */
typedef struct Words {
	const char *const *at, *const *end;
} Words;

G_GNUC_PRINTF(2, 3) static bool usage_error(GError **error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error_literal(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, message);
	return false;
}

static const Flag *find_long(const FlagTable *table, const char *name, size_t length)
{
	for (size_t i = 0; i < table->count; i++)
		if (strlen(table->flags[i].name) == length && !memcmp(table->flags[i].name, name, length))
			return &table->flags[i];
	return NULL;
}

static const Flag *find_letter(const FlagTable *table, char letter)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->flags[i].letter == letter)
			return &table->flags[i];
	return NULL;
}

static bool unknown_flag(const FlagTable *table, const char *name, Arena *arena, GError **error)
{
	const char **names = arena_alloc(arena, (table->count + 1) * sizeof *names);

	for (size_t i = 0; i < table->count; i++)
		names[i] = table->flags[i].name;
	const char *near = nearest_word(name, names, table->count);
	return usage_error(error, "unknown flag: --%s%s%s%s", text_printable(arena, name, SHOWN_BYTES), near ? " (did you mean --" : "", near ? near : "",
		near ? "?)" : "");
}

/* One word of the canonical line; quoted as a shell would need it. */
static void show_word(Line *line, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-*~^{}[]";
	g_autofree char *quoted = *word && strspn(word, plain) == strlen(word) ? g_strdup(word) : g_shell_quote(word);

	buffer_printf(&line->summary, " %s", quoted);
}

/* "--env NAME=***": what such values hold is nobody's business. */
static const char *shown_value(const Line *line, const Flag *flag, const char *value)
{
	const char *equals = flag->secret && value ? strchr(value, '=') : NULL;

	return equals ? arena_printf(line->arena, "%.*s=***", (int)(equals - value), value) : value;
}

/* strconv.ParseBool */
static const char *parse_bool(const char *value)
{
	static const char *const yes[] = { "1", "t", "T", "true", "TRUE", "True" }, *const no[] = { "0", "f", "F", "false", "FALSE", "False" };

	for (size_t i = 0; i < G_N_ELEMENTS(yes); i++) {
		if (!strcmp(value, yes[i]))
			return "true";
		if (!strcmp(value, no[i]))
			return "false";
	}
	return NULL;
}

static bool set_flag(Line *line, const Flag *flag, const char *value, GError **error)
{
	if (flag->is_switch && !(value = parse_bool(value)))
		return line_invalid(error, flag, "", "true or false");
	return !flag->set || flag->set(line, flag, value, error);
}

static bool take_value(Words *words, const Flag *flag, const char **ret, GError **error)
{
	if (words->at == words->end)
		return usage_error(error, "flag needs an argument: --%s", flag->name);
	*ret = *words->at++;
	return true;
}

/* "--name", "--name=value" or "--name value"; the dashes are gone. */
static bool read_long(Line *line, const FlagTable *table, Words *words, const char *word, GError **error)
{
	size_t length = strcspn(word, "=");
	const Flag *flag = find_long(table, word, length);
	const char *value = word[length] ? word + length + 1 : NULL;

	if (!flag)
		return unknown_flag(table, arena_strndup(line->arena, word, length), line->arena, error);
	if (!value && flag->is_switch) {
		show_word(line, arena_printf(line->arena, "--%s", flag->name));
		return set_flag(line, flag, "true", error);
	}
	bool attached = value != NULL;
	if (!attached && !take_value(words, flag, &value, error))
		return false;
	if (flag->is_switch) {
		show_word(line, arena_printf(line->arena, "--%s=%s", flag->name, value));
	} else {
		show_word(line, arena_printf(line->arena, "--%s", flag->name));
		show_word(line, shown_value(line, flag, value));
	}
	return set_flag(line, flag, value, error);
}

/* "-it", "-p80:80", "-p 80:80", "-e=A=b"; the dash is gone. */
static bool read_letters(Line *line, const FlagTable *table, Words *words, const char *letters, GError **error)
{
	for (; *letters; letters++) {
		const Flag *flag = find_letter(table, *letters);
		const char *value = letters[1] == '=' ? letters + 2 : letters + 1;
		if (!flag)
			return usage_error(error, "unknown shorthand flag: '%c' in -%s", *letters, text_printable(line->arena, letters, SHOWN_BYTES));
		show_word(line, arena_printf(line->arena, "-%c", *letters));
		if (flag->is_switch && letters[1] != '=') {
			if (!set_flag(line, flag, "true", error))
				return false;
			continue;
		}
		if (!letters[1] && !take_value(words, flag, &value, error))
			return false;
		show_word(line, shown_value(line, flag, value));
		return set_flag(line, flag, value, error);
	}
	return true;
}

/* Flags until the first argument (or everywhere), then arguments. */
static bool read_words(Line *line, const FlagTable *table, bool interspersed, Words *words, GError **error)
{
	bool flags = true;

	while (words->at < words->end) {
		const char *word = *words->at++;
		if (flags && !strcmp(word, "--")) {
			flags = false;
		} else if (flags && g_str_has_prefix(word, "--")) {
			if (!read_long(line, table, words, word + 2, error))
				return false;
		} else if (flags && *word == '-' && word[1]) {
			if (!read_letters(line, table, words, word + 1, error))
				return false;
		} else {
			show_word(line, word);
			LIST_APPEND(line->arena, &line->positional, word);
			flags = flags && interspersed;
		}
	}
	return true;
}

/* Leaves `words` at the command. */
static bool skip_global_flags(Line *line, Words *words, GError **error)
{
	Buffer summary = line->summary;

	while (words->at < words->end && **words->at == '-' && (*words->at)[1]) {
		const char *word = *words->at++;
		bool good = g_str_has_prefix(word, "--") ? read_long(line, &global_flags, words, word + 2, error)
							  : read_letters(line, &global_flags, words, word + 1, error);
		if (!good)
			return false;
	}
	line->summary = summary; /* they say where, not what */
	return true;
}

static bool no_such_command(const char *word, Arena *arena, GError **error)
{
	const char *near = command_nearest(word);

	if (!strcmp(word, "compose"))
		return usage_error(error, "docker compose asks for many things at once; validate what it runs: docker run, create, build, pull and volume create");
	return usage_error(error, "docker has no command \"%s\" that can be validated%s%s%s", text_printable(arena, word, SHOWN_BYTES),
		near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static bool check_count(const Line *line, const Command *command, GError **error)
{
	size_t count = line->positional.count;

	if (!command->expected || (count >= command->least && (!command->most || count <= command->most)))
		return true;
	return usage_error(error, "docker %s: expected %s, found %zu argument%s", command->words, command->expected, count, count == 1 ? "" : "s");
}

/* {"env:A","file:b"} as a JSON list. */
static bool ask_for_input(const Line *line, GError **error)
{
	Buffer list = BUFFER_INIT(line->arena);

	for (size_t i = 0; i < line->needs.count; i++) {
		buffer_puts(&list, i ? "," : "[");
		buffer_json_string(&list, line->needs.items[i], 0);
	}
	buffer_puts(&list, "]");
	g_set_error_literal(error, SENTINEL_ERROR, SENTINEL_ERROR_NEEDS_INPUT, list.data);
	return false;
}

static bool read_command(Line *line, const Command *command, Words *words, GError **error)
{
	Request *request = line->request;

	request->kind = command->kind;
	request->endpoint = command->endpoint;
	request->mutates = command->kind != KIND_READ;
	if (!command->expected) {
		while (words->at < words->end)
			show_word(line, *words->at++);
		return true;
	}
	static const FlagTable none = { NULL, 0 };
	if (!read_words(line, command->flags ? command->flags : &none, command->interspersed, words, error) || !check_count(line, command, error))
		return false;
	if (line->needs.count)
		return ask_for_input(line, error);
	if (command->finish)
		command->finish(line);
	else
		request->subject = line->positional.items[0];
	return true;
}

Request *argv_read(const char *const *argv, size_t argc, const ArgvContext *context, Arena *arena, GError **error)
{
	Line line = { .context = context, .arena = arena, .request = request_new(arena), .summary = BUFFER_INIT(arena) };
	Words words = { argv, argv + argc };
	size_t used;

	if (words.at < words.end && !strcmp(*words.at, "docker"))
		words.at++;
	buffer_puts(&line.summary, "docker");
	if (!skip_global_flags(&line, &words, error))
		return NULL;
	if (words.at == words.end) {
		(void)usage_error(error, "a docker command was expected, for example: docker run nginx");
		return NULL;
	}
	const Command *command = command_find(words.at, (size_t)(words.end - words.at), &used);
	if (!command) {
		(void)no_such_command(*words.at, arena, error);
		return NULL;
	}
	words.at += used;
	buffer_printf(&line.summary, " %s", command->words);
	if (!read_command(&line, command, &words, error))
		return NULL;
	line.request->summary = text_printable(arena, line.summary.data, LIMIT_ARGV_BYTES);
	return line.request;
}
