/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <time.h>
#include "authz/patience.h"
#include "base/limits.h"

#define STEP_US ((int64_t)LIMIT_DOUBT_STEP_MS * 1000)
#define SECOND_US 1000000

typedef struct Wake {
	GList link;
	int64_t due_us; /* CLOCK_MONOTONIC; the one before it in the queue is not due later */
	LookupFn resume;
	void *data;
} Wake;

struct Patience {
	GQueue waiters; /* of the thread that answers Docker */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	GQueue wakes;
	bool ends;
};

/* With the lock, which is not held while somebody is told. */
static void tell(Patience *patience, Wake *wake)
{
	g_queue_unlink(&patience->wakes, &wake->link);
	(void)pthread_mutex_unlock(&patience->lock);
	wake->resume(wake->data);
	g_free(wake);
	(void)pthread_mutex_lock(&patience->lock);
}

static void *run(void *data)
{
	Patience *patience = data;

	(void)pthread_mutex_lock(&patience->lock);
	while (!patience->ends || patience->wakes.head) {
		Wake *wake = patience->wakes.head ? patience->wakes.head->data : NULL;
		if (wake && (patience->ends || wake->due_us <= g_get_monotonic_time())) {
			tell(patience, wake);
		} else if (wake) {
			const struct timespec due = { wake->due_us / SECOND_US, wake->due_us % SECOND_US * 1000 };
			(void)pthread_cond_timedwait(&patience->changed, &patience->lock, &due);
		} else
			(void)pthread_cond_wait(&patience->changed, &patience->lock);
	}
	(void)pthread_mutex_unlock(&patience->lock);
	return NULL;
}

Patience *patience_new(void)
{
	Patience *patience = g_new0(Patience, 1);
	pthread_condattr_t clock;

	(void)pthread_mutex_init(&patience->lock, NULL);
	(void)pthread_condattr_init(&clock);
	(void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&patience->changed, &clock);
	(void)pthread_condattr_destroy(&clock);
	if (pthread_create(&patience->thread, NULL, run, patience) == 0)
		return patience;
	(void)pthread_cond_destroy(&patience->changed);
	(void)pthread_mutex_destroy(&patience->lock);
	g_free(patience);
	return NULL;
}

void patience_stop(Patience *patience)
{
	if (!patience || patience->ends)
		return;
	(void)pthread_mutex_lock(&patience->lock);
	patience->ends = true;
	(void)pthread_cond_signal(&patience->changed);
	(void)pthread_mutex_unlock(&patience->lock);
	(void)pthread_join(patience->thread, NULL);
}

void patience_free(Patience *patience)
{
	if (!patience)
		return;
	patience_stop(patience);
	(void)pthread_cond_destroy(&patience->changed);
	(void)pthread_mutex_destroy(&patience->lock);
	g_free(patience);
}

static bool may_have_asked(const Caller *caller, uid_t uid)
{
	for (size_t i = 0; i < caller->count; i++)
		if (caller->candidates[i].uid == uid)
			return true;
	return false;
}

static unsigned count_of(const Patience *patience, uid_t uid)
{
	unsigned count = 0;

	for (const GList *link = patience->waiters.head; link; link = link->next)
		count += may_have_asked(&((const Parked *)link->data)->caller, uid);
	return count;
}

bool patience_admit(Patience *patience, Parked *waiter)
{
	if (patience->waiters.length >= LIMIT_DOUBTS)
		return false;
	for (size_t i = 0; i < waiter->caller.count; i++)
		if (count_of(patience, waiter->caller.candidates[i].uid) >= LIMIT_DOUBTS_PER_USER)
			return false;
	waiter->link = (GList){ .data = waiter };
	g_queue_push_tail_link(&patience->waiters, &waiter->link);
	return true;
}

void patience_leave(Patience *patience, Parked *waiter)
{
	g_queue_unlink(&patience->waiters, &waiter->link);
}

void patience_wait(Patience *patience, LookupFn resume, void *data)
{
	Wake *wake = g_new0(Wake, 1);

	*wake = (Wake){ .due_us = g_get_monotonic_time() + STEP_US, .resume = resume, .data = data };
	wake->link.data = wake;
	(void)pthread_mutex_lock(&patience->lock);
	bool ends = patience->ends;
	if (!ends)
		g_queue_push_tail_link(&patience->wakes, &wake->link);
	(void)pthread_cond_signal(&patience->changed);
	(void)pthread_mutex_unlock(&patience->lock);
	if (!ends)
		return;
	g_free(wake);
	resume(data);
}
