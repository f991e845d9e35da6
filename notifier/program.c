/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
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

/* What owns the clipboard until something else is copied; each reads the text from its standard input. */
static const struct {
	const char *screen; /* a variable of the desktop's that says that it can */
	const char *name, *options[2];
} clipboards[] = {
	{ "WAYLAND_DISPLAY", "wl-copy", { "--type", "text/plain" } },
	{ "DISPLAY", "xclip", { "-selection", "clipboard" } },
	{ "DISPLAY", "xsel", { "--clipboard", "--input" } },
};

static char *find_clipboard(size_t *ret)
{
	for (size_t i = 0; i < G_N_ELEMENTS(clipboards); i++) {
		const char *screen = g_getenv(clipboards[i].screen);
		char *path = screen && *screen ? g_find_program_in_path(clipboards[i].name) : NULL;
		*ret = i;
		if (path)
			return path;
	}
	return NULL;
}

bool program_has_clipboard(void)
{
	size_t which;
	g_autofree char *path = find_clipboard(&which);

	return path != NULL;
}

/* In a session of its own; who ended is collected by the kernel (SIGCHLD is ignored, main.c), and ignored signals are given back. */
/* `input`: its standard input; -1: as here. */
static bool start(char **argv, int input, GError **error)
{
	posix_spawnattr_t attributes;
	posix_spawn_file_actions_t files;
	sigset_t defaults;
	pid_t pid;

	(void)sigemptyset(&defaults);
	(void)sigaddset(&defaults, SIGCHLD);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setsigdefault(&attributes, &defaults);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
	(void)posix_spawn_file_actions_init(&files);
	if (input >= 0)
		(void)posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
	int r = posix_spawn(&pid, argv[0], &files, &attributes, argv, environ);
	(void)posix_spawn_file_actions_destroy(&files);
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
	return start(argv, -1, error);
}

/* The text is in a file of memory: nobody has to read it for this to go on. */
static int file_of(const char *text)
{
	const size_t length = strlen(text);
	int fd = memfd_create("command", MFD_CLOEXEC);

	if (fd >= 0 && (write(fd, text, length) != (ssize_t)length || lseek(fd, 0, SEEK_SET) != 0)) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

bool program_copy(const char *text, GError **error)
{
	size_t which;
	g_autofree char *path = find_clipboard(&which);
	int fd = path ? file_of(text) : -1;

	if (fd < 0) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "%s",
			path ? "the command cannot be handed over" : "there is no clipboard (wl-copy, xclip, xsel)");
		return false;
	}
	const char *const *options = clipboards[which].options;
	char *argv[] = { path, (char *)(uintptr_t)options[0], (char *)(uintptr_t)options[1], NULL };
	bool good = start(argv, fd, error);
	(void)close(fd);
	return good;
}
