/* SPDX-License-Identifier: MIT
 *
 * Connections to a Docker of the test's own: prompt, silent, frozen, absent, and the end of asking.
 */
#include "docker/events.h"
#include "docker-fixture.h"

/* An answer is passed on when it is there: each of these once waited for a timer that was late by a quarter of a second. */
static void test_prompt(Fixture *f, gconstpointer data)
{
	gint64 start = g_get_monotonic_time();

	(void)data;
	for (int i = 0; i < 40; i++) {
		g_autofree char *name = g_strdup_printf("absent-%d", i); /* never one that is kept */
		g_assert_cmpint(ask(f, FACT_VOLUME, name).state, ==, FACT_ABSENT);
	}
	g_assert_cmpint((g_get_monotonic_time() - start) / 1000, <, 5000); /* it would be ten seconds */
}

/* A Docker that is alive is waited for, but not for ever. */
static void test_silence(Fixture *f, gconstpointer data)
{
	gint64 start = g_get_monotonic_time();

	(void)data;
	lookups_set_patience(f->lookups, 4);
	g_assert_cmpint(ask(f, FACT_VOLUME, "silent").state, ==, FACT_FAILED);
	g_assert_cmpint((g_get_monotonic_time() - start) / 1000, >=, 4000);
	g_assert_cmpint((g_get_monotonic_time() - start) / 1000, <, 8000);
	g_assert_cmpuint(atomic_load(&f->docker.pings), >=, 1);
}

/* ... as long as Docker itself would have waited: its answer counts when it comes. */
static void test_slow(Fixture *f, gconstpointer data)
{
	gint64 start = g_get_monotonic_time();

	(void)data;
	g_assert_cmpint(ask(f, FACT_VOLUME, "slow").state, ==, FACT_KNOWN);
	g_assert_cmpint(g_get_monotonic_time() - start, >, SLOW_US);
}

/* One that does not answer a ping either is gone: nobody waits for the whole time. */
static void test_frozen(Fixture *f, gconstpointer data)
{
	gint64 start = g_get_monotonic_time();

	(void)data;
	atomic_store(&f->docker.frozen, true);
	g_assert_cmpint(ask(f, FACT_VOLUME, "silent").state, ==, FACT_FAILED);
	g_assert_cmpint((g_get_monotonic_time() - start) / 1000, <, 4 * LIMIT_FACT_MS);
}

/* One that hangs up: at once. */
static void test_hung_up(Fixture *f, gconstpointer data)
{
	gint64 start = g_get_monotonic_time();

	(void)data;
	g_assert_cmpint(ask(f, FACT_VOLUME, "hangs-up").state, ==, FACT_FAILED);
	g_assert_cmpint((g_get_monotonic_time() - start) / 1000, <, LIMIT_FACT_PULSE_MS);
}

static void test_stopped(Fixture *f, gconstpointer data)
{
	const Lookup *lookup = lookups_get(f->lookups);
	Fact waiting = { .kind = FACT_VOLUME, .name = "silent" }, late = { .kind = FACT_VOLUME, .name = "data" };
	FactList first = { &waiting, 1 }, second = { &late, 1 };
	_Atomic bool first_done = false, second_done = false;

	(void)data;
	lookup->ask(lookup->data, &first, f->arena, on_done, &first_done);
	spin(f, 100);
	lookups_stop(f->lookups);
	lookup->ask(lookup->data, &second, f->arena, on_done, &second_done);
	g_assert_true(first_done && second_done);
	g_assert_cmpint(waiting.state, ==, FACT_FAILED);
	g_assert_cmpint(late.state, ==, FACT_FAILED);
}

static void test_mark(Fixture *f, gconstpointer data)
{
	const Lookup *lookup = lookups_get(f->lookups);

	(void)data;
	g_assert_false(lookup->is_own(lookup->data, "", false));
	g_assert_false(lookup->is_own(lookup->data, "00000000000000000000000000000000", false));
}

/* Where nobody listens: a failure when Docker is required, else the request speaks for itself. */
static void test_nobody(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	Fixture f = { .arena = arena_new() };
	g_autofree char *host = g_strdup_printf("unix://%s/nobody", dir);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(sd_event_new(&f.event), >=, 0);
	f.lookups = lookups_new(f.event, host, true, NULL);
	g_assert_cmpint(ask(&f, FACT_VOLUME, "data").state, ==, FACT_FAILED);
	lookups_free(f.lookups);
	f.lookups = lookups_new(f.event, host, false, NULL);
	g_assert_cmpint(ask(&f, FACT_VOLUME, "data").state, ==, FACT_NOBODY);
	g_assert_cmpint(ask(&f, FACT_VOLUME, "data").state, ==, FACT_NOBODY);
	lookups_free(f.lookups);
	g_assert_null(lookups_new(f.event, "tcp://127.0.0.1:2375", true, &error));
	g_assert_nonnull(strstr(error->message, "unix:///PATH"));
	lookups_free(NULL);
	events_free(NULL);
	sd_event_unref(f.event);
	arena_free(f.arena);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/docker/silence", Fixture, NULL, set_up, test_silence, tear_down);
	g_test_add("/docker/slow", Fixture, NULL, set_up, test_slow, tear_down);
	g_test_add("/docker/frozen", Fixture, NULL, set_up, test_frozen, tear_down);
	g_test_add("/docker/hung-up", Fixture, NULL, set_up, test_hung_up, tear_down);
	g_test_add("/docker/prompt", Fixture, NULL, set_up, test_prompt, tear_down);
	g_test_add("/docker/stopped", Fixture, NULL, set_up, test_stopped, tear_down);
	g_test_add("/docker/mark", Fixture, NULL, set_up, test_mark, tear_down);
	g_test_add_func("/docker/nobody", test_nobody);
	return g_test_run();
}
