/* SPDX-License-Identifier: MIT
 *
 * What the watchdog and the journal get to know.
 */
#include <string.h>
#include <glib.h>
#include "base/budget.h"
#include "base/event.h"
#include "base/limits.h"
#include "base/pulse.h"

#define SECOND_US ((uint64_t)1000 * 1000)
#define LONG_US ((LIMIT_STUCK_S + 1) * SECOND_US)

static void test_stuck(void)
{
	uint64_t now = SECOND_US;

	g_assert_false(pulse_stuck(PULSE_WRITER, now));
	g_assert_false(pulse_stuck(PULSE_WRITER, now += LONG_US)); /* idle */
	pulse_begin(PULSE_WRITER);
	g_assert_false(pulse_stuck(PULSE_WRITER, now += SECOND_US));
	g_assert_false(pulse_stuck(PULSE_WRITER, now += LIMIT_STUCK_S * SECOND_US / 2));
	g_assert_true(pulse_stuck(PULSE_WRITER, now += LONG_US));
	g_assert_false(pulse_stuck(PULSE_AUDIT, now)); /* another thread */
	pulse_end(PULSE_WRITER);
	g_assert_false(pulse_stuck(PULSE_WRITER, now += SECOND_US));
	g_assert_false(pulse_stuck(PULSE_WRITER, now += LONG_US));
}

/* Long work that says that it gets on, here of another thread's kind, is not stuck. */
static void test_beats(void)
{
	uint64_t now = SECOND_US;
	Budget budget = { .steps = 10 };

	pulse_begin(PULSE_READER + 1);
	for (unsigned i = 0; i < 5; i++) {
		pulse_beat();
		g_assert_false(pulse_stuck(PULSE_READER + 1, now += LIMIT_STUCK_S * SECOND_US / 2));
		g_assert_true(budget_spend(1)); /* without a budget, too */
		g_assert_false(pulse_stuck(PULSE_READER + 1, now += LIMIT_STUCK_S * SECOND_US / 2));
	}
	budget_begin(&budget, 1);
	g_assert_true(budget_spend(9));
	g_assert_false(budget_spend(1));
	budget_end();
	g_assert_true(budget.spent);
	g_assert_false(pulse_stuck(PULSE_READER + 1, now += SECOND_US)); /* the last ones are seen */
	g_assert_true(pulse_stuck(PULSE_READER + 1, now + LONG_US));
	pulse_end(PULSE_READER + 1);
	pulse_beat(); /* nobody's */
	g_assert_cmpstr(pulse_name(PULSE_READER + 1), ==, "reader");
}

/* Steps, time and whether anybody waits: each ends it. */
static void test_budget(void)
{
	Budget steps = { .steps = 2 }, time = { .steps = 1000 }, dropped = { .steps = 1000 };

	budget_begin(&steps, 60);
	g_assert_true(budget_spend(1));
	g_assert_false(budget_spend(5));
	g_assert_false(budget_spend(0));
	budget_begin(&time, 0);
	g_usleep(1000);
	g_assert_false(budget_spend(1));
	budget_begin(&dropped, 60);
	g_assert_true(budget_spend(1));
	atomic_store(&dropped.dropped, true);
	g_assert_false(budget_spend(1));
	budget_end();
	g_assert_true(budget_spend(UINT64_MAX));
}

/* Several at a time: as long as one of them ends now and then. */
static void test_progress(void)
{
	uint64_t now = SECOND_US;

	pulse_begin(PULSE_AUTHZ);
	for (unsigned i = 0; i < 5; i++) {
		pulse_begin(PULSE_AUTHZ);
		g_assert_false(pulse_stuck(PULSE_AUTHZ, now += LIMIT_STUCK_S * SECOND_US / 2));
		pulse_end(PULSE_AUTHZ);
	}
	g_assert_false(pulse_stuck(PULSE_AUTHZ, now += SECOND_US));
	g_assert_true(pulse_stuck(PULSE_AUTHZ, now + LONG_US));
	pulse_end(PULSE_AUTHZ);
}

static void test_catalog(void)
{
	g_autofree char *text = NULL;

	g_assert_true(g_file_get_contents(g_getenv("SENTINEL_CATALOG"), &text, NULL, NULL));
	for (unsigned i = 0; i < EVENT_COUNT; i++) {
		g_autofree char *head = g_strdup_printf("\n-- %s\nSubject: ", event_message_id((EventId)i));
		g_assert_cmpuint(strlen(event_message_id((EventId)i)), ==, 32);
		if (!strstr(text, head))
			g_error("the catalog has no entry %s", event_message_id((EventId)i));
	}
	g_auto(GStrv) entries = g_strsplit(text, "\n-- ", -1);
	g_assert_cmpuint(g_strv_length(entries), ==, EVENT_COUNT + 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/health/beats", test_beats);
	g_test_add_func("/health/budget", test_budget);
	g_test_add_func("/health/stuck", test_stuck);
	g_test_add_func("/health/progress", test_progress);
	g_test_add_func("/health/catalog", test_catalog);
	return g_test_run();
}
