/* SPDX-License-Identifier: MIT
 *
 * The notifier when what it needs is absent, restarted, slow or lying, and when there is too much to tell.
 */
#include <stdio.h>
#include <string.h>
#include "base/limits.h"
#include "dbus/names.h"
#include "desktop.h"
#include "tests/unit/scratch.h"

#define MANY 10000u
#define ROOM_KIB 2048 /* what each decision would leave behind is more */

static Desktop desktop;

static bool is_subscribed(const Desktop *d)
{
	return d->subscribed > 0;
}

static bool is_subscribed_again(const Desktop *d)
{
	return d->subscribed > 1;
}

static bool shown_once(const Desktop *d)
{
	return d->shown->len == 1;
}

static bool shown_twice(const Desktop *d)
{
	return d->shown->len == 2;
}

static bool is_subscribed_thrice(const Desktop *d)
{
	return d->subscribed > 2;
}

static bool was_granted(const Desktop *d)
{
	return d->grants > 0;
}

static bool shown_after_loss(const Desktop *d)
{
	return strstr(desktop_last(d)->body, "Decision 2") != NULL;
}

static bool shown_newest(const Desktop *d)
{
	g_autofree char *number = g_strdup_printf("Decision %u", d->decisions);

	return strstr(desktop_last(d)->body, number) != NULL;
}

static bool shown_more(const Desktop *d)
{
	return d->shown->len > 1;
}

static bool was_queried(const Desktop *d)
{
	return d->queries > 0;
}

static bool was_asked(const Desktop *d)
{
	return d->asked_capabilities > 0;
}

static void set_up(void)
{
	desktop_start(&desktop);
	desktop_start_notifier(&desktop);
	desktop_wait(&desktop, is_subscribed);
	desktop_settle(&desktop, 100);
}

/* Nothing shows notifications at first; what waits is shown when something does. */
static void test_absent(void)
{
	desktop_start(&desktop);
	desktop_stop_server(&desktop);
	desktop_start_notifier(&desktop);
	desktop_wait(&desktop, is_subscribed);
	desktop_settle(&desktop, 100);
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, was_queried);
	desktop_settle(&desktop, 100);
	desktop_start_server(&desktop);
	desktop_wait(&desktop, shown_once);
	desktop_stop(&desktop);
}

/* A new server knows none of the numbers of the old one, which may mean other bubbles there. */
static void test_restarted(void)
{
	set_up();
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_once);
	uint32_t id = desktop_last(&desktop)->id;
	desktop_stop_server(&desktop);
	desktop_start_server(&desktop);
	desktop_settle(&desktop, 100);
	desktop_click(&desktop, NULL, id, "allow-once");
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_twice);
	g_assert_cmpuint(desktop_last(&desktop)->replaces, ==, 0);
	g_assert_cmpuint(desktop.asked_capabilities, ==, 2);
	g_assert_cmpuint(desktop.grants, ==, 0);
	desktop_stop(&desktop);
}

/* One that does not answer gets one call, not one for each decision. */
static void test_slow(void)
{
	set_up();
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_once);
	desktop.server_silent = true;
	desktop.image = "debian";
	for (unsigned i = 0; i < 20; i++)
		desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_more);
	desktop_settle(&desktop, 1500);
	g_assert_cmpuint(desktop.shown->len, <=, 3); /* one for each image, and one for what was not read */
	desktop_stop(&desktop);
}

static void test_lying(void)
{
	desktop_start(&desktop);
	desktop.server_lies = true;
	desktop_start_notifier(&desktop);
	desktop_wait(&desktop, is_subscribed);
	desktop_settle(&desktop, 100);
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, was_asked);
	desktop_settle(&desktop, 1000);
	g_assert_cmpuint(desktop.asked_capabilities, ==, 1);
	g_assert_cmpuint(desktop.shown->len, ==, 0);
	desktop_stop_server(&desktop);
	desktop.server_lies = false;
	desktop_start_server(&desktop);
	desktop_wait(&desktop, shown_once);
	desktop_stop(&desktop);
}

/* What was decided while the service was replaced is told of; a moment without it is not. */
static void test_upgraded(void)
{
	set_up();
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_once);
	desktop_stop_service(&desktop);
	desktop.decisions++;
	desktop.image = "debian";
	desktop_start_service(&desktop);
	desktop_wait(&desktop, is_subscribed_again);
	desktop_wait(&desktop, shown_twice);
	g_assert_nonnull(strstr(desktop_last(&desktop)->body, "Decision 2"));
	desktop_stop(&desktop);
}

static bool says_gone(const Desktop *d)
{
	return d->shown->len && !strcmp(desktop_last(d)->title, "Docker Sentinel does not run");
}

static bool says_back(const Desktop *d)
{
	return d->shown->len && !strcmp(desktop_last(d)->title, "Docker Sentinel works as usual again");
}

static void test_stopped(void)
{
	set_up();
	desktop_stop_service(&desktop);
	desktop_settle(&desktop, 1000);
	g_assert_cmpuint(desktop.shown->len, ==, 0);
	desktop_wait(&desktop, says_gone);
	g_assert_cmpint(desktop_last(&desktop)->urgency, ==, 2);
	desktop_start_service(&desktop);
	desktop_wait(&desktop, says_back);
	g_assert_cmpuint(desktop.shown->len, ==, 2);
	desktop_stop(&desktop);
}

static bool says_unreachable(const Desktop *d)
{
	return strstr(desktop_last(d)->body, "Not allowed: Docker Sentinel cannot be reached.") != NULL;
}

/* The system's bus is another one: the notifier lives on, hears again, and asks for what was decided meanwhile. */
static void test_bus_restarted(void)
{
	set_up();
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_once);
	desktop_lose_system(&desktop);
	desktop.decisions++;
	desktop.image = "debian";
	desktop_settle(&desktop, 300);
	desktop_click(&desktop, NULL, desktop_last(&desktop)->id, "allow-once");
	desktop_wait(&desktop, says_unreachable);
	guint before = desktop.shown->len;
	desktop_find_system(&desktop);
	desktop_wait(&desktop, is_subscribed_again);
	desktop_wait(&desktop, shown_after_loss);
	g_assert_cmpuint(desktop.shown->len, ==, before + 1);
	desktop.image = "fedora";
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_newest);
	desktop_lose_system(&desktop); /* and once more */
	desktop_find_system(&desktop);
	desktop_wait(&desktop, is_subscribed_thrice);
	desktop.image = "alpine";
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_newest);
	desktop_stop(&desktop);
}

/* A server that gives everything one number: a click counts for what it was given last, and for one. */
static void test_same_ids(void)
{
	set_up();
	desktop.same_ids = true;
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_once);
	desktop.image = "debian";
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_twice);
	g_assert_cmpuint(desktop_last(&desktop)->replaces, ==, 0);
	desktop_settle(&desktop, 100); /* its answer is read */
	desktop_click(&desktop, NULL, 0, "allow-once");
	desktop_click(&desktop, NULL, desktop_last(&desktop)->id, "allow-once");
	desktop_wait(&desktop, was_granted);
	desktop_settle(&desktop, 100);
	g_assert_cmpuint(desktop.grants, ==, 1);
	g_assert_cmpuint(desktop.granted, ==, 2);
	desktop_stop(&desktop);
}

/* One that says more than there is, and clicks by itself: a question for the password, and no second one beside it. */
static void test_loud(void)
{
	g_autoptr(GString) words = g_string_new("body actions");

	for (unsigned i = 0; i < MANY; i++)
		g_string_append(words, " x");
	g_string_append(words, " body-markup"); /* beyond what is read */
	desktop_start(&desktop);
	desktop.capabilities = words->str;
	desktop.grant_silent = true;
	desktop_start_notifier(&desktop);
	desktop_wait(&desktop, is_subscribed);
	desktop_settle(&desktop, 100);
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_once);
	uint32_t id = desktop_last(&desktop)->id;
	g_assert_true(g_str_has_prefix(desktop_last(&desktop)->body, "docker run/create --privileged <image>\n"));
	for (unsigned i = 0; i < 1000; i++) {
		desktop_click(&desktop, NULL, id, "allow-once");
		(void)sd_bus_emit_signal(desktop.server, "/org/freedesktop/Notifications", "org.freedesktop.Notifications",
			"NotificationClosed", "uu", id, 1u);
	}
	desktop_wait(&desktop, was_granted);
	desktop_settle(&desktop, 500);
	g_assert_cmpuint(desktop.grants, ==, 1);
	g_assert_cmpuint(desktop.shown->len, ==, 2);
	desktop_stop(&desktop);
}

/* The trail does not answer: the signal says enough for a word. */
static void test_trail(void)
{
	set_up();
	desktop.trail_fails = true;
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_once);
	g_assert_cmpuint(desktop.queries, ==, 5);
	g_assert_nonnull(strstr(desktop_last(&desktop)->body, "docker create --privileged &lt;image&gt;"));
	g_assert_nonnull(strstr(desktop_last(&desktop)->body, "The reason could not be read: the index is being made again"));
	desktop.trail_fails = false;
	desktop.image = "debian";
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_twice);
	g_assert_nonnull(strstr(desktop_last(&desktop)->body, "Decision 2"));
	desktop_stop(&desktop);
}

/* KiB of the process that are in memory. */
static unsigned memory(const Desktop *d)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)d->notifier), *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	const char *line = strstr(text, "\nRssAnon:");
	g_assert_nonnull(line);
	return (unsigned)g_ascii_strtoull(line + strlen("\nRssAnon:") + strspn(line + strlen("\nRssAnon:"), " \t"), NULL, 10);
}

static unsigned told(const Desktop *d)
{
	unsigned told = 0, missed = 0;

	for (guint i = 0; i < d->shown->len; i++) {
		const Shown *shown = g_ptr_array_index(d->shown, i);
		const char *times = strstr(shown->title, " (");
		if (g_str_has_prefix(shown->title, "Docker command blocked"))
			told = MAX(told, times ? (unsigned)g_ascii_strtoull(times + 2, NULL, 10) : 1);
		else
			missed = MAX(missed, (unsigned)g_ascii_strtoull(shown->title, NULL, 10));
	}
	return told + missed;
}

static bool all_told(const Desktop *d)
{
	return told(d) == d->decisions;
}

static void decide_many(void)
{
	for (unsigned i = 0; i < MANY; i++) {
		desktop_decide(&desktop, NULL);
		if (i % 100 == 0)
			desktop_settle(&desktop, 1);
	}
	desktop_wait(&desktop, all_told);
}

/* Ten thousand denials: a handful of questions and of bubbles, each one counted, and no more memory for the second ten thousand. */
static void test_many(void)
{
	set_up();
	gint64 begin_us = g_get_monotonic_time();
	decide_many();
	unsigned first = memory(&desktop);
	decide_many();
	double seconds = (double)(g_get_monotonic_time() - begin_us) / G_USEC_PER_SEC;
	g_test_message("%u decisions in %.1f s: %u questions, %u calls of Notify, %u KiB then %u KiB", 2 * MANY, seconds, desktop.queries,
		desktop.shown->len, first, memory(&desktop));
	g_assert_cmpuint(desktop.queries, <=, (unsigned)(seconds * 1000 / LIMIT_NOTIFIER_FETCH_MS) + 2);
	g_assert_cmpuint(desktop.shown->len, <=, 2 * ((unsigned)seconds + 2)); /* two bubbles, each once a second */
	g_assert_cmpuint(memory(&desktop), <=, first + ROOM_KIB);
	desktop_stop(&desktop);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/notifier-faults/absent", test_absent);
	g_test_add_func("/notifier-faults/restarted", test_restarted);
	g_test_add_func("/notifier-faults/slow", test_slow);
	g_test_add_func("/notifier-faults/lying", test_lying);
	g_test_add_func("/notifier-faults/upgraded", test_upgraded);
	g_test_add_func("/notifier-faults/stopped", test_stopped);
	g_test_add_func("/notifier-faults/bus-restarted", test_bus_restarted);
	g_test_add_func("/notifier-faults/same-ids", test_same_ids);
	g_test_add_func("/notifier-faults/loud", test_loud);
	g_test_add_func("/notifier-faults/trail", test_trail);
	g_test_add_func("/notifier-faults/many", test_many);
	return g_test_run();
}
