/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-login.h>
#include "pin/session.h"

Session session_of(uint32_t uid)
{
	static const char *const there[] = { "opening", "online", "active" }, *const none[] = { "offline", "lingering", "closing" };
	char *state = NULL;
	Session session = SESSION_UNKNOWN;

	if (sd_uid_get_state(uid, &state) < 0)
		return SESSION_UNKNOWN;
	for (size_t i = 0; i < sizeof there / sizeof *there; i++)
		if (!strcmp(state, there[i]))
			session = SESSION_THERE;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (!strcmp(state, none[i]))
			session = SESSION_NONE;
	free(state);
	return session;
}

struct SessionMonitor {
	sd_login_monitor *login;
	sd_event_source *source;
	void (*changed)(void *data);
	void *data;
};

static int on_login(sd_event_source *source, int fd, uint32_t events, void *data)
{
	SessionMonitor *monitor = data;

	(void)source;
	(void)fd;
	(void)events;
	(void)sd_login_monitor_flush(monitor->login);
	monitor->changed(monitor->data);
	return 0;
}

SessionMonitor *session_monitor_new(sd_event *event, void (*changed)(void *data), void *data)
{
	SessionMonitor *monitor = g_new0(SessionMonitor, 1);

	monitor->changed = changed;
	monitor->data = data;
	if (sd_login_monitor_new("uid", &monitor->login) >= 0 &&
		sd_event_add_io(event, &monitor->source, sd_login_monitor_get_fd(monitor->login),
			(uint32_t)sd_login_monitor_get_events(monitor->login), on_login, monitor) >= 0)
		return monitor;
	session_monitor_free(monitor);
	return NULL;
}

void session_monitor_free(SessionMonitor *monitor)
{
	if (!monitor)
		return;
	sd_event_source_disable_unref(monitor->source);
	sd_login_monitor_unref(monitor->login);
	g_free(monitor);
}
