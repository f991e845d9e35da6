/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cli/agent.h"

#define AGENT "/usr/bin/pkttyagent"
#define AGENT_FD 3
#define PATIENCE_MS 5000

static int spawn_agent(Cli *cli, int fd)
{
	char number[] = { '0' + AGENT_FD, 0 }, process[24];
	char *argv[] = {
		(char *)(uintptr_t)AGENT, (char *)(uintptr_t)"--notify-fd", number, (char *)(uintptr_t)"--fallback", (char *)(uintptr_t)"--process", process, NULL,
	};
	posix_spawn_file_actions_t actions;

	(void)snprintf(process, sizeof process, "%d", (int)getpid());
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, fd, AGENT_FD);
	int r = posix_spawn(&cli->agent, AGENT, &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	return r;
}

/* It closes its end when it is registered (or gone). */
static void wait_until_ready(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char byte;

	while (poll(&ready, 1, PATIENCE_MS) > 0 && read(fd, &byte, 1) > 0)
		;
}

void agent_start(Cli *cli)
{
	int fds[2];

	if (cli->agent || cli->local || cli->no_ask_password || geteuid() == 0 || (cli->bus && *cli->bus == 's' && cli->bus[1] == 'e'))
		return;
	if (cli->connection)
		(void)sd_bus_set_allow_interactive_authorization(cli->connection, true); /* a desktop's agent may be there */
	if (!isatty(STDIN_FILENO) || access(AGENT, X_OK) < 0 || pipe2(fds, O_CLOEXEC) < 0)
		return;
	/* A descriptor that is AGENT_FD already would keep its close-on-exec flag. */
	int far = fds[1] == AGENT_FD ? fcntl(fds[1], F_DUPFD_CLOEXEC, AGENT_FD + 1) : fds[1];
	if (spawn_agent(cli, far) != 0)
		cli->agent = 0;
	if (far != fds[1])
		(void)close(far);
	(void)close(fds[1]);
	if (cli->agent)
		wait_until_ready(fds[0]);
	(void)close(fds[0]);
}

void agent_stop(Cli *cli)
{
	if (!cli->agent)
		return;
	(void)kill(cli->agent, SIGTERM);
	(void)kill(cli->agent, SIGCONT);
	(void)waitpid(cli->agent, NULL, 0);
	cli->agent = 0;
}
