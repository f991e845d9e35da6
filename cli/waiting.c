/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "cli/layout.h"
#include "cli/waiting.h"

#define BAR_CELLS 24u

static const struct {
	const char *member, *what;
} slow[] = {
	{ "Verify", "reading the trail" },
	{ "Reindex", "making the index of the trail anew" },
	{ "Replay", "judging the recorded calls" },
	{ "Learn", "judging the recorded calls" },
	{ "Clear", "removing records" },
};

/* A line each second, over the one before. */
static void *show(void *data)
{
	Waiting *waiting = data;
	struct timespec next;
	bool said = false;

	(void)clock_gettime(CLOCK_MONOTONIC, &next);
	(void)pthread_mutex_lock(&waiting->lock);
	for (unsigned seconds = 1; !waiting->answered; seconds++) {
		next.tv_sec++;
		while (!waiting->answered && pthread_cond_timedwait(&waiting->over, &waiting->lock, &next) == 0)
			;
		if (waiting->answered)
			break;
		(void)fprintf(stderr, "\r%s, %u s", waiting->what, seconds);
		said = true;
	}
	(void)pthread_mutex_unlock(&waiting->lock);
	if (said)
		(void)fputs("\r\033[K", stderr);
	return NULL;
}

void waiting_begin(Waiting *waiting, const Cli *cli, const char *member)
{
	pthread_condattr_t clock;

	*waiting = (Waiting){ .what = NULL };
	for (size_t i = 0; member && i < G_N_ELEMENTS(slow); i++)
		if (!strcmp(member, slow[i].member))
			waiting->what = slow[i].what;
	if (!waiting->what || cli->agent || cli->quiet || !isatty(STDERR_FILENO))
		return;
	(void)pthread_mutex_init(&waiting->lock, NULL);
	(void)pthread_condattr_init(&clock);
	(void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&waiting->over, &clock);
	(void)pthread_condattr_destroy(&clock);
	waiting->shown = pthread_create(&waiting->thread, NULL, show, waiting) == 0;
}

void waiting_end(Waiting *waiting)
{
	if (!waiting->shown)
		return;
	(void)pthread_mutex_lock(&waiting->lock);
	waiting->answered = true;
	(void)pthread_cond_signal(&waiting->over);
	(void)pthread_mutex_unlock(&waiting->lock);
	(void)pthread_join(waiting->thread, NULL);
	(void)pthread_cond_destroy(&waiting->over);
	(void)pthread_mutex_destroy(&waiting->lock);
}

char *waiting_bar(unsigned percent)
{
	const char *full = layout_is_utf8() ? "█" : "#", *empty = layout_is_utf8() ? "░" : ".";
	GString *bar = g_string_new("");

	for (unsigned i = 0; i < BAR_CELLS; i++)
		g_string_append(bar, i * 100 < MIN(percent, 100) * BAR_CELLS ? full : empty);
	g_string_append_printf(bar, " %3u %%", MIN(percent, 100));
	return g_string_free(bar, FALSE);
}
