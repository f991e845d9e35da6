/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <string.h>
#include "base/limits.h"
#include "scan/wishes.h"

struct Wishes {
	pthread_mutex_t lock; /* guards what follows */
	GQueue waiting;
	bool closed;
};

Wishes *wishes_new(void)
{
	Wishes *wishes = g_new0(Wishes, 1);

	(void)pthread_mutex_init(&wishes->lock, NULL);
	return wishes;
}

void wish_free(ScanWish *wish)
{
	g_free(wish->image_id);
	g_free(wish->image);
	for (size_t i = 0; i < wish->who.count; i++)
		g_free((char *)(uintptr_t)wish->who.items[i]);
	g_free(wish->who.items);
	g_free(wish);
}

void wishes_free(Wishes *wishes)
{
	for (ScanWish *wish; (wish = g_queue_pop_head(&wishes->waiting)); wish_free(wish))
		;
	(void)pthread_mutex_destroy(&wishes->lock);
	g_free(wishes);
}

void wishes_close(Wishes *wishes)
{
	(void)pthread_mutex_lock(&wishes->lock);
	wishes->closed = true;
	(void)pthread_mutex_unlock(&wishes->lock);
}

static bool holds(const Wishes *wishes, const char *image_id, unsigned scans)
{
	for (const GList *at = wishes->waiting.head; at; at = at->next) {
		const ScanWish *wish = at->data;
		if (!strcmp(wish->image_id, image_id) && (wish->scans & scans) == scans)
			return true;
	}
	return false;
}

static ScanWish *wish_new(const char *image_id, const char *image, unsigned scans, const StringList *who)
{
	ScanWish *wish = g_new0(ScanWish, 1);

	*wish = (ScanWish){ g_strdup(image_id), g_strdup(image), scans, { g_new0(const char *, who->count + 1), who->count } };
	for (size_t i = 0; i < who->count; i++)
		wish->who.items[i] = g_strdup(who->items[i]);
	return wish;
}

bool wishes_put(Wishes *wishes, const char *image_id, const char *image, unsigned scans, const StringList *who)
{
	(void)pthread_mutex_lock(&wishes->lock);
	bool room = !wishes->closed && g_queue_get_length(&wishes->waiting) < LIMIT_SCAN_QUEUE && !holds(wishes, image_id, scans);
	if (room)
		g_queue_push_tail(&wishes->waiting, wish_new(image_id, image, scans, who));
	(void)pthread_mutex_unlock(&wishes->lock);
	return room;
}

ScanWish *wishes_take(Wishes *wishes)
{
	(void)pthread_mutex_lock(&wishes->lock);
	ScanWish *wish = g_queue_pop_head(&wishes->waiting);
	(void)pthread_mutex_unlock(&wishes->lock);
	return wish;
}
