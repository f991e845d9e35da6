/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cli/layout.h"
#include "cli/pager.h"

#define LESS_OPTIONS "FRSXMK" /* quit when it is one page; colours; long lines are cut; the page stays; where we are; Ctrl-C ends it */

static bool is_secure(void)
{
	return getuid() != geteuid() || g_getenv("SUDO_UID") || g_getenv("PKEXEC_UID");
}

static char **words_of(const char *line)
{
	char **words = NULL;

	return g_shell_parse_argv(line, NULL, &words, NULL) ? words : NULL;
}

/* NULL: none. */
static char **choose(void)
{
	static const char *const names[] = { "SENTINEL_PAGER", "PAGER" };
	static const char *const usual[] = { "less", "more" };

	for (size_t i = 0; i < G_N_ELEMENTS(names) && !is_secure(); i++) {
		const char *line = g_getenv(names[i]);
		if (line)
			return *line && strcmp(line, "cat") != 0 ? words_of(line) : NULL;
	}
	for (size_t i = 0; i < (is_secure() ? 1 : G_N_ELEMENTS(usual)); i++) {
		g_autofree char *found = g_find_program_in_path(usual[i]);
		if (found)
			return words_of(usual[i]);
	}
	return NULL;
}

static char **environment(void)
{
	const char *options = g_getenv("SENTINEL_LESS");
	char **variables = g_environ_setenv(g_get_environ(), "LESS", options && !is_secure() ? options : LESS_OPTIONS, TRUE);

	if (is_secure())
		variables = g_environ_setenv(variables, "LESSSECURE", "1", TRUE);
	return layout_is_utf8() ? g_environ_setenv(variables, "LESSCHARSET", "utf-8", TRUE) : variables;
}

static int start(Cli *cli, int from)
{
	g_auto(GStrv) argv = choose(), variables = environment();
	posix_spawn_file_actions_t actions;

	if (!argv)
		return -1;
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, from, STDIN_FILENO);
	int r = posix_spawnp(&cli->pager, argv[0], &actions, NULL, argv, variables);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (r != 0)
		cli->pager = 0;
	return r;
}

/* less(1) asks before it does anything on one that it does not know. */
static bool is_dumb(void)
{
	const char *terminal = g_getenv("TERM");

	return !terminal || !*terminal || !strcmp(terminal, "dumb");
}

void pager_open(Cli *cli)
{
	int fds[2];

	if (is_dumb() || cli->pager || cli->json || cli->no_pager || cli->quiet || !layout_is_terminal() || layout_columns() == 0)
		return;
	(void)fflush(stdout);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return;
	if (start(cli, fds[0]) == 0) {
		(void)dup2(fds[1], STDOUT_FILENO);
		/* Who has read enough ends the pager, and Ctrl-C is for it: our exit status stays what it is. */
		(void)signal(SIGPIPE, SIG_IGN);
		(void)signal(SIGINT, SIG_IGN);
	}
	(void)close(fds[0]);
	(void)close(fds[1]);
}

void pager_close(Cli *cli)
{
	if (!cli->pager)
		return;
	(void)fclose(stdout);
	(void)waitpid(cli->pager, NULL, 0);
	cli->pager = 0;
}
