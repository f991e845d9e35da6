/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "cli/compose.h"
#include "cli/output.h"

/* How many words an option takes, and what it says to us. */
typedef struct LineOption {
	const char *name;
	char letter;
	bool value;
	enum { SAYS_NOTHING, SAYS_FILE, SAYS_PROJECT, SAYS_DIRECTORY, SAYS_NO_DEPS, SAYS_BUILD, SAYS_NO_BUILD, SAYS_MORE } says; /* MORE: it changes calls */
} LineOption;

/* docker/compose cmd/compose/compose.go */
static const LineOption global[] = {
	{ "file", 'f', true, SAYS_FILE }, { "project-name", 'p', true, SAYS_PROJECT }, { "project-directory", 0, true, SAYS_DIRECTORY },
	{ "profile", 0, true, SAYS_MORE }, { "env-file", 0, true, SAYS_MORE }, { "ansi", 0, true }, { "no-ansi", 0, false }, { "progress", 0, true }, { "parallel", 0, true },
	{ "verbose", 0, false },
};
/* cmd/compose/up.go and create.go */
static const LineOption own[] = {
	{ "detach", 'd', false }, { "build", 0, false, SAYS_BUILD }, { "no-build", 0, false, SAYS_NO_BUILD }, { "no-deps", 0, false, SAYS_NO_DEPS },
	{ "force-recreate", 0, false }, { "no-recreate", 0, false }, { "always-recreate-deps", 0, false }, { "remove-orphans", 0, false },
	{ "renew-anon-volumes", 'V', false }, { "no-start", 0, false }, { "quiet-pull", 0, false }, { "wait", 0, false }, { "wait-timeout", 0, true },
	{ "timeout", 't', true }, { "scale", 0, true }, { "pull", 0, true }, { "yes", 'y', false }, { "abort-on-container-exit", 0, false },
	{ "abort-on-container-failure", 0, false }, { "exit-code-from", 0, true }, { "attach", 0, true }, { "no-attach", 0, true },
	{ "attach-dependencies", 0, false }, { "no-log-prefix", 0, false }, { "no-color", 0, false }, { "timestamps", 0, false },
};

/* 0: "docker compose", 1: "docker-compose"; -1: neither.  `ret_at` is behind it. */
static int front(char *const *words, int *ret_at)
{
	const int docker = words[0] && !strcmp(words[0], "docker");

	*ret_at = docker + 1;
	if (words[docker] && !strcmp(words[docker], "compose"))
		return 0;
	*ret_at = 1;
	return words[0] && !strcmp(words[0], "docker-compose") ? 1 : -1;
}

static const LineOption *find(const LineOption *options, size_t count, const char *word)
{
	const char *name = word + strspn(word, "-");
	const size_t length = strcspn(name, "=");

	for (size_t i = 0; i < count; i++) {
		const bool spelled = g_str_has_prefix(word, "--") && strlen(options[i].name) == length && !strncmp(options[i].name, name, length);
		if (spelled || (word[1] != '-' && options[i].letter && word[1] == options[i].letter && !word[2]))
			return &options[i];
	}
	return NULL;
}

bool compose_is_up(char *const *words)
{
	int at;

	if (front(words, &at) < 0)
		return false;
	while (words[at] && *words[at] == '-') {
		const LineOption *option = find(global, G_N_ELEMENTS(global), words[at]);
		at += option && option->value && !strchr(words[at], '=') && words[at + 1] ? 2 : 1;
	}
	return words[at] && (!strcmp(words[at], "up") || !strcmp(words[at], "create"));
}

static void keep(char **target, const char *value)
{
	g_free(*target);
	*target = g_strdup(value);
}

static void take(ComposeLine *line, const LineOption *option, const char *value)
{
	switch (option->says) {
	case SAYS_FILE:
		line->files++;
		keep(&line->file, value);
		break;
	case SAYS_PROJECT:
		keep(&line->project, value);
		break;
	case SAYS_DIRECTORY:
		keep(&line->directory, value);
		break;
	case SAYS_NO_DEPS:
		line->no_deps = true;
		break;
	case SAYS_BUILD:
		line->build = true;
		break;
	case SAYS_NO_BUILD:
		line->no_build = true;
		break;
	case SAYS_NOTHING:
	case SAYS_MORE:
		break;
	}
}

/* The option at words[*at]; what is not in the table may change what Docker is asked. */
static int read_option(const Cli *cli, ComposeLine *line, char *const *words, int *at, bool is_global)
{
	const char *word = words[*at];
	const LineOption *option = is_global ? find(global, G_N_ELEMENTS(global), word) : find(own, G_N_ELEMENTS(own), word);

	if (!option)
		return output_error(cli, EXIT_USAGE, "usage", "docker compose: %s is not understood here, so it is not known what it would ask of Docker", word);
	const char *equals = strchr(word, '='), *value = equals ? equals + 1 : option->value ? words[*at + 1] : NULL;
	if (option->value && !value)
		return output_error(cli, EXIT_USAGE, "usage", "docker compose: %s: expected a value", word);
	for (int end = *at + (option->value && !equals ? 2 : 1); *at < end; ++*at)
		if (is_global)
			g_ptr_array_add(line->global, g_strdup(words[*at]));
	if (line->alone && option->says == SAYS_MORE)
		return output_error(cli, EXIT_UNDONE, "not_known", "docker-compose %s: only Docker's plugin can say what that leads to (docker compose); see: sentinel help validate", word);
	take(line, option, value);
	return 0;
}

int compose_read_line(const Cli *cli, char *const *words, ComposeLine *ret)
{
	int at, code = 0;

	*ret = (ComposeLine){ .global = g_ptr_array_new_with_free_func(g_free), .services = g_ptr_array_new_with_free_func(g_free) };
	ret->alone = front(words, &at) == 1;
	while (code == 0 && words[at] && *words[at] == '-')
		code = read_option(cli, ret, words, &at, true);
	at++; /* up */
	while (code == 0 && words[at]) {
		if (*words[at] == '-')
			code = read_option(cli, ret, words, &at, false);
		else
			g_ptr_array_add(ret->services, g_strdup(words[at++]));
	}
	return code;
}

void compose_line_clear(ComposeLine *line)
{
	g_clear_pointer(&line->global, g_ptr_array_unref);
	g_clear_pointer(&line->services, g_ptr_array_unref);
	g_clear_pointer(&line->file, g_free);
	g_clear_pointer(&line->project, g_free);
	g_clear_pointer(&line->directory, g_free);
}
