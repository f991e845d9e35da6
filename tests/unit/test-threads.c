/* SPDX-License-Identifier: MIT
 *
 * What threads share: the worker, the World, the queue of decisions.  Worth most under ThreadSanitizer.
 */
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/limits.h"
#include "base/worker.h"
#include "core/notice.h"
#include "core/world.h"

#define JOBS 100
#define ROUNDS 2000

typedef struct Task {
	int number;
	pthread_t ran_on;
	int *order, *done;
} Task;

static void task_run(void *data)
{
	Task *task = data;

	task->ran_on = pthread_self();
}

static void task_done(void *data)
{
	Task *task = data;

	g_assert_false(pthread_equal(task->ran_on, pthread_self()));
	task->order[(*task->done)++] = task->number;
	g_free(task);
}

static void submit(Worker *worker, int number, int *order, int *done)
{
	Task *task = g_new0(Task, 1);

	*task = (Task){ .number = number, .order = order, .done = done };
	g_assert_true(worker_submit(worker, task_run, task_done, task));
}

static void test_worker_order(void)
{
	sd_event *event = NULL;
	int order[JOBS], done = 0;

	g_assert_cmpint(sd_event_new(&event), >=, 0);
	Worker *worker = worker_new(event, &worker_loader, NULL);
	for (int i = 0; i < JOBS; i++)
		submit(worker, i, order, &done);
	while (done < JOBS)
		g_assert_cmpint(sd_event_run(event, UINT64_MAX), >=, 0);
	for (int i = 0; i < JOBS; i++)
		g_assert_cmpint(order[i], ==, i);
	worker_free(worker);
	sd_event_unref(event);
}

static void test_worker_free_finishes(void)
{
	sd_event *event = NULL;
	int order[JOBS], done = 0;

	g_assert_cmpint(sd_event_new(&event), >=, 0);
	Worker *worker = worker_new(event, &worker_loader, NULL);
	for (int i = 0; i < JOBS; i++)
		submit(worker, i, order, &done);
	worker_free(worker);
	g_assert_cmpint(done, ==, JOBS);
	sd_event_unref(event);
}

static pthread_mutex_t hold = PTHREAD_MUTEX_INITIALIZER;

static void wait_run(void *data)
{
	(void)data;
	(void)pthread_mutex_lock(&hold);
	(void)pthread_mutex_unlock(&hold);
}

static void wait_done(void *data)
{
	++*(int *)data;
}

static void test_worker_limit(void)
{
	sd_event *event = NULL;
	int done = 0;

	g_assert_cmpint(sd_event_new(&event), >=, 0);
	Worker *worker = worker_new(event, &worker_loader, NULL);
	(void)pthread_mutex_lock(&hold);
	for (unsigned i = 0; i < LIMIT_JOBS; i++)
		g_assert_true(worker_submit(worker, wait_run, wait_done, &done));
	g_assert_false(worker_submit(worker, wait_run, wait_done, &done));
	(void)pthread_mutex_unlock(&hold);
	worker_free(worker);
	g_assert_cmpint(done, ==, (int)LIMIT_JOBS);
	sd_event_unref(event);
}

typedef struct Place {
	int nice;
	cpu_set_t processors;
} Place;

static void place_run(void *data)
{
	Place *place = data;

	place->nice = getpriority(PRIO_PROCESS, (id_t)gettid());
	g_assert_cmpint(sched_getaffinity(gettid(), sizeof place->processors, &place->processors), ==, 0);
}

static void place_done(void *data)
{
	(void)data;
}

/* Questions may take long; what decides, and what loads policies, goes before them, and has a processor where no question is. */
static void test_worker_place(void)
{
	const struct { const WorkerShape *shape; bool behind; } rows[] = { { &worker_loader, false }, { &worker_writer, false }, { &worker_packer, true }, { &worker_readers, true } };
	Place ours = { .nice = getpriority(PRIO_PROCESS, 0) };

	g_assert_cmpint(sched_getaffinity(0, sizeof ours.processors, &ours.processors), ==, 0);
	const int count = CPU_COUNT(&ours.processors);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		sd_event *event = NULL;
		Place place = { .nice = INT_MIN };
		g_assert_cmpint(sd_event_new(&event), >=, 0);
		Worker *worker = worker_new(event, rows[i].shape, NULL);
		g_assert_true(worker_submit(worker, place_run, place_done, &place));
		worker_free(worker);
		sd_event_unref(event);
		g_assert_cmpint(place.nice, !=, INT_MIN);
		g_assert_true(rows[i].behind ? place.nice > ours.nice || ours.nice == 19 : place.nice == ours.nice);
		g_assert_cmpint(CPU_COUNT(&place.processors), ==, rows[i].behind && count > 1 ? count - 1 : count);
	}
	g_assert_cmpint(getpriority(PRIO_PROCESS, 0), ==, ours.nice);
	g_assert_cmpint(sched_getaffinity(0, sizeof ours.processors, &ours.processors), ==, 0);
	g_assert_cmpint(CPU_COUNT(&ours.processors), ==, count);
}

static _Atomic unsigned running, most;

static void hold_run(void *data)
{
	unsigned now = atomic_fetch_add(&running, 1) + 1;

	(void)data;
	if (now > atomic_load(&most))
		atomic_store(&most, now);
	wait_run(NULL);
	atomic_fetch_sub(&running, 1);
}

static void quick_done(void *data)
{
	*(bool *)data = true;
}

static void quick_run(void *data)
{
	(void)data;
}

/* Who has all threads that one may have waits; others overtake. */
static void test_worker_owners(void)
{
	sd_event *event = NULL;
	bool overtaken = false;
	int done = 0;

	g_assert_cmpint(sd_event_new(&event), >=, 0);
	Worker *worker = worker_new(event, &worker_readers, NULL);
	(void)pthread_mutex_lock(&hold);
	for (unsigned i = 0; i < 20; i++)
		g_assert_true(worker_submit_for(worker, 7, hold_run, wait_done, &done));
	g_assert_true(worker_submit_for(worker, 8, quick_run, quick_done, &overtaken));
	while (!overtaken) /* 0: nothing has ended for so long */
		g_assert_cmpint(sd_event_run(event, 30 * G_USEC_PER_SEC), >, 0);
	g_assert_cmpint(done, ==, 0);
	(void)pthread_mutex_unlock(&hold);
	worker_stop(worker);
	g_assert_false(worker_submit_for(worker, 7, quick_run, quick_done, &overtaken));
	g_assert_cmpint(done, ==, 20);
	g_assert_cmpuint(atomic_load(&most), <=, LIMIT_READERS_PER_USER);
	worker_free(worker);
	sd_event_unref(event);
}

typedef struct Readers {
	WorldCell *cell;
	_Atomic bool stop;
	_Atomic uint64_t reads;
} Readers;

static void *read_worlds(void *data)
{
	Readers *readers = data;
	uint64_t last = 0;

	while (!atomic_load(&readers->stop)) {
		const World *world = world_acquire(readers->cell);
		g_assert_cmpuint(world->generation, >=, last);
		g_assert_true((world->policy != NULL) == (world->generation % 2 == 1));
		if (world->policy)
			g_assert_cmpstr(policy_name(world->policy), ==, "p");
		last = world->generation;
		world_release(world);
		atomic_fetch_add(&readers->reads, 1);
	}
	return NULL;
}

static void test_world(void)
{
	static const char text[] = "name: p\nmode: enforce\n";
	Readers readers = { .cell = world_cell_new() };
	pthread_t threads[3];

	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		g_assert_cmpint(pthread_create(&threads[i], NULL, read_worlds, &readers), ==, 0);
	for (uint64_t i = 1; i <= ROUNDS; i++) {
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_autoptr(Policy) policy = i % 2 ? policy_parse("p", text, strlen(text), diagnostics) : NULL;
		g_assert_cmpuint(world_publish(readers.cell, policy, FAIL_CLOSED, LOG_READS_ALL), ==, i);
	}
	while (atomic_load(&readers.reads) < ROUNDS)
		(void)sched_yield();
	atomic_store(&readers.stop, true);
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		(void)pthread_join(threads[i], NULL);
	world_cell_free(readers.cell);
}

typedef struct Heard {
	uint64_t count, last;
} Heard;

static void hear(const Notice *notice, void *data)
{
	Heard *heard = data;

	g_assert_cmpuint(notice->id, >, heard->last);
	heard->last = notice->id;
	heard->count++;
}

static void *push_notices(void *data)
{
	for (uint64_t i = 1; i <= ROUNDS; i++)
		notice_push(data, &(Notice){ .id = i });
	return NULL;
}

static void test_notices(void)
{
	sd_event *event = NULL;
	Heard heard = { 0 };
	pthread_t thread;

	g_assert_cmpint(sd_event_new(&event), >=, 0);
	NoticeQueue *queue = notice_queue_new(event, NULL);
	notice_queue_set_handler(queue, hear, &heard);
	g_assert_cmpint(pthread_create(&thread, NULL, push_notices, queue), ==, 0);
	while (heard.count + notice_dropped(queue) < ROUNDS)
		g_assert_cmpint(sd_event_run(event, 1000000), >=, 0);
	(void)pthread_join(thread, NULL);
	g_assert_cmpuint(heard.last, ==, ROUNDS);
	/* Nobody listens: the oldest go, and are counted. */
	uint64_t dropped = notice_dropped(queue);
	for (uint64_t i = 1; i <= LIMIT_NOTICES + 5; i++)
		notice_push(queue, &(Notice){ .id = ROUNDS + i });
	g_assert_cmpuint(notice_dropped(queue) - dropped, ==, 5);
	notice_queue_free(queue);
	sd_event_unref(event);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/threads/owners", test_worker_owners);
	g_test_add_func("/threads/worker-order", test_worker_order);
	g_test_add_func("/threads/worker-free-finishes", test_worker_free_finishes);
	g_test_add_func("/threads/worker-limit", test_worker_limit);
	g_test_add_func("/threads/worker-place", test_worker_place);
	g_test_add_func("/threads/world", test_world);
	g_test_add_func("/threads/notices", test_notices);
	return g_test_run();
}
