/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/timer.h"
#include "core/notice.h"

struct NoticeQueue {
	_Atomic bool heard; /* somebody listens */
	pthread_mutex_t lock; /* guards the ring */
	Notice ring[LIMIT_NOTICES];
	unsigned first, count;
	uint64_t dropped;
	int wakeup;
	sd_event_source *source, *pause;
	NoticeFn deliver;
	void *data;
};

static bool take(NoticeQueue *queue, Notice *ret)
{
	(void)pthread_mutex_lock(&queue->lock);
	bool any = queue->count > 0;
	if (any) {
		*ret = queue->ring[queue->first];
		queue->first = (queue->first + 1) % LIMIT_NOTICES;
		queue->count--;
	}
	(void)pthread_mutex_unlock(&queue->lock);
	return any;
}

static void deliver_all(NoticeQueue *queue)
{
	Notice notice;

	while (take(queue, &notice))
		if (queue->deliver)
			queue->deliver(&notice, queue->data);
}

/* The first is delivered at once; those that follow soon wait for each other: a wake-up costs more than a decision. */
static int on_wakeup(sd_event_source *source, int fd, uint32_t events, void *data)
{
	NoticeQueue *queue = data;
	eventfd_t value;

	(void)events;
	(void)eventfd_read(fd, &value);
	deliver_all(queue);
	if (timer_start(queue->pause, LIMIT_NOTICE_PAUSE_MS * (uint64_t)1000) < 0)
		return 0;
	return sd_event_source_set_enabled(source, SD_EVENT_OFF);
}

static int on_pause_end(sd_event_source *source, uint64_t now, void *data)
{
	NoticeQueue *queue = data;

	(void)source;
	(void)now;
	deliver_all(queue);
	return sd_event_source_set_enabled(queue->source, SD_EVENT_ON);
}

NoticeQueue *notice_queue_new(sd_event *event, GError **error)
{
	NoticeQueue *queue = g_new0(NoticeQueue, 1);

	(void)pthread_mutex_init(&queue->lock, NULL);
	queue->wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int r = sd_event_add_io(event, &queue->source, queue->wakeup, EPOLLIN, on_wakeup, queue);
	if (r >= 0)
		r = timer_new(event, &queue->pause, on_pause_end, queue);
	if (r >= 0)
		return queue;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "the queue of decisions cannot be set up: %s", g_strerror(-r));
	notice_queue_free(queue);
	return NULL;
}

void notice_queue_free(NoticeQueue *queue)
{
	if (!queue)
		return;
	sd_event_source_disable_unref(queue->source);
	sd_event_source_disable_unref(queue->pause);
	(void)close(queue->wakeup);
	(void)pthread_mutex_destroy(&queue->lock);
	g_free(queue);
}

void notice_queue_set_handler(NoticeQueue *queue, NoticeFn deliver, void *data)
{
	queue->deliver = deliver;
	queue->data = data;
	atomic_store(&queue->heard, deliver != NULL);
}

void notice_push(NoticeQueue *queue, const Notice *notice)
{
	if (!atomic_load_explicit(&queue->heard, memory_order_relaxed))
		return;
	(void)pthread_mutex_lock(&queue->lock);
	bool was_empty = queue->count == 0;
	if (queue->count == LIMIT_NOTICES) {
		queue->first = (queue->first + 1) % LIMIT_NOTICES;
		queue->count--;
		queue->dropped++;
	}
	queue->ring[(queue->first + queue->count++) % LIMIT_NOTICES] = *notice;
	(void)pthread_mutex_unlock(&queue->lock);
	if (was_empty)
		(void)eventfd_write(queue->wakeup, 1);
}

uint64_t notice_dropped(NoticeQueue *queue)
{
	(void)pthread_mutex_lock(&queue->lock);
	uint64_t dropped = queue->dropped;
	(void)pthread_mutex_unlock(&queue->lock);
	return dropped;
}
