/* SPDX-License-Identifier: MIT
 *
 * An end of the service loses no call.
 */
#include "base/limits.h"
#include "base/timer.h"
#include "service/drain.h"
#include "service-fixture.h"

void lookups_stop(Lookups *lookups)
{
	(void)lookups;
	note("docker-stops");
}

void jobs_wait_no_more(ScanJobs *jobs)
{
	(void)jobs;
	note("scans-stop");
}

/* The plugin's socket. */
static struct {
	bool hands_over, busy, waits;
	unsigned open, idle;
} server;

void server_retire(Server *data)
{
	(void)data;
	note("retire");
}

bool server_hands_over(const Server *data)
{
	(void)data;
	return server.hands_over;
}

void server_ask_no_more(Server *data)
{
	(void)data;
	note("ask-no-more");
}

void server_quiesce(Server *data)
{
	(void)data;
	note("quiesce");
}

void server_part(Server *data)
{
	(void)data;
	note("part");
}

bool server_busy(Server *data)
{
	(void)data;
	return server.busy;
}

bool server_waits(Server *data)
{
	(void)data;
	return server.waits;
}

unsigned server_let_go(Server *data, unsigned *ret_idle)
{
	(void)data;
	*ret_idle = server.idle;
	return server.open;
}

/* The drain's timer, by hand. */
static struct {
	sd_event_time_handler_t handler;
	void *data;
	bool runs;
} timer;

int timer_new(sd_event *event, sd_event_source **ret, sd_event_time_handler_t handler, void *data)
{
	(void)event;
	*ret = NULL;
	timer.handler = handler;
	timer.data = data;
	return 0;
}

int timer_start(sd_event_source *source, uint64_t after_us)
{
	(void)source;
	(void)after_us;
	timer.runs = true;
	return 0;
}

#define PARTED "part docker-stops scans-stop"
#define MS UINT64_C(1000)

typedef struct DrainStep {
	uint64_t ms; /* since the beginning */
	bool busy, waits;
	unsigned open, idle;
	const char *done;
	bool ends;
} DrainStep;

static void drain(bool hands_over, const DrainStep *steps, size_t count)
{
	Drain end = { 0 };
	sd_event *event = NULL;

	server.hands_over = hands_over;
	g_assert_cmpint(sd_event_new(&event), ==, 0);
	g_assert_cmpint(sd_event_run(event, 0), >=, 0); /* it has a time of its own from now on */
	g_assert_cmpint(drain_set_up(&end, event), ==, 0);
	g_assert_cmpint(drain_begin(&end, (Server *)&server, NULL, NULL, NULL), >=, 0);
	expect(hands_over ? "retire quiesce" : "retire");
	const uint64_t begun = end.until_us - LIMIT_DRAIN_MS * MS;
	for (size_t i = 0; i < count; i++) {
		server.busy = steps[i].busy;
		server.waits = steps[i].waits;
		server.open = steps[i].open;
		server.idle = steps[i].idle;
		g_assert_true(timer.runs);
		timer.runs = false;
		g_assert_cmpint(timer.handler(NULL, begun + steps[i].ms * MS, timer.data), >=, 0);
		expect(steps[i].done);
		g_assert_true(timer.runs != steps[i].ends);
	}
	drain_clear(&end);
	sd_event_unref(event);
}

#define DRAIN(hands_over, ...)                                                                                  \
	do {                                                                                                    \
		const DrainStep steps[] = { __VA_ARGS__ };                                                      \
		drain(hands_over, steps, G_N_ELEMENTS(steps));                                                  \
	} while (0)

/* A socket of our own is left when nothing is to be answered; half of the time on nothing new waits, and
 * what waits for nobody is answered by the end of the server. */
static void test_drain_own(void)
{
	DRAIN(false, { 0, true, true, 1, 0, "", false }, { 5, false, false, 0, 0, "quiesce " PARTED, true });
	DRAIN(false, { 0, true, false, 1, 0, "", false }, { LIMIT_DRAIN_MS / 2 - 1, true, false, 1, 0, "", false }, { LIMIT_DRAIN_MS / 2, true, true, 1, 0, "ask-no-more", false },
		{ LIMIT_DRAIN_MS - 1, true, true, 1, 0, "ask-no-more", false }, { LIMIT_DRAIN_MS, true, true, 1, 0, "ask-no-more " PARTED, true });
	DRAIN(false, { LIMIT_DRAIN_MS / 2, true, false, 1, 0, "ask-no-more quiesce " PARTED, true });
	DRAIN(false, { LIMIT_DRAIN_MS, true, true, 1, 0, "ask-no-more " PARTED, true });
}

/* A socket of systemd's is left at once; who comes after us is asked when dockerd has noticed that its idle connections have ended. */
static void test_drain_handed(void)
{
	DRAIN(true, { 0, true, true, 2, 1, "", false }, { 10, true, true, 2, 0, "", false }, { 40, true, true, 2, 1, "", false }, { 50, true, true, 2, 0, "", false },
		{ 99, true, true, 2, 0, "", false }, { 100, true, true, 2, 0, PARTED, false }, { 105, true, true, 2, 0, "", false }, { 110, false, false, 0, 0, "", true });
	DRAIN(true, { 0, false, false, 0, 0, PARTED, true });
}

/* Who is told twice ends at once, and so does a service without a plugin. */
static void test_drain_twice(void)
{
	for (unsigned twice = 0; twice < 2; twice++) {
		Drain end = { .until_us = twice };
		sd_event *event = NULL;
		int code = -1;
		g_assert_cmpint(sd_event_new(&event), ==, 0);
		g_assert_cmpint(drain_set_up(&end, event), ==, 0);
		g_assert_cmpint(drain_begin(&end, twice ? (Server *)&server : NULL, NULL, NULL, NULL), >=, 0);
		g_assert_cmpint(sd_event_get_exit_code(event, &code), ==, 0);
		expect("");
		sd_event_unref(event);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	done = g_string_new(NULL);
	g_test_add_func("/service/drain/own", test_drain_own);
	g_test_add_func("/service/drain/handed", test_drain_handed);
	g_test_add_func("/service/drain/twice", test_drain_twice);
	return g_test_run();
}
