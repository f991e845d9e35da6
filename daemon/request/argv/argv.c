/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/error.h"
#include "base/limits.h"
#include "request/argv/call/body.h"
#include "request/argv/call/calls.h"
#include "request/argv/commands/commands.h"
#include "request/argv/commands/flags.h"
#include "request/argv/show.h"
#include "request/argv/commands/verbs.h"
#include "request/list.h"

#define SHOWN_BYTES 100u

/* docker's own flags, in front of the command (docker/cli cli/flags/options.go). */
static const Flag global_rows[] = {
	{ "config", 0, TEXT, NULL, 0 }, { "context", 'c', TEXT, NULL, 0 }, { "debug", 'D', SWITCH, NULL, 0 }, { "host", 'H', TEXT, NULL, 0 },
	{ "log-level", 'l', TEXT, NULL, 0 }, { "tls", 0, SWITCH, NULL, 0 }, { "tlscacert", 0, TEXT, NULL, 0 }, { "tlscert", 0, TEXT, NULL, 0 },
	{ "tlskey", 0, TEXT, NULL, 0 }, { "tlsverify", 0, SWITCH, NULL, 0 }, { "version", 'v', SWITCH, NULL, 0 },
};
static const FlagTable global_flags = { global_rows, G_N_ELEMENTS(global_rows) }, no_flags = { NULL, 0 };
/* A plugin's own, between its name and its command. */
static const Flag buildx_rows[] = { { "builder", 0, TEXT, NULL, 0 }, { "debug", 'D', SWITCH, NULL, 0 } };
static const FlagTable buildx_group_flags = { buildx_rows, G_N_ELEMENTS(buildx_rows) };

/* The words of the line and how far they are read. */
typedef struct FoundCommand {
	const char *const *argv;
	size_t count, at;
} FoundCommand;

/* opts/hosts.go, cli/connhelper: unix://PATH, tcp://HOST[:PORT], ssh://[USER@]HOST, or HOST[:PORT]. */
static bool host_valid(const char *host)
{
	const char *scheme = strstr(host, "://"), *rest = scheme ? scheme + strlen("://") : host, *port;

	if (!*host || g_str_has_prefix(host, "unix://"))
		return true;
	if (scheme && !g_str_has_prefix(host, "tcp://") && !g_str_has_prefix(host, "ssh://"))
		return false;
	size_t name = strcspn(rest, "/");
	if (g_str_has_prefix(host, "ssh://"))
		return name && !(memchr(rest, '@', name) && memchr(rest, ':', (size_t)(strchr(rest, '@') - rest)));
	port = memrchr(rest, ':', name);
	return !port || strspn(port + 1, "0123456789]") == name - (size_t)(port + 1 - rest) || memchr(rest, '[', name);
}

static bool check_surroundings(Line *line)
{
	const char *buildkit = line_known_env(line, "DOCKER_BUILDKIT");

	return !buildkit || !*buildkit || value_bool(buildkit) ||
	       line_refuse(line, "DOCKER_BUILDKIT is set to \"%s\": expected true or false", text_printable(line->arena, buildkit, SHOWN_BYTES));
}

static bool check_global(Line *line)
{
	static const char *const levels[] = { "panic", "fatal", "error", "warn", "warning", "info", "debug", "trace" };
	const char *level = line_text(line, FLAG_LOG_LEVEL), *host = line_text(line, FLAG_HOST);
	bool known = !*level;

	for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
		known = known || !g_ascii_strcasecmp(levels[i], level);
	if (!known)
		return line_refuse(line, "invalid value \"%s\" for --log-level: expected debug, info, warn, error or fatal",
			text_printable(line->arena, level, SHOWN_BYTES));
	if (line_find(line, FLAG_HOST) && line_find(line, FLAG_CONTEXT))
		return line_refuse(line, "--host does not go together with --context");
	if (line_list(line, FLAG_HOST).count > 1)
		return line_refuse(line, "--host: expected one host, found %zu", line_list(line, FLAG_HOST).count);
	if (!host_valid(host))
		return line_refuse(line, "invalid value \"%s\" for --host: expected unix://PATH, tcp://HOST:PORT or ssh://HOST",
			text_printable(line->arena, host, SHOWN_BYTES));
	return check_surroundings(line);
}

static bool no_such_command(Line *line, const char *group, const char *word)
{
	static const char single[] = "validate what it runs: docker run, create, build, pull, volume create, network create and service create";
	static const struct { const char *group, *word, *instead; } several[] = {
		{ NULL, "compose", "sentinel validate -- docker compose up (or create) reads them and judges each" },
		{ NULL, "bake", single }, { "buildx", "bake", single }, { "builder", "bake", single }, { "stack", "deploy", single }, { "stack", "up", single },
	};
	const char *near;

	for (size_t i = 0; i < G_N_ELEMENTS(several); i++)
		if (!g_strcmp0(several[i].group, group) && !strcmp(several[i].word, word))
			return line_refuse(line, "docker %s%s%s asks for many things at once, which its files say; %s", group ? group : "", group ? " " : "", word, several[i].instead);
	near = command_nearest(group, word, line->arena);
	return line_refuse(line, "docker has no command \"%s%s%s\" that can be validated%s%s%s", group ? group : "", group ? " " : "",
		text_printable(line->arena, word, SHOWN_BYTES), near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* docker prints something of its own: nothing is asked of the daemon. */
static bool only_prints(Line *line)
{
	line->method = "GET";
	line_set_path(line, "/_ping", "");
	return true;
}

/* "docker build" and "docker builder ..." are buildx's unless DOCKER_BUILDKIT switches that off. */
static bool choose_builder(Line *line, const char *const *words, size_t used)
{
	bool build = !strcmp(words[used - 1], "build") && strcmp(words[0], "buildx") != 0, prune = !strcmp(words[0], "builder") && !strcmp(words[used - 1], "prune");
	const char *value = build || prune ? line_env(line, "DOCKER_BUILDKIT") : NULL;
	const char *enabled = value && *value ? value_bool(value) : "true";

	if (!enabled)
		return check_surroundings(line);
	if (!strcmp(enabled, "true") && build)
		line->command = &buildx_build_command;
	else if (!strcmp(enabled, "true") && prune)
		line->command = &buildx_prune_command;
	return true;
}

static bool take_command(Line *line, const char *const *words, size_t used)
{
	line->shown = words[0];
	for (size_t i = 1; i < used; i++)
		line->shown = arena_printf(line->arena, "%s %s", line->shown, words[i]);
	return choose_builder(line, words, used);
}

/* "container --help run": flags may stand between the words; "run" and what follows is at reading->at. */
static bool find_below(Line *line, const char *group, FoundCommand *reading)
{
	size_t left = reading->count - reading->at, used;
	const char **words = arena_alloc(line->arena, (left + 1) * sizeof *words);

	words[0] = group;
	memcpy(words + 1, reading->argv + reading->at, left * sizeof *words);
	line->command = command_find(words, left + 1, 0, &used);
	if (!line->command)
		return false;
	reading->at += used - 1;
	(void)take_command(line, words, used);
	return true;
}

static bool find_command(Line *line, FoundCommand *reading, bool help)
{
	const char *word = reading->argv[reading->at];
	size_t used;

	line->command = command_find(reading->argv, reading->count, reading->at, &used);
	line->command_index = reading->at;
	if (line->command) {
		reading->at += used;
		return take_command(line, reading->argv + reading->at - used, used);
	}
	if (!command_is_group(word))
		return help ? only_prints(line) : no_such_command(line, NULL, word);
	reading->at++;
	const FlagTable *flags = !strcmp(word, "buildx") || !strcmp(word, "builder") ? &buildx_group_flags : &no_flags;
	if (!line_read_flags(line, flags, reading->argv, reading->count, &reading->at))
		return false;
	if (reading->at == reading->count)
		return only_prints(line);
	help = line->wants_help;
	line->wants_help = false;
	if (find_below(line, word, reading))
		return !line->error;
	if (help)
		return only_prints(line);
	return no_such_command(line, word, reading->argv[reading->at]);
}

static bool read_help(Line *line, const FoundCommand *reading)
{
	size_t used = 0, at = reading->at + 1;

	if (at < reading->count && !command_find(reading->argv, reading->count, at, &used))
		used = command_is_group(reading->argv[at]);
	at += used;
	if (at < reading->count && *reading->argv[at] != '-')
		return line_refuse(line, "docker help has no topic \"%s\"", text_printable(line->arena, reading->argv[at], SHOWN_BYTES));
	return only_prints(line);
}

static bool read_command(Line *line, FoundCommand *reading)
{
	const Command *command = line->command;

	line->method = command->method;
	if (!command->unread && !line_read_words(line, command_flags(command), reading->argv, reading->count, reading->at, command->stops))
		return false;
	if (line->wants_help)
		return only_prints(line);
	if (command->unread) {
		line_set_path(line, command->path, "");
		return true;
	}
	return calls_write(line);
}

static bool read_line(Line *line, FoundCommand *reading)
{
	if (!line_read_flags(line, &global_flags, reading->argv, reading->count, &reading->at))
		return false;
	if (reading->at == reading->count)
		return only_prints(line);
	bool help = line->wants_help || line_switch(line, FLAG_VERSION);
	line->wants_help = false; /* only the last command's --help counts */
	if (!check_global(line))
		return false;
	line->global = line->settings;
	line->settings = (SettingList){ 0 };
	if (!strcmp(reading->argv[reading->at], "help"))
		return read_help(line, reading);
	if (!find_command(line, reading, help))
		return false;
	return line->path || read_command(line, reading);
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

bool argv_read_line(const char *const *argv, size_t argc, const ArgvContext *context, Arena *arena, ArgvReading *ret, GError **error)
{
	Line line = {
		.context = context, .arena = arena, .shown = "", .query = BUFFER_INIT(arena), .body = BUFFER_INIT(arena),
	};
	FoundCommand reading = { argv, argc, argc && !strcmp(argv[0], "docker") };

	if (argc <= reading.at)
		(void)line_refuse(&line, "a docker command was expected, for example: docker run nginx");
	else if (read_line(&line, &reading) && context->call >= MAX(line.calls, 1))
		(void)line_refuse(&line, "docker %s: there is no call of the number %zu", line.shown, context->call);
	if (line.error) {
		g_propagate_error(error, line.error);
		return false;
	}
	if (line.needs.count)
		return ask_for_input(&line, error);
	*ret = (ArgvReading){ .request = calls_request(&line), .calls = MAX(line.calls, 1), .made = line.made };
	argv_show(&line, argv, argc, ret);
	return true;
}

Request *argv_read(const char *const *argv, size_t argc, const ArgvContext *context, Arena *arena, GError **error)
{
	ArgvReading reading = { 0 };

	return argv_read_line(argv, argc, context, arena, &reading, error) ? reading.request : NULL;
}
