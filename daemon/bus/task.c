/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "base/timer.h"
#include "bus/question.h"
#include "bus/task.h"
#include "bus/writing.h"

#define SECOND_US ((int64_t)1000 * 1000)

Task *task_new(Bus *bus, sd_bus_message *call, const Method *method)
{
	Task *task = g_new0(Task, 1);

	*task = (Task){
		.work = { .context = bus->context, .views = bus->views, .arena = arena_new(), .uid = (uid_t)-1, .granted = "", .budget = { .steps = LIMIT_READ_STEPS } },
		.bus = bus, .call = sd_bus_message_ref(call), .method = method, .action = method->action,
	};
	g_queue_push_tail(&bus->tasks, task);
	return task;
}

Task *task_find(const Bus *bus, const sd_bus_message *call)
{
	for (const GList *at = bus->tasks.head; at; at = at->next)
		if (((const Task *)at->data)->call == call)
			return at->data;
	return NULL;
}

void task_detail(Task *task, const char *name, const char *value)
{
	const Detail detail = { name, value ? text_printable(task->work.arena, value, LIMIT_RECORD_WAIVED_FIELD) : "-" };

	g_assert(task->detail_count < TASK_DETAILS);
	task->details[task->detail_count++] = detail;
}

void task_end(Task *task)
{
	const Method *method = task->method;
	void (*clear)(void *data) = task->at == TASK_RUNS ? method->handler->clear : method->refine ? method->refine->clear : NULL;

	writing_leave(task);
	question_leave(task);
	(void)g_queue_remove(&task->bus->docker, task);
	(void)g_queue_remove(&task->bus->tasks, task);
	if (task->counted)
		quota_give_back(task->bus->quotas, task->work.uid, QUOTA_CALLS);
	if (task->sender)
		sender_give_back(task->sender);
	if (clear && task->work.data)
		clear(task->work.data);
	write_client_free(task->work.writer);
	sd_bus_slot_unref(task->slot);
	sd_bus_message_unref(task->call);
	g_clear_error(&task->work.error);
	arena_free(task->work.arena);
	g_free(task);
}

static int send_answer(Task *task)
{
	const Handler *handler = task->method->handler;
	sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(task->call, &reply);

	if (r >= 0 && handler->answer)
		r = handler->answer(task, reply);
	if (r >= 0 && !work_failed(&task->work))
		r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

void task_finish(Task *task)
{
	Work *work = &task->work;

	if (!work_failed(work) && !task->gone && send_answer(task) < 0)
		(void)work_fail(work, "LimitExceeded", "the answer is too large for one message; ask for less");
	if (!task->gone && work->word)
		(void)bus_reply_named(task->call, work->word, work->message);
	else if (!task->gone && work->error)
		(void)bus_reply_named(task->call, error_word(work->error), work->error->message);
	task_end(task);
}

/* On a thread. */

static void spend(Work *work, void (*run)(Work *work), unsigned seconds)
{
	budget_begin(&work->budget, seconds);
	run(work);
	budget_end();
	if (!work->budget.spent)
		return;
	/* What was found is not whole, and what it complained of may come from that. */
	g_clear_error(&work->error);
	work->word = NULL;
	(void)work_fail(work, "LimitExceeded", "this takes longer than a call may and was given up; ask for less");
}

static void on_reader(void *data)
{
	Task *task = data;
	unsigned seconds = task->method->patience_s ? task->method->patience_s : LIMIT_READ_S;

	if (atomic_load(&task->work.budget.dropped))
		(void)work_fail(&task->work, "Unavailable", "the service stops");
	else if (g_get_monotonic_time() - task->since_us > LIMIT_READ_WAIT_S * SECOND_US)
		(void)work_fail(&task->work, "Busy", "too many calls wait; try again");
	else
		spend(&task->work, task->run, seconds);
}

static void on_writer(void *data)
{
	Task *task = data;

	task->run(&task->work);
}

/* On main. */

static void on_back(void *data)
{
	Task *task = data;

	task->away = false;
	if (task->gone && (task->at != TASK_RUNS || task->method->run != RUN_WRITE))
		task_end(task);
	else
		task->then(task);
}

static void send_away(Task *task, Worker *worker, JobFn job, void (*run)(Work *work), TaskFn then)
{
	task->run = run;
	task->then = then;
	task->since_us = g_get_monotonic_time();
	task->away = worker_submit_for(worker, task->work.uid, job, on_back, task);
	if (task->away)
		return;
	(void)work_fail(&task->work, "Busy", "too many calls wait; try again");
	then(task);
}

void task_read(Task *task, void (*run)(Work *work), TaskFn then)
{
	send_away(task, task->bus->context->readers, on_reader, run, then);
}

void task_write(Task *task, void (*run)(Work *work), TaskFn then)
{
	send_away(task, task->bus->context->writer, on_writer, run, then);
}

/* Between work and questions to Docker, each user's in turn, until neither is left. */

static void go_on(Task *task);

static void docker_pump(Bus *bus);

static void on_docker(void *data)
{
	Task *task = data;
	Bus *bus = task->bus;

	quota_give_back(bus->quotas, task->work.uid, QUOTA_DOCKER);
	task->away = false;
	task->work.facts = NULL;
	task->work.asks_probe = false;
	if (task->gone)
		task_end(task);
	else if (task->method->handler->work)
		task_read(task, task->method->handler->work, go_on);
	else
		task_finish(task);
	docker_pump(bus);
}

static void ask_facts(Task *task)
{
	const Lookup *lookup = task->bus->context->lookup;
	Work *work = &task->work;

	if (work->facts)
		lookup->ask(lookup->data, work->facts, work->facts_arena ? work->facts_arena : work->arena, on_docker, task);
	else
		on_docker(task);
}

static void on_probe(Probe probe, void *data)
{
	Task *task = data;

	task->work.probe = probe;
	ask_facts(task);
}

static void ask(Task *task)
{
	const Lookup *lookup = task->bus->context->lookup;

	(void)quota_take(task->bus->quotas, task->work.uid, QUOTA_DOCKER);
	task->away = true;
	if (task->work.asks_probe)
		lookup->probe(lookup->data, on_probe, task);
	else
		ask_facts(task);
}

/* The first whose user may have another one. */
static Task *next_for_docker(Bus *bus)
{
	for (GList *at = bus->docker.head; at; at = at->next) {
		Task *task = at->data;
		if (!quota_has_room(bus->quotas, task->work.uid, QUOTA_DOCKER))
			continue;
		g_queue_delete_link(&bus->docker, at);
		return task;
	}
	return NULL;
}

/* An answer may come at once, and lead here again. */
static void docker_pump(Bus *bus)
{
	for (Task *task; (task = next_for_docker(bus));)
		ask(task);
}

static void go_on(Task *task)
{
	const Work *work = &task->work;
	Bus *bus = task->bus;

	if (work_failed(work) || (!work->facts && !work->asks_probe)) {
		task_finish(task);
		return;
	}
	task->since_us = g_get_monotonic_time();
	g_queue_push_tail(&bus->docker, task);
	docker_pump(bus); /* it may have ended: a Docker that is not there is known at once */
	if (!g_queue_is_empty(&bus->docker))
		(void)timer_start(bus->patience, (uint64_t)SECOND_US);
}

void tasks_lose_patience(Bus *bus)
{
	int64_t before_us = g_get_monotonic_time() - LIMIT_READ_WAIT_S * SECOND_US;

	for (GList *at = bus->docker.head, *next; at; at = next) {
		Task *task = at->data;
		next = at->next;
		if (task->since_us > before_us)
			continue;
		g_queue_delete_link(&bus->docker, at);
		(void)work_fail(&task->work, "Busy", "too many calls wait for Docker; try again");
		task_finish(task);
	}
}

static void start(Task *task)
{
	const Handler *handler = task->method->handler;

	switch (task->method->run) {
	case RUN_INLINE:
		if (handler->work)
			handler->work(&task->work);
		task_finish(task);
		return;
	case RUN_READ:
		task_read(task, handler->work, task_finish);
		return;
	case RUN_WRITE:
		task_write(task, handler->work, task_finish);
		return;
	case RUN_DOCKER:
		if (task->work.facts || task->work.asks_probe)
			go_on(task);
		else
			task_read(task, handler->work, go_on);
		return;
	}
}

void task_begin(Task *task)
{
	const Handler *handler = task->method->handler;

	task->at = TASK_RUNS;
	task->work.data = handler->size ? arena_alloc(task->work.arena, handler->size) : NULL;
	int r = handler->read ? handler->read(task) : 0;
	if (r < 0)
		(void)work_fail(&task->work, "InvalidArgs", "the arguments cannot be read: %s", g_strerror(-r));
	if (work_failed(&task->work))
		task_finish(task);
	else if (handler->begin)
		handler->begin(task);
	else
		start(task);
}

/* A thread or Docker gives it back first; and what was begun to be written is carried out. */
void task_vanish(Task *task)
{
	task->gone = true;
	atomic_store(&task->work.budget.dropped, true);
	bool waits = task->at != TASK_RUNS || g_queue_find(&task->bus->docker, task);
	if (!task->away && waits && task->bus->passing != task)
		task_end(task);
}

void tasks_vanish(Bus *bus, const Sender *sender)
{
	for (GList *at = bus->tasks.head, *next; at; at = next) {
		next = at->next;
		Task *task = at->data;
		if (!sender || task->sender == sender)
			task_vanish(task);
	}
}

void tasks_clear(Bus *bus)
{
	while (!g_queue_is_empty(&bus->tasks))
		task_end(g_queue_peek_head(&bus->tasks));
}
