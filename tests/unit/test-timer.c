/* SPDX-License-Identifier: MIT
 *
 * Timers of the main loop end when they should, not when it suits sd-event.
 */
#include <glib.h>
#include <stdbool.h>
#include "base/timer.h"

#define ROUNDS 40
#define STEP_US 1000
#define LATEST_US ((uint64_t)2 * 1000 * 1000) /* a quarter of a second each would be ten */

typedef struct Rounds {
	unsigned count;
	bool by_clock;
} Rounds;

static int on_round(sd_event_source *timer, uint64_t now, void *data)
{
	Rounds *rounds = data;

	if (++rounds->count == ROUNDS)
		return sd_event_exit(sd_event_source_get_event(timer), 0);
	return rounds->by_clock ? timer_start_at(timer, now + STEP_US) : timer_start(timer, STEP_US);
}

static void test_prompt(gconstpointer by_clock)
{
	Rounds rounds = { .by_clock = by_clock != NULL };
	sd_event *event = NULL;
	sd_event_source *timer = NULL;
	uint64_t accuracy = 0;

	g_assert_cmpint(sd_event_new(&event), >=, 0);
	g_assert_cmpint(timer_new(event, &timer, on_round, &rounds), >=, 0);
	g_assert_cmpint(sd_event_source_get_time_accuracy(timer, &accuracy), >=, 0);
	g_assert_cmpuint(accuracy, <=, STEP_US);
	gint64 start = g_get_monotonic_time();
	g_assert_cmpint(timer_start(timer, 0), >=, 0);
	g_assert_cmpint(sd_event_loop(event), >=, 0);
	g_assert_cmpuint(g_get_monotonic_time() - start, <, LATEST_US);
	g_assert_cmpuint(rounds.count, ==, ROUNDS);
	sd_event_source_disable_unref(timer);
	sd_event_unref(event);
}

static void test_off(void)
{
	Rounds rounds = { 0 };
	sd_event *event = NULL;
	sd_event_source *timer = NULL;

	g_assert_cmpint(sd_event_new(&event), >=, 0);
	g_assert_cmpint(timer_new(event, &timer, on_round, &rounds), >=, 0);
	g_assert_cmpint(sd_event_run(event, 5 * STEP_US), ==, 0); /* not before it is started */
	g_assert_cmpint(timer_start(timer, STEP_US), >=, 0);
	g_assert_cmpint(timer_stop(timer), >=, 0);
	g_assert_cmpint(sd_event_run(event, 5 * STEP_US), ==, 0);
	g_assert_cmpuint(rounds.count, ==, 0);
	sd_event_source_disable_unref(timer);
	sd_event_unref(event);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/timer/prompt", NULL, test_prompt);
	g_test_add_data_func("/timer/prompt-by-clock", "", test_prompt);
	g_test_add_func("/timer/off", test_off);
	return g_test_run();
}
