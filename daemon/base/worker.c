/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/pulse.h"
#include "base/worker.h"

typedef struct Job {
	struct Job *next;
	JobFn run, done;
	void *data;
} Job;

typedef struct JobQueue {
	Job *head, **tail;
} JobQueue;

struct Worker {
	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows; never held while a job runs */
	pthread_cond_t work;
	JobQueue waiting, finished;
	unsigned count; /* waiting or running */
	bool stopping;
	int wakeup;
	sd_event_source *source;
};

static void queue_put(JobQueue *queue, Job *job)
{
	job->next = NULL;
	*queue->tail = job;
	queue->tail = &job->next;
}

static Job *queue_take_all(JobQueue *queue)
{
	Job *jobs = queue->head;

	queue->head = NULL;
	queue->tail = &queue->head;
	return jobs;
}

static Job *queue_take(JobQueue *queue)
{
	Job *job = queue->head;

	queue->head = job->next;
	if (!queue->head)
		queue->tail = &queue->head;
	return job;
}

static void *work(void *data)
{
	Worker *worker = data;

	(void)pthread_mutex_lock(&worker->lock);
	for (;;) {
		while (!worker->waiting.head && !worker->stopping)
			(void)pthread_cond_wait(&worker->work, &worker->lock);
		if (!worker->waiting.head)
			break;
		Job *job = queue_take(&worker->waiting);
		(void)pthread_mutex_unlock(&worker->lock);
		pulse_begin(PULSE_WORKER);
		job->run(job->data);
		pulse_end(PULSE_WORKER);
		(void)pthread_mutex_lock(&worker->lock);
		queue_put(&worker->finished, job);
		worker->count--;
		(void)eventfd_write(worker->wakeup, 1);
	}
	(void)pthread_mutex_unlock(&worker->lock);
	return NULL;
}

static void deliver(Worker *worker)
{
	(void)pthread_mutex_lock(&worker->lock);
	Job *job = queue_take_all(&worker->finished);
	(void)pthread_mutex_unlock(&worker->lock);
	while (job) {
		Job *next = job->next;
		job->done(job->data);
		g_free(job);
		job = next;
	}
}

static int on_wakeup(sd_event_source *source, int fd, uint32_t events, void *data)
{
	eventfd_t value;

	(void)source;
	(void)events;
	(void)eventfd_read(fd, &value);
	deliver(data);
	return 0;
}

Worker *worker_new(sd_event *event, GError **error)
{
	Worker *worker = g_new0(Worker, 1);
	int r;

	(void)queue_take_all(&worker->waiting);
	(void)queue_take_all(&worker->finished);
	(void)pthread_mutex_init(&worker->lock, NULL);
	(void)pthread_cond_init(&worker->work, NULL);
	worker->wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r = sd_event_add_io(event, &worker->source, worker->wakeup, EPOLLIN, on_wakeup, worker);
	if (r >= 0)
		r = -pthread_create(&worker->thread, NULL, work, worker);
	if (r >= 0)
		return worker;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "the worker thread cannot be started: %s", g_strerror(-r));
	sd_event_source_unref(worker->source);
	(void)close(worker->wakeup);
	g_free(worker);
	return NULL;
}

void worker_free(Worker *worker)
{
	if (!worker)
		return;
	(void)pthread_mutex_lock(&worker->lock);
	worker->stopping = true;
	(void)pthread_cond_signal(&worker->work);
	(void)pthread_mutex_unlock(&worker->lock);
	(void)pthread_join(worker->thread, NULL);
	deliver(worker);
	sd_event_source_disable_unref(worker->source);
	(void)close(worker->wakeup);
	(void)pthread_cond_destroy(&worker->work);
	(void)pthread_mutex_destroy(&worker->lock);
	g_free(worker);
}

bool worker_submit(Worker *worker, JobFn run, JobFn done, void *data)
{
	(void)pthread_mutex_lock(&worker->lock);
	bool room = worker->count < LIMIT_JOBS && !worker->stopping;
	if (room) {
		Job *job = g_new0(Job, 1);
		*job = (Job){ .run = run, .done = done, .data = data };
		queue_put(&worker->waiting, job);
		worker->count++;
		(void)pthread_cond_signal(&worker->work);
	}
	(void)pthread_mutex_unlock(&worker->lock);
	return room;
}
