/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "notifier/board.h"

#define SECOND_US ((uint64_t)1000 * 1000)
#define MINUTE_US (60 * SECOND_US)
#define CHANGE_US ((uint64_t)LIMIT_NOTIFIER_CHANGE_MS * 1000)

void board_init(Board *board, const Settings *settings)
{
	*board = (Board){ .settings = settings };
}

static void bubble_clear(Bubble *bubble)
{
	news_free(bubble->news);
	g_free(bubble->key);
	g_free(bubble->note);
	*bubble = (Bubble){ 0 };
}

void board_clear(Board *board)
{
	for (size_t i = 0; i < LIMIT_NOTIFIER_BUBBLES; i++)
		bubble_clear(&board->bubbles[i]);
}

Bubble *board_find(Board *board, uint64_t serial)
{
	for (size_t i = 0; i < LIMIT_NOTIFIER_BUBBLES; i++)
		if (board->bubbles[i].news && board->bubbles[i].serial == serial)
			return &board->bubbles[i];
	return NULL;
}

Bubble *board_find_shown(Board *board, uint32_t server_id)
{
	for (size_t i = 0; server_id && i < LIMIT_NOTIFIER_BUBBLES; i++)
		if (board->bubbles[i].news && board->bubbles[i].server_id == server_id)
			return &board->bubbles[i];
	return NULL;
}

/* A bubble to which something happened, or whose answer is waited for, is no place for repeats. */
static bool takes_repeats(const Board *board, const Bubble *bubble, uint64_t now_us)
{
	uint64_t window = bubble->news->kind == NEWS_MISSED ? MINUTE_US : board->settings->fold_s * SECOND_US;

	return !bubble->note && !bubble->busy && now_us - bubble->last_us < window;
}

static Bubble *find_same(Board *board, const char *key, uint64_t now_us)
{
	for (size_t i = 0; i < LIMIT_NOTIFIER_BUBBLES; i++) {
		Bubble *bubble = &board->bubbles[i];
		if (bubble->news && !strcmp(bubble->key, key) && takes_repeats(board, bubble, now_us))
			return bubble;
	}
	return NULL;
}

/* A free place, else that of the bubble that is the longest over; what was not shown yet and what waits for an answer stays. */
static Bubble *make_room(Board *board)
{
	Bubble *oldest = NULL;

	for (size_t i = 0; i < LIMIT_NOTIFIER_BUBBLES; i++) {
		Bubble *bubble = &board->bubbles[i];
		if (!bubble->news)
			return bubble;
		if (bubble->changed || bubble->sending || bubble->preparing || bubble->busy)
			continue;
		if (!oldest || bubble->last_us < oldest->last_us)
			oldest = bubble;
	}
	if (oldest)
		bubble_clear(oldest);
	return oldest;
}

static bool take_turn(Board *board, uint64_t now_us)
{
	uint64_t *oldest = &board->began_us[0];
	unsigned recent = 0;

	for (size_t i = 0; i < LIMIT_NOTIFIER_NEW; i++) {
		recent += board->began_us[i] && now_us - board->began_us[i] < MINUTE_US;
		if (board->began_us[i] < *oldest)
			oldest = &board->began_us[i];
	}
	if (recent >= board->settings->per_minute)
		return false;
	*oldest = now_us;
	return true;
}

static Bubble *begin(Board *board, News *news, char *key, unsigned count, uint64_t now_us)
{
	Bubble *bubble = make_room(board);

	if (bubble)
		*bubble =
			(Bubble){ .news = news, .key = key, .count = count, .serial = ++board->serial, .last_us = now_us, .changed = true };
	return bubble;
}

void board_miss(Board *board, unsigned count, NewsSeverity severity, uint64_t now_us)
{
	g_autoptr(News) news = news_new(NEWS_MISSED);
	g_autofree char *key = news_key(news);
	Bubble *same = find_same(board, key, now_us);

	if (!count)
		return;
	news_set(&news->command, "To see them: sentinel audit list --decision denied");
	news->severity = severity;
	if (same) {
		same->count += count;
		same->news->severity = MAX(same->news->severity, severity);
		same->changed = !same->dismissed;
		same->last_us = same->dismissed ? same->last_us : now_us;
	} else if (begin(board, news, key, count, now_us)) {
		(void)g_steal_pointer(&news);
		(void)g_steal_pointer(&key);
	} else {
		board->hushed += count; /* no place for that either: it is told with what comes next */
	}
}

/* A denial without a bubble of its own; of a warning nobody need hear. */
static void count_only(Board *board, const News *news, uint64_t now_us)
{
	if (news->kind == NEWS_DENIED)
		board_miss(board, 1, news->severity, now_us);
}

static void hush(Board *board, const News *news)
{
	if (news->kind != NEWS_DENIED)
		return;
	board->worst = board->hushed ? MAX(board->worst, news->severity) : news->severity;
	board->hushed++;
}

void board_add(Board *board, News *news, uint64_t now_us)
{
	g_autoptr(News) mine = news;
	g_autofree char *key = news_key(news);
	bool judged = news->kind == NEWS_DENIED || news->kind == NEWS_WARNED;

	if (!settings_wants(board->settings, news))
		return;
	if (board->quiet && !(board->settings->quiet_critical && news_urgency(news) == URGENCY_CRITICAL)) {
		hush(board, news);
		return;
	}
	Bubble *same = find_same(board, key, now_us);
	if (same) {
		same->count++;
		/* One that a person closed is not opened again, and ends as it would have. */
		same->changed = !same->dismissed;
		same->last_us = same->dismissed ? same->last_us : now_us;
		news_free(same->news);
		same->news = g_steal_pointer(&mine);
		return;
	}
	/* The guard's own news are few, and nobody who may only use Docker makes them. */
	if ((judged && !take_turn(board, now_us)) || !begin(board, mine, key, 1, now_us)) {
		count_only(board, mine, now_us);
		return;
	}
	(void)g_steal_pointer(&mine);
	(void)g_steal_pointer(&key);
}

void board_set_quiet(Board *board, bool quiet, uint64_t now_us)
{
	unsigned hushed = board->hushed;

	board->quiet = quiet;
	if (quiet || !hushed)
		return;
	board->hushed = 0;
	board_miss(board, hushed, board->worst, now_us);
}

static bool is_ready(const Bubble *bubble)
{
	return bubble->news && bubble->changed && !bubble->sending && !bubble->preparing;
}

/* What a person waits for is not held up. */
static uint64_t ready_us(const Bubble *bubble)
{
	return bubble->sent_us && !bubble->note ? bubble->sent_us + CHANGE_US : 0;
}

Bubble *board_due(Board *board, uint64_t now_us)
{
	Bubble *first = NULL;

	for (size_t i = 0; i < LIMIT_NOTIFIER_BUBBLES; i++) {
		Bubble *bubble = &board->bubbles[i];
		if (is_ready(bubble) && ready_us(bubble) <= now_us && (!first || bubble->serial < first->serial))
			first = bubble;
	}
	return first;
}

uint64_t board_next_us(const Board *board, uint64_t now_us)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < LIMIT_NOTIFIER_BUBBLES; i++)
		if (is_ready(&board->bubbles[i]))
			next = MIN(next, MAX(ready_us(&board->bubbles[i]), now_us));
	return next;
}

void board_sent(Board *board, Bubble *bubble, uint32_t server_id, uint64_t now_us)
{
	/* An id that another bubble has, too, would lead an action astray. */
	Bubble *other = board_find_shown(board, server_id);

	if (other && other != bubble)
		other->server_id = 0;
	bubble->sending = false;
	bubble->server_id = server_id;
	bubble->sent_us = now_us;
}

void board_closed(Bubble *bubble, bool by_person)
{
	bubble->dismissed = by_person;
	if (by_person)
		bubble->server_id = 0;
}

void board_note(Bubble *bubble, const char *note, bool settled)
{
	news_set(&bubble->note, note);
	bubble->settled = settled;
	bubble->changed = true;
	bubble->dismissed = false;
}

/* What was never shown is for the next server: the newest of it, and of the others how many they were. */
void board_forget_server(Board *board, uint64_t now_us)
{
	unsigned waiting = 0, missed = 0;
	NewsSeverity worst = SEVERITY_LOW;

	for (size_t i = 0; i < LIMIT_NOTIFIER_BUBBLES; i++) {
		Bubble *bubble = &board->bubbles[i];
		bubble->server_id = 0;
		bubble->changed |= bubble->sending; /* its answer will not come */
		bubble->sending = false;
		waiting += bubble->news && bubble->news->kind == NEWS_DENIED && bubble->changed;
	}
	while (waiting > board->settings->per_minute) {
		Bubble *oldest = NULL;
		for (size_t i = 0; i < LIMIT_NOTIFIER_BUBBLES; i++) {
			Bubble *bubble = &board->bubbles[i];
			if (bubble->news && bubble->news->kind == NEWS_DENIED && bubble->changed &&
				(!oldest || bubble->serial < oldest->serial))
				oldest = bubble;
		}
		missed += oldest->count;
		worst = MAX(worst, oldest->news->severity);
		bubble_clear(oldest);
		waiting--;
	}
	board_miss(board, missed, worst, now_us);
}
