/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <time.h>
#include "audit/condition.h"
#include "audit/index-internal.h"
#include "audit/place.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/pulse.h"
#include "base/worker.h"

#define TICK_MS 100u
#define INDEX_NICE 10 /* an index that is made again may take a processor for minutes, and a decision does not wait for it */

void index_set_progress(Index *index, uint64_t serves)
{
	(void)pthread_mutex_lock(&index->lock);
	index->position = trail_walk_position(index->walk);
	index->serves = serves;
	(void)pthread_cond_broadcast(&index->progress);
	(void)pthread_mutex_unlock(&index->lock);
}

bool index_is_stopping(Index *index)
{
	(void)pthread_mutex_lock(&index->lock);
	bool stopping = index->stopping;
	(void)pthread_mutex_unlock(&index->lock);
	return stopping;
}

static void *run(void *data)
{
	Index *index = data;
	struct timespec until;
	uint64_t asked = 0;
	bool stopping = false;

	thread_step_back(INDEX_NICE);
	while (!stopping) {
		pulse_begin(PULSE_AUDIT);
		index_catch_up(index, asked);
		bool more = index_work_behind(index);
		pulse_end(PULSE_AUDIT);
		condition_deadline(&until, more ? 0 : TICK_MS);
		(void)pthread_mutex_lock(&index->lock);
		while (!index->stopping && !index->poked && pthread_cond_timedwait(&index->poke, &index->lock, &until) != ETIMEDOUT)
			;
		index->poked = false;
		asked = index->asked;
		stopping = index->stopping;
		(void)pthread_mutex_unlock(&index->lock);
	}
	index_catch_up(index, asked);
	return NULL;
}

static void index_free(Index *index)
{
	database_close(&index->database);
	trail_walk_free(index->walk);
	trail_walk_free(index->words);
	g_free(index->damaged);
	g_free(index->dir);
	g_free(index->database_path);
	arena_free(index->arena);
	(void)pthread_cond_destroy(&index->poke);
	(void)pthread_cond_destroy(&index->progress);
	(void)pthread_mutex_destroy(&index->lock);
	g_free(index);
}

Index *index_start(const char *dir, GError **error)
{
	Index *index = g_new0(Index, 1);

	(void)pthread_mutex_init(&index->lock, NULL);
	condition_init(&index->poke);
	condition_init(&index->progress);
	index->dir = g_strdup(dir);
	index->database_path = g_build_filename(dir, "audit.db", NULL);
	index->arena = arena_new();
	if (index_open_database(index, error)) {
		int r = pthread_create(&index->thread, NULL, run, index);
		if (r == 0)
			return index;
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "the thread that fills %s cannot start: %s",
			index->database_path, g_strerror(r));
	}
	index_free(index);
	return NULL;
}

void index_stop(Index *index)
{
	if (!index)
		return;
	(void)pthread_mutex_lock(&index->lock);
	index->stopping = true;
	(void)pthread_cond_signal(&index->poke);
	(void)pthread_mutex_unlock(&index->lock);
	(void)pthread_join(index->thread, NULL);
	index_free(index);
}

bool index_sync_from(Index *index, int64_t begin, unsigned timeout_ms)
{
	struct timespec until;
	int64_t end = places_end_of(index->dir);
	int r = 0;

	if (end < 0)
		return true; /* nothing was written yet */
	condition_deadline(&until, timeout_ms);
	(void)pthread_mutex_lock(&index->lock);
	uint64_t asked = ++index->asked;
	index->poked = true;
	(void)pthread_cond_signal(&index->poke);
	while ((index->serves < asked || index->position < end) && r != ETIMEDOUT) {
		if (begin >= 0 && !index_is_doubted())
			budget_report(index->position - begin, end - begin);
		r = pthread_cond_timedwait(&index->progress, &index->lock, &until);
	}
	bool reached = index->serves >= asked && index->position >= end;
	(void)pthread_mutex_unlock(&index->lock);
	return reached;
}

bool index_sync(Index *index, unsigned timeout_ms)
{
	return index_sync_from(index, -1, timeout_ms);
}
