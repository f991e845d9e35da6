/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/worker.h"

#define NO_OWNER UINT64_MAX
#define READERS_NICE 15 /* what callers want to know, and what nobody waits for: a decision does not wait for it */

const WorkerShape worker_loader = { PULSE_LOADER, 1, 1, 0 }, worker_writer = { PULSE_WRITER, 1, 1, 0 },
		  worker_packer = { PULSE_PACKER, 1, 1, READERS_NICE },
		  worker_readers = { PULSE_READER, LIMIT_READERS, LIMIT_READERS_PER_USER, READERS_NICE };

typedef struct Job {
	struct Job *next;
	uint64_t owner;
	JobFn run, done;
	void *data;
} Job;

typedef struct JobQueue {
	Job *head, **tail;
} JobQueue;

typedef struct Thread {
	Worker *worker;
	pthread_t thread;
	PulseKind pulse;
	uint64_t owner; /* of the job that runs; NO_OWNER: none */
} Thread;

struct Worker {
	const WorkerShape *shape;
	Thread *threads;
	unsigned started;
	pthread_mutex_t lock; /* guards what follows, and the threads' owners; never held while a job runs */
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

static void queue_remove(JobQueue *queue, Job *before, Job *job)
{
	if (before)
		before->next = job->next;
	else
		queue->head = job->next;
	if (!job->next)
		queue->tail = before ? &before->next : &queue->head;
}

/* With the lock. */
static unsigned running_of(const Worker *worker, uint64_t owner)
{
	unsigned count = 0;

	for (unsigned i = 0; i < worker->shape->threads; i++)
		count += worker->threads[i].owner == owner;
	return count;
}

/* The first whose owner has not got all that one may have; NULL: none.  With the lock. */
static Job *take(Worker *worker)
{
	Job *before = NULL;

	for (Job *job = worker->waiting.head; job; before = job, job = job->next) {
		if (running_of(worker, job->owner) >= worker->shape->per_owner)
			continue;
		queue_remove(&worker->waiting, before, job);
		return job;
	}
	return NULL;
}

static void run_job(const Thread *thread, const Job *job)
{
	pulse_begin(thread->pulse);
	job->run(job->data);
	pulse_end(thread->pulse);
}

void thread_step_back(int nice)
{
	/* For one thread, on Linux. */
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), getpriority(PRIO_PROCESS, (id_t)gettid()) + nice);
}

/* Priority alone is not enough: who runs may keep a processor for some milliseconds after one that is ahead of it woke, and a command of Docker's
   wakes a hundred times.  One processor has no such thread, where there are several.  (More than 1,024 of them: no set fits, and it does not matter.) */
static void leave_a_processor(void)
{
	cpu_set_t set;
	int first = 0;

	if (sched_getaffinity(gettid(), sizeof set, &set) < 0 || CPU_COUNT(&set) < 2)
		return;
	while (!CPU_ISSET(first, &set))
		first++;
	CPU_CLR(first, &set);
	(void)sched_setaffinity(gettid(), sizeof set, &set);
}

static void *work(void *data)
{
	Thread *thread = data;
	Worker *worker = thread->worker;

	if (worker->shape->nice) {
		thread_step_back(worker->shape->nice);
		leave_a_processor();
	}
	(void)pthread_mutex_lock(&worker->lock);
	for (;;) {
		Job *job = take(worker);
		if (!job && worker->stopping && !worker->waiting.head)
			break;
		if (!job) {
			(void)pthread_cond_wait(&worker->work, &worker->lock);
			continue;
		}
		thread->owner = job->owner;
		(void)pthread_mutex_unlock(&worker->lock);
		run_job(thread, job);
		(void)pthread_mutex_lock(&worker->lock);
		thread->owner = NO_OWNER;
		queue_put(&worker->finished, job);
		worker->count--;
		(void)pthread_cond_broadcast(&worker->work); /* a job of the same owner may have waited for this end */
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

static int start_threads(Worker *worker)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < worker->shape->threads; i++) {
		worker->threads[i] = (Thread){ .worker = worker, .pulse = (PulseKind)(worker->shape->pulse + i), .owner = NO_OWNER };
		(void)pthread_mutex_lock(&worker->lock);
		r = pthread_create(&worker->threads[i].thread, NULL, work, &worker->threads[i]);
		worker->started += r == 0;
		(void)pthread_mutex_unlock(&worker->lock);
	}
	return -r;
}

Worker *worker_new(sd_event *event, const WorkerShape *shape, GError **error)
{
	Worker *worker = g_new0(Worker, 1);
	int r;

	worker->shape = shape;
	worker->threads = g_new0(Thread, shape->threads);
	for (unsigned i = 0; i < shape->threads; i++)
		worker->threads[i].owner = NO_OWNER;
	(void)queue_take_all(&worker->waiting);
	(void)queue_take_all(&worker->finished);
	(void)pthread_mutex_init(&worker->lock, NULL);
	(void)pthread_cond_init(&worker->work, NULL);
	worker->wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r = sd_event_add_io(event, &worker->source, worker->wakeup, EPOLLIN, on_wakeup, worker);
	if (r >= 0)
		r = start_threads(worker);
	if (r >= 0)
		return worker;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "a worker thread (%s) cannot be started: %s", pulse_name(shape->pulse), g_strerror(-r));
	worker_free(worker);
	return NULL;
}

void worker_stop(Worker *worker)
{
	if (!worker)
		return;
	(void)pthread_mutex_lock(&worker->lock);
	worker->stopping = true;
	(void)pthread_cond_broadcast(&worker->work);
	(void)pthread_mutex_unlock(&worker->lock);
	for (; worker->started; worker->started--)
		(void)pthread_join(worker->threads[worker->started - 1].thread, NULL);
	deliver(worker);
}

void worker_free(Worker *worker)
{
	if (!worker)
		return;
	worker_stop(worker);
	sd_event_source_disable_unref(worker->source);
	(void)close(worker->wakeup);
	(void)pthread_cond_destroy(&worker->work);
	(void)pthread_mutex_destroy(&worker->lock);
	g_free(worker->threads);
	g_free(worker);
}

bool worker_submit_for(Worker *worker, uint64_t owner, JobFn run, JobFn done, void *data)
{
	(void)pthread_mutex_lock(&worker->lock);
	bool room = worker->count < LIMIT_JOBS && !worker->stopping;
	if (room) {
		Job *job = g_new0(Job, 1);
		*job = (Job){ .owner = owner, .run = run, .done = done, .data = data };
		queue_put(&worker->waiting, job);
		worker->count++;
		(void)pthread_cond_broadcast(&worker->work);
	}
	(void)pthread_mutex_unlock(&worker->lock);
	return room;
}

bool worker_submit(Worker *worker, JobFn run, JobFn done, void *data)
{
	return worker_submit_for(worker, 0, run, done, data);
}
