/* SPDX-License-Identifier: MIT
 *
 * Folding, the number of new bubbles, quiet hours, and what becomes of bubbles.
 */
#include <string.h>
#include "notifier/board.h"

#define SECOND_US ((uint64_t)1000 * 1000)
#define START_US (1000 * SECOND_US)

static Settings settings;
static Board board;

static News *denied(const char *rule, const char *image, NewsSeverity severity)
{
	News *news = news_new(NEWS_DENIED);
	static uint64_t id;

	news->id = ++id;
	news->severity = severity;
	news_set(&news->rule, rule);
	news_set(&news->image, image);
	return news;
}

static void set_up(void)
{
	settings = settings_default;
	board_init(&board, &settings);
}

/* Sends what is due; how many there were.  `ids` counts up. */
static unsigned send_all(uint64_t now_us)
{
	static uint32_t ids;
	unsigned sent = 0;
	Bubble *bubble;

	while ((bubble = board_due(&board, now_us))) {
		bubble->changed = false;
		board_sent(&board, bubble, bubble->server_id ? bubble->server_id : ++ids, now_us);
		sent++;
	}
	return sent;
}

static unsigned count_bubbles(NewsKind kind)
{
	unsigned count = 0;

	for (size_t i = 0; i < LIMIT_NOTIFIER_BUBBLES; i++)
		count += board.bubbles[i].news && board.bubbles[i].news->kind == kind;
	return count;
}

static Bubble *first_of(NewsKind kind)
{
	for (size_t i = 0; i < LIMIT_NOTIFIER_BUBBLES; i++)
		if (board.bubbles[i].news && board.bubbles[i].news->kind == kind)
			return &board.bubbles[i];
	g_error("there is no bubble of kind %d", (int)kind);
}

static void test_fold(void)
{
	set_up();
	board_add(&board, denied("privileged", "ubuntu", SEVERITY_CRITICAL), START_US);
	g_assert_cmpuint(send_all(START_US), ==, 1);
	uint32_t id = first_of(NEWS_DENIED)->server_id;
	board_add(&board, denied("privileged", "ubuntu", SEVERITY_CRITICAL), START_US + SECOND_US / 2);
	g_assert_null(board_due(&board, START_US + SECOND_US / 2)); /* not twice within a second */
	g_assert_cmpuint(board_next_us(&board, START_US + SECOND_US / 2), ==, START_US + SECOND_US);
	g_assert_cmpuint(send_all(START_US + SECOND_US), ==, 1);
	g_assert_cmpuint(first_of(NEWS_DENIED)->count, ==, 2);
	g_assert_cmpuint(first_of(NEWS_DENIED)->server_id, ==, id);
	/* 30 s after the last one, not after the first */
	board_add(&board, denied("privileged", "ubuntu", SEVERITY_CRITICAL), START_US + 30 * SECOND_US);
	g_assert_cmpuint(count_bubbles(NEWS_DENIED), ==, 1);
	board_add(&board, denied("privileged", "ubuntu", SEVERITY_CRITICAL), START_US + 60 * SECOND_US);
	g_assert_cmpuint(count_bubbles(NEWS_DENIED), ==, 2);
	board_add(&board, denied("privileged", "debian", SEVERITY_CRITICAL), START_US + 60 * SECOND_US);
	board_add(&board, denied("network", "ubuntu", SEVERITY_CRITICAL), START_US + 60 * SECOND_US);
	g_assert_cmpuint(count_bubbles(NEWS_DENIED), ==, 4);
	board_clear(&board);
}

static void add_many(unsigned count, uint64_t now_us)
{
	for (unsigned i = 0; i < count; i++) {
		g_autofree char *image = g_strdup_printf("image-%u", i);
		board_add(&board, denied("privileged", image, i % 7 ? SEVERITY_HIGH : SEVERITY_CRITICAL), now_us);
	}
}

static void test_rate(void)
{
	set_up();
	add_many(LIMIT_NOTIFIER_NEW, START_US);
	g_assert_cmpuint(count_bubbles(NEWS_DENIED), ==, LIMIT_NOTIFIER_NEW);
	g_assert_cmpuint(count_bubbles(NEWS_MISSED), ==, 0);
	add_many(10000, START_US + SECOND_US);
	/* those of the first six fold, the others are counted in one */
	g_assert_cmpuint(count_bubbles(NEWS_DENIED), ==, LIMIT_NOTIFIER_NEW);
	g_assert_cmpuint(first_of(NEWS_MISSED)->count, ==, 10000 - LIMIT_NOTIFIER_NEW);
	g_assert_cmpint(news_urgency(first_of(NEWS_MISSED)->news), ==, URGENCY_CRITICAL);
	g_assert_nonnull(strstr(first_of(NEWS_MISSED)->news->command, "sentinel audit list --decision denied"));
	g_assert_cmpuint(send_all(START_US + SECOND_US), ==, LIMIT_NOTIFIER_NEW + 1);
	add_many(1, START_US + 61 * SECOND_US);
	g_assert_cmpuint(count_bubbles(NEWS_DENIED), ==, LIMIT_NOTIFIER_NEW + 1);
	board_clear(&board);
}

/* What the guard says of itself does not drown. */
static void test_guard_news(void)
{
	set_up();
	add_many(100, START_US);
	board_add(&board, news_of_guard(NEWS_STOPPED, "", "x", ""), START_US);
	g_assert_cmpuint(count_bubbles(NEWS_STOPPED), ==, 1);
	board_clear(&board);
}

static void test_dismissed(void)
{
	set_up();
	board_add(&board, denied("privileged", "ubuntu", SEVERITY_HIGH), START_US);
	(void)send_all(START_US);
	board_closed(first_of(NEWS_DENIED), true);
	board_add(&board, denied("privileged", "ubuntu", SEVERITY_HIGH), START_US + 20 * SECOND_US);
	g_assert_cmpuint(send_all(START_US + 20 * SECOND_US), ==, 0);
	g_assert_cmpuint(first_of(NEWS_DENIED)->count, ==, 2);
	board_add(&board, denied("privileged", "ubuntu", SEVERITY_HIGH), START_US + 31 * SECOND_US);
	g_assert_cmpuint(send_all(START_US + 31 * SECOND_US), ==, 1);
	board_clear(&board);
}

static void test_note(void)
{
	set_up();
	board_add(&board, denied("privileged", "ubuntu", SEVERITY_HIGH), START_US);
	(void)send_all(START_US);
	Bubble *bubble = first_of(NEWS_DENIED);
	uint64_t serial = bubble->serial;
	board_note(bubble, "Allowed once", true);
	g_assert_cmpuint(send_all(START_US + 1), ==, 1); /* a person waits */
	board_add(&board, denied("privileged", "ubuntu", SEVERITY_HIGH), START_US + SECOND_US);
	g_assert_cmpuint(count_bubbles(NEWS_DENIED), ==, 2); /* it says something else now */
	g_assert_true(board_find(&board, serial) == bubble);
	board_clear(&board);
	g_assert_null(board_find(&board, serial));
}

static void test_quiet(void)
{
	set_up();
	board_set_quiet(&board, true, START_US);
	board_add(&board, denied("a", "ubuntu", SEVERITY_HIGH), START_US);
	board_add(&board, denied("b", "ubuntu", SEVERITY_HIGH), START_US);
	settings.warned = SEVERITY_LOW;
	board_add(&board, news_new(NEWS_WARNED), START_US); /* of which nobody need hear later */
	g_assert_cmpuint(send_all(START_US), ==, 0);
	board_add(&board, denied("c", "ubuntu", SEVERITY_CRITICAL), START_US);
	g_assert_cmpuint(send_all(START_US), ==, 1);
	board_set_quiet(&board, false, START_US + SECOND_US);
	g_assert_cmpuint(first_of(NEWS_MISSED)->count, ==, 2);
	g_assert_cmpuint(send_all(START_US + SECOND_US), ==, 1);
	board_set_quiet(&board, false, START_US + SECOND_US);
	g_assert_cmpuint(first_of(NEWS_MISSED)->count, ==, 2);
	settings.quiet_critical = false;
	board_set_quiet(&board, true, START_US + SECOND_US);
	board_add(&board, denied("d", "ubuntu", SEVERITY_CRITICAL), START_US + SECOND_US);
	g_assert_cmpuint(send_all(START_US + SECOND_US), ==, 0);
	board_clear(&board);
}

static void test_levels(void)
{
	set_up();
	settings.denied = SEVERITY_HIGH;
	board_add(&board, denied("a", "ubuntu", SEVERITY_MEDIUM), START_US);
	g_assert_cmpuint(count_bubbles(NEWS_DENIED), ==, 0);
	board_add(&board, denied("a", "ubuntu", SEVERITY_HIGH), START_US);
	g_assert_cmpuint(count_bubbles(NEWS_DENIED), ==, 1);
	board_add(&board, news_new(NEWS_WARNED), START_US);
	g_assert_cmpuint(count_bubbles(NEWS_WARNED), ==, 0);
	settings.warned = SEVERITY_LOW;
	board_add(&board, news_new(NEWS_WARNED), START_US);
	g_assert_cmpuint(count_bubbles(NEWS_WARNED), ==, 1);
	g_assert_cmpint(news_urgency(first_of(NEWS_WARNED)->news), ==, URGENCY_LOW);
	board_clear(&board);
}

/* Another server knows nothing of the ids; what it never saw is shown to it, but not all of a long night. */
static void test_server(void)
{
	set_up();
	board_add(&board, denied("shown", "ubuntu", SEVERITY_HIGH), START_US);
	(void)send_all(START_US);
	for (unsigned minute = 1; minute <= 5; minute++)
		add_many(LIMIT_NOTIFIER_NEW, START_US + minute * 61 * SECOND_US);
	g_assert_cmpuint(count_bubbles(NEWS_DENIED), >, LIMIT_NOTIFIER_NEW + 1);
	board_forget_server(&board, START_US + 400 * SECOND_US);
	g_assert_cmpuint(send_all(START_US + 400 * SECOND_US), ==, LIMIT_NOTIFIER_NEW + 1);
	g_assert_cmpuint(first_of(NEWS_MISSED)->count, ==, 4 * LIMIT_NOTIFIER_NEW);
	board_clear(&board);
}

/* An answer that is on its way when the server goes: the bubble was perhaps never seen. */
static void test_sending(void)
{
	set_up();
	board_add(&board, denied("a", "ubuntu", SEVERITY_HIGH), START_US);
	Bubble *bubble = board_due(&board, START_US);
	bubble->changed = false;
	bubble->sending = true;
	g_assert_null(board_due(&board, START_US));
	board_forget_server(&board, START_US);
	g_assert_true(board_due(&board, START_US) == bubble);
	board_clear(&board);
}

/* All places taken by what was not shown: the newest is counted, and told when there is room. */
static void test_full(void)
{
	set_up();
	for (unsigned i = 0; i < LIMIT_NOTIFIER_BUBBLES + 5; i++) {
		g_autofree char *image = g_strdup_printf("image-%u", i);
		board_add(&board, denied("a", image, SEVERITY_HIGH), START_US + i * 20 * SECOND_US);
	}
	uint64_t end_us = START_US + 1000 * SECOND_US;
	g_assert_cmpuint(count_bubbles(NEWS_DENIED), ==, LIMIT_NOTIFIER_BUBBLES);
	g_assert_cmpuint(send_all(end_us), ==, LIMIT_NOTIFIER_BUBBLES);
	board_set_quiet(&board, false, end_us);
	g_assert_cmpuint(first_of(NEWS_MISSED)->count, ==, 5);
	board_clear(&board);
}

/* Two bubbles of one id: an action could mean either. */
static void test_same_id(void)
{
	set_up();
	board_add(&board, denied("a", "ubuntu", SEVERITY_HIGH), START_US);
	board_add(&board, denied("b", "ubuntu", SEVERITY_HIGH), START_US);
	for (unsigned i = 0; i < 2; i++) {
		Bubble *bubble = board_due(&board, START_US);
		bubble->changed = false;
		board_sent(&board, bubble, 7, START_US);
	}
	g_assert_cmpstr(board_find_shown(&board, 7)->news->rule, ==, "b");
	g_assert_null(board_find_shown(&board, 0));
	board_clear(&board);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/board/fold", test_fold);
	g_test_add_func("/board/rate", test_rate);
	g_test_add_func("/board/guard", test_guard_news);
	g_test_add_func("/board/dismissed", test_dismissed);
	g_test_add_func("/board/note", test_note);
	g_test_add_func("/board/quiet", test_quiet);
	g_test_add_func("/board/levels", test_levels);
	g_test_add_func("/board/server", test_server);
	g_test_add_func("/board/sending", test_sending);
	g_test_add_func("/board/full", test_full);
	g_test_add_func("/board/same-id", test_same_id);
	return g_test_run();
}
