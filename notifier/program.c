/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <spawn.h>
#include <unistd.h>
#include "base/error.h"
#include "notifier/program.h"

/* The command is words of its own behind `option`; NULL: behind the program. */
static const struct {
	const char *name, *option;
} terminals[] = {
	{ "xdg-terminal-exec", NULL },
	{ "x-terminal-emulator", "-e" },
};

/* The number is the only thing that is not fixed. */
#define SCRIPT "sentinel audit show \"$1\"; printf '\\nPress Enter to close. '; read -r line"

static char *find(size_t *ret)
{
	for (size_t i = 0; i < G_N_ELEMENTS(terminals); i++) {
		char *path = g_find_program_in_path(terminals[i].name);
		*ret = i;
		if (path)
			return path;
	}
	return NULL;
}

bool program_has_terminal(void)
{
	size_t which;
	g_autofree char *path = find(&which);

	return path != NULL;
}

/* In a session of its own; who ended is collected by the kernel (SIGCHLD is ignored, main.c), and ignored signals are given back. */
static bool start(char **argv, GError **error)
{
	posix_spawnattr_t attributes;
	sigset_t defaults;
	pid_t pid;

	(void)sigemptyset(&defaults);
	(void)sigaddset(&defaults, SIGCHLD);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setsigdefault(&attributes, &defaults);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
	int r = posix_spawn(&pid, argv[0], NULL, &attributes, argv, environ);
	(void)posix_spawnattr_destroy(&attributes);
	if (r == 0)
		return true;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "%s cannot be started: %s", argv[0], g_strerror(r));
	return false;
}

bool program_show_decision(uint64_t id, GError **error)
{
	size_t which, count = 0;
	g_autofree char *path = find(&which);
	char number[24], *argv[8];

	if (!path) {
		g_set_error(
			error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "there is no terminal (xdg-terminal-exec, x-terminal-emulator)");
		return false;
	}
	(void)snprintf(number, sizeof number, "%" PRIu64, id);
	argv[count++] = path;
	if (terminals[which].option)
		argv[count++] = (char *)(uintptr_t)terminals[which].option;
	const char *const words[] = { "sh", "-c", SCRIPT, "sh", number };
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		argv[count++] = (char *)(uintptr_t)words[i];
	argv[count] = NULL;
	return start(argv, error);
}
