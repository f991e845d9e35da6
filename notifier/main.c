/* SPDX-License-Identifier: MIT
 *
 * sentinel-notifier: one for each session.
 */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include "cli/cli.h"
#include "config.h"
#include "notifier/actions.h"
#include "notifier/ask.h"
#include "notifier/call.h"
#include "notifier/say.h"

typedef struct Agent {
	sd_event *event;
	sd_bus *session;
	Settings settings;
	Board board;
	Screen screen;
	Guard guard;
	Actions actions;
} Agent;

static void tell(News *news, void *data)
{
	Agent *agent = data;

	board_add(&agent->board, news, call_now_us());
	screen_wake(&agent->screen);
}

static void missed(unsigned count, NewsSeverity severity, void *data)
{
	Agent *agent = data;

	board_miss(&agent->board, count, severity, call_now_us());
	screen_wake(&agent->screen);
}

/* With an error in the file everything is shown that is shown without one, and the error as well. */
static void read_settings(Agent *agent)
{
	g_autofree char *path = settings_find();
	g_autoptr(GError) error = NULL;

	agent->settings = settings_default;
	if (!path || settings_read(path, &agent->settings, &error))
		return;
	say("%s; without it everything is as if there were no file", error->message);
	board_add(&agent->board, news_of_guard(NEWS_SETTINGS, "", error->message, "The file is left out of account."), call_now_us());
}

/* The session is over: there is nobody to tell. */
static int on_disconnected(sd_bus_message *message, void *data, sd_bus_error *error)
{
	(void)message;
	(void)error;
	return sd_event_exit(((Agent *)data)->event, EXIT_UNDONE);
}

/* 1: another one has the name. */
static int join_session(Agent *agent)
{
	int r = sd_bus_open_user(&agent->session);

	if (r >= 0)
		r = sd_bus_match_signal(agent->session, NULL, NULL, "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local",
			"Disconnected", on_disconnected, agent);
	if (r >= 0)
		r = sd_bus_request_name(agent->session, NOTIFIER_BUS_NAME, 0);
	if (r == -EEXIST)
		return 1;
	return r < 0 ? r : sd_bus_attach_event(agent->session, agent->event, 0);
}

static int start(Agent *agent)
{
	int r;

	agent->screen = (Screen){
		.bus = agent->session, .board = &agent->board, .prepare = actions_prepare, .offers = actions_offered, .acted = actions_run, .data = &agent->actions
	};
	agent->guard = (Guard){ .settings = &agent->settings,
		.event = agent->event,
		.grant_s = LIMIT_NOTIFIER_GRANT_S,
		.tell = tell,
		.missed = missed,
		.data = agent };
	agent->actions = (Actions){ .board = &agent->board, .screen = &agent->screen, .guard = &agent->guard };
	agent->actions.remedy = (Remedy){ .guard = &agent->guard, .screen = &agent->screen };
	r = screen_start(&agent->screen, agent->event);
	return r < 0 ? r : guard_start(&agent->guard);
}

static int set_up(Agent *agent)
{
	sigset_t ends;
	int r = sd_event_default(&agent->event);

	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &ends, NULL);
	(void)signal(SIGCHLD, SIG_IGN);
	if (r >= 0)
		r = sd_event_add_signal(agent->event, NULL, SIGTERM, NULL, NULL);
	if (r >= 0)
		r = sd_event_add_signal(agent->event, NULL, SIGINT, NULL, NULL);
	return r;
}

static int run(Agent *agent)
{
	int r = set_up(agent);

	board_init(&agent->board, &agent->settings);
	if (r >= 0 && (r = join_session(agent)) == 1) {
		say("another one runs in this session");
		return EXIT_DONE;
	}
	if (r < 0) {
		say("the session bus cannot be reached: %s", g_strerror(-r));
		return EXIT_UNDONE;
	}
	read_settings(agent);
	if ((r = start(agent)) >= 0)
		r = sd_event_loop(agent->event);
	if (r < 0)
		say("cannot go on: %s", g_strerror(-r));
	return r < 0 ? EXIT_UNDONE : r;
}

static void clear(Agent *agent)
{
	guard_stop(&agent->guard);
	screen_stop(&agent->screen);
	board_clear(&agent->board);
	sd_bus_flush_close_unref(agent->session);
	sd_event_unref(agent->event);
}

int main(int argc, char **argv)
{
	gboolean list = FALSE, test = FALSE, version = FALSE;
	const GOptionEntry entries[] = {
		{ "list", 0, 0, G_OPTION_ARG_NONE, &list, "show what was blocked last", NULL },
		{ "test", 0, 0, G_OPTION_ARG_NONE, &test, "show a notification, and say what shows it", NULL },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &version, "show the version", NULL },
		{ NULL },
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- tells on the desktop what Docker Sentinel blocked");
	g_autoptr(GError) error = NULL;

	(void)setlocale(LC_ALL, "");
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error) || argc > 1) {
		say("%s; see: sentinel-notifier --help", error ? error->message : "it takes no arguments");
		return EXIT_USAGE;
	}
	if (version) {
		(void)puts("sentinel-notifier " SENTINEL_VERSION);
		return EXIT_DONE;
	}
	if (list || test)
		return list ? ask_list() : ask_test();
	Agent *agent = g_new0(Agent, 1);
	int code = run(agent);
	clear(agent);
	g_free(agent);
	return code;
}
