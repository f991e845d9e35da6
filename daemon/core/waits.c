/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <string.h>
#include <glib.h>
#include "base/limits.h"
#include "core/waits.h"

typedef struct Wait {
	char *what, *user;
	int64_t until_us;
	LookupFn done;
	void *data;
} Wait;

struct Waits {
	pthread_mutex_t lock; /* guards what follows */
	GQueue waiting;
	bool closed;
};

Waits *waits_new(void)
{
	Waits *waits = g_new0(Waits, 1);

	(void)pthread_mutex_init(&waits->lock, NULL);
	return waits;
}

void waits_free(Waits *waits)
{
	waits_close(waits);
	(void)pthread_mutex_destroy(&waits->lock);
	g_free(waits);
}

static unsigned count_of(const char *user, const void *data)
{
	unsigned count = 0;

	for (const GList *at = ((const Waits *)data)->waiting.head; at; at = at->next)
		count += !strcmp(((const Wait *)at->data)->user, user);
	return count;
}

bool waits_add(Waits *waits, const char *what, const StringList *who, int64_t until_us, LookupFn done, void *data)
{
	(void)pthread_mutex_lock(&waits->lock);
	const char *user = share_of(who, 1, LIMIT_SCAN_WAITS_PER_USER, count_of, waits);
	bool room = user && !waits->closed && g_queue_get_length(&waits->waiting) < share_bound(who, LIMIT_SCAN_WAITS);
	if (room) {
		Wait *wait = g_new0(Wait, 1);
		*wait = (Wait){ g_strdup(what), g_strdup(user), until_us, done, data };
		g_queue_push_tail(&waits->waiting, wait);
	}
	(void)pthread_mutex_unlock(&waits->lock);
	return room;
}

/* Out of the queue; told without the lock, for who is told may ask again at once. */
static void end_all(GQueue *ended)
{
	for (Wait *wait; (wait = g_queue_pop_head(ended));) {
		wait->done(wait->data);
		g_free(wait->what);
		g_free(wait->user);
		g_free(wait);
	}
}

void waits_look(Waits *waits, WaitBusyFn busy, void *data, int64_t now_us)
{
	GQueue ended = G_QUEUE_INIT;
	GList *next;

	(void)pthread_mutex_lock(&waits->lock);
	for (GList *at = waits->waiting.head; at; at = next) {
		Wait *wait = at->data;
		next = at->next;
		if (now_us < wait->until_us && busy(wait->what, data))
			continue;
		g_queue_delete_link(&waits->waiting, at);
		g_queue_push_tail(&ended, wait);
	}
	(void)pthread_mutex_unlock(&waits->lock);
	end_all(&ended);
}

int64_t waits_next_us(Waits *waits)
{
	int64_t soonest = 0;

	(void)pthread_mutex_lock(&waits->lock);
	for (const GList *at = waits->waiting.head; at; at = at->next) {
		const Wait *wait = at->data;
		soonest = soonest ? MIN(soonest, wait->until_us) : wait->until_us;
	}
	(void)pthread_mutex_unlock(&waits->lock);
	return soonest;
}

void waits_close(Waits *waits)
{
	GQueue ended = G_QUEUE_INIT;

	(void)pthread_mutex_lock(&waits->lock);
	waits->closed = true;
	for (Wait *wait; (wait = g_queue_pop_head(&waits->waiting));)
		g_queue_push_tail(&ended, wait);
	(void)pthread_mutex_unlock(&waits->lock);
	end_all(&ended);
}
