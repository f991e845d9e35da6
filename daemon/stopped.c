/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include "authz/server.h"
#include "base/log.h"
#include "stopped.h"

static int on_terminate(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
	(void)info;
	(void)data;
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static int loop(sd_event *event)
{
	if (sd_event_add_signal(event, NULL, SIGTERM, on_terminate, NULL) < 0 || sd_event_add_signal(event, NULL, SIGINT, on_terminate, NULL) < 0)
		return -1;
	(void)sd_notify(0, "READY=1\nSTATUS=Stopped by an administrator: Docker is told so");
	return sd_event_loop(event);
}

int stopped_run(const char *socket)
{
	static const Plugin plugin = { .stopped = true };
	g_autoptr(GError) error = NULL;
	sd_event *event = NULL;
	sigset_t signals;
	int r = -1;

	/* Before any thread: they inherit it. */
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	Server *server = server_start(&plugin, socket, sd_listen_fds(0) > 0 ? SD_LISTEN_FDS_START : -1, &error);
	if (!server)
		log_error("cannot start: %s", error->message);
	else if (sd_event_default(&event) >= 0)
		r = loop(event);
	if (server)
		server_stop(server);
	sd_event_unref(event);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
