/* SPDX-License-Identifier: MIT
 *
 * What is said of a grant when its time is over, or when no answer came: the notifier's parts within the test, with a second for ten
 * minutes.
 */
#include <string.h>
#include "dbus/names.h"
#include "desktop.h"
#include "notifier/actions.h"
#include "notifier/call.h"

#define ALLOWED "Allowed once: repeat the command within 0 minutes."
#define OVER "Expired: the time to repeat the command is over."
#define OVER_UNUSED "Expired: the time to repeat the command is over, it is blocked again."
#define NO_ANSWER "No answer came. Whether it was allowed shows when the command is repeated."

static struct {
	Desktop desktop;
	Settings settings;
	Board board;
	Screen screen;
	Guard guard;
	Actions actions;
	sd_bus *session;
} here;

static void tell(News *news, void *data)
{
	(void)data;
	board_add(&here.board, news, call_now_us());
	screen_wake(&here.screen);
}

static void missed(unsigned count, NewsSeverity severity, void *data)
{
	(void)data;
	board_miss(&here.board, count, severity, call_now_us());
	screen_wake(&here.screen);
}

static bool is_subscribed(const Desktop *d)
{
	return d->subscribed > 0;
}

static bool shown_once(const Desktop *d)
{
	return d->shown->len == 1;
}

static bool says_so(const Desktop *d, const char *note)
{
	g_autofree char *line = g_strdup_printf("<b>%s</b>\n", note);

	return d->shown->len && g_str_has_prefix(desktop_last(d)->body, line);
}

static bool says_allowed(const Desktop *d)
{
	return says_so(d, ALLOWED);
}

static bool says_unused(const Desktop *d)
{
	return says_so(d, OVER_UNUSED);
}

static bool says_over(const Desktop *d)
{
	return says_so(d, OVER);
}

static bool says_no_answer(const Desktop *d)
{
	return says_so(d, NO_ANSWER);
}

static bool was_asked_for(const Desktop *d)
{
	return d->grants > 0;
}

static bool use_was_asked(const Desktop *d)
{
	return d->warned_queries > 0;
}

/* A decision is on the screen; its number there. */
static uint32_t set_up(void)
{
	Desktop *desktop = &here.desktop;

	desktop_start(desktop);
	(void)g_setenv("DBUS_SYSTEM_BUS_ADDRESS", desktop->system.address, TRUE);
	g_assert_cmpint(sd_event_new(&desktop->inside), >=, 0);
	here.session = bus_fixture_connect(&desktop->fixture);
	g_assert_cmpint(sd_bus_attach_event(here.session, desktop->inside, 0), >=, 0);
	here.settings = settings_default;
	board_init(&here.board, &here.settings);
	here.screen = (Screen){ .bus = here.session,
		.board = &here.board,
		.prepare = actions_prepare,
		.offers = actions_offered,
		.acted = actions_run,
		.data = &here.actions };
	here.guard = (Guard){ .settings = &here.settings, .event = desktop->inside, .grant_s = 1, .tell = tell, .missed = missed };
	here.actions = (Actions){ .board = &here.board, .screen = &here.screen, .guard = &here.guard };
	g_assert_cmpint(screen_start(&here.screen, desktop->inside), >=, 0);
	g_assert_cmpint(guard_start(&here.guard), >=, 0);
	desktop_wait(desktop, is_subscribed);
	desktop_settle(desktop, 100);
	desktop_decide(desktop, NULL);
	desktop_wait(desktop, shown_once);
	desktop_settle(desktop, 100); /* its answer is read */
	return desktop_last(desktop)->id;
}

static void tear_down(void)
{
	guard_stop(&here.guard);
	screen_stop(&here.screen);
	board_clear(&here.board);
	sd_bus_flush_close_unref(here.session);
	here.desktop.inside = sd_event_unref(here.desktop.inside);
	desktop_stop(&here.desktop);
}

/* It was allowed; then `happens`, and in the same notification stands what comes of it. */
static void test_end(void (*happens)(Desktop *desktop), DesktopTest holds)
{
	uint32_t id = set_up();

	desktop_click(&here.desktop, NULL, id, "allow-once");
	desktop_wait(&here.desktop, says_allowed);
	happens(&here.desktop);
	desktop_wait(&here.desktop, holds);
	g_assert_cmpuint(desktop_last(&here.desktop)->replaces, ==, id);
	g_assert_cmpstr(desktop_last(&here.desktop)->actions, ==, "");
	tear_down();
}

static void nothing(Desktop *desktop)
{
	desktop->warned = 3;
	desktop->used = 0;
}

static void many_others(Desktop *desktop)
{
	desktop->warned = 100; /* the use may be any older one */
	desktop->used = 1;
}

static void no_trail(Desktop *desktop)
{
	desktop->trail_fails = true;
}

static void test_unused(void)
{
	test_end(nothing, says_unused);
}

static void test_not_known(void)
{
	test_end(many_others, says_over);
	test_end(no_trail, says_over);
	test_end(desktop_lose_system, says_over);
}

/* What was used is not called expired. */
static void test_used(void)
{
	uint32_t id = set_up();

	here.desktop.warned = 3;
	here.desktop.used = 2;
	desktop_click(&here.desktop, NULL, id, "allow-once");
	desktop_wait(&here.desktop, says_allowed);
	guint before = here.desktop.shown->len;
	desktop_wait(&here.desktop, use_was_asked);
	desktop_settle(&here.desktop, 200);
	g_assert_cmpuint(here.desktop.shown->len, ==, before);
	tear_down();
}

/* The bus ends under the question: it is not said that it was refused. */
static void test_no_answer(void)
{
	uint32_t id = set_up();

	here.desktop.grant_silent = true;
	desktop_click(&here.desktop, NULL, id, "allow-once");
	desktop_wait(&here.desktop, was_asked_for);
	desktop_lose_system(&here.desktop);
	desktop_wait(&here.desktop, says_no_answer);
	g_assert_cmpuint(desktop_last(&here.desktop)->replaces, ==, id);
	tear_down();
}

static bool second_waits(const Desktop *d)
{
	(void)d;
	return here.board.bubbles[0].news->id == 2 && here.board.bubbles[0].changed;
}

static bool says_second(const Desktop *d)
{
	return strstr(desktop_last(d)->body, "Decision 2") != NULL;
}

/* A click is about what was shown, not about the repeat, maybe of another command, that is not on the screen yet. */
static void test_meant(void)
{
	uint32_t id = set_up();

	here.desktop.grant_silent = true;
	here.board.bubbles[0].sent_us = call_now_us() + (uint64_t)60 * 1000 * 1000;
	desktop_decide(&here.desktop, NULL);
	desktop_wait(&here.desktop, second_waits);
	desktop_click(&here.desktop, NULL, id, "allow-once");
	desktop_settle(&here.desktop, 200);
	g_assert_cmpuint(here.desktop.grants, ==, 0);
	here.board.bubbles[0].sent_us = 0;
	screen_wake(&here.screen);
	desktop_wait(&here.desktop, says_second);
	desktop_settle(&here.desktop, 50);
	desktop_click(&here.desktop, NULL, id, "allow-once");
	desktop_wait(&here.desktop, was_asked_for);
	g_assert_cmpuint(here.desktop.granted, ==, 2);
	g_assert_cmpuint(here.desktop.grants, ==, 1);
	tear_down();
}

/* What was asked for, and waits, is freed with the rest. */
static void test_ended(void)
{
	uint32_t id = set_up();

	here.desktop.grant_silent = true;
	desktop_click(&here.desktop, NULL, id, "allow-once");
	desktop_wait(&here.desktop, was_asked_for);
	tear_down();
	id = set_up();
	desktop_click(&here.desktop, NULL, id, "allow-once");
	desktop_wait(&here.desktop, says_allowed);
	tear_down();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/notifier-grant/unused", test_unused);
	g_test_add_func("/notifier-grant/not-known", test_not_known);
	g_test_add_func("/notifier-grant/used", test_used);
	g_test_add_func("/notifier-grant/no-answer", test_no_answer);
	g_test_add_func("/notifier-grant/meant", test_meant);
	g_test_add_func("/notifier-grant/ended", test_ended);
	return g_test_run();
}
