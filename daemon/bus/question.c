/* SPDX-License-Identifier: MIT
 *
 * A question that nobody needs any more still counts until polkit has answered, as it does on the bus; polkit is told to drop it.
 */
#include "base/limits.h"
#include "base/timer.h"
#include "bus/gate.h"
#include "bus/question.h"
#include "bus/writing.h"

#define SECOND_US ((uint64_t)1000 * 1000)

struct Question {
	Bus *bus;
	Task *task; /* NULL: nobody waits for the answer */
	uid_t uid;
	uint64_t number;
	sd_bus_slot *slot;
};

static void pump(Bus *bus);

static void question_free(Question *question)
{
	if (question->task)
		question->task->question = NULL;
	(void)g_queue_remove(&question->bus->questions, question);
	quota_give_back(question->bus->quotas, question->uid, QUOTA_POLKIT);
	sd_bus_slot_unref(question->slot);
	g_free(question);
}

static void on_polkit(PolkitAnswer answer, void *data)
{
	Question *question = data;
	Bus *bus = question->bus;
	Task *task = question->task;

	if (answer == POLKIT_GONE)
		polkit_cancel(bus->connection, question->number);
	question_free(question);
	if (task)
		gate_answered(task, answer);
	pump(bus);
}

/* Who writes policies has asked. */
static void on_written(Task *task, WriteResult result, WriteRight right)
{
	static const char *const actions[WRITE_RIGHT_COUNT] = {
		[WRITE_RIGHT_MANAGE] = ACTION_POLICY_MANAGE, [WRITE_RIGHT_DELETE] = ACTION_POLICY_DELETE, [WRITE_RIGHT_RELAX] = ACTION_MODE_RELAX,
	};
	Bus *bus = task->bus;

	G_STATIC_ASSERT((int)WRITE_LEFT == (int)POLKIT_LEFT && (int)WRITE_GONE == (int)POLKIT_GONE && (int)WRITE_YES == (int)POLKIT_YES);
	if (task->question)
		question_free(task->question);
	task->action = actions[right];
	if (result == WRITE_FAILED)
		task_finish(task);
	else
		gate_answered(task, (PolkitAnswer)result);
	pump(bus);
}

static bool may_have_dialog(const Task *task)
{
	return task->action != task->method->less && sd_bus_message_get_allow_interactive_authorization(task->call) > 0;
}

static void ask(Task *task)
{
	Bus *bus = task->bus;
	Question *question = g_new0(Question, 1);

	(void)quota_take(bus->quotas, task->work.uid, QUOTA_POLKIT);
	*question = (Question){ .bus = bus, .task = task, .uid = task->work.uid, .number = ++bus->question_number };
	task->question = question;
	g_queue_push_tail(&bus->questions, question);
	if (writing_asks(task)) {
		writing_begin(task, on_written);
		return;
	}
	const PolkitQuestion asked = {
		.sender = sd_bus_message_get_sender(task->call), .action = task->action, .details = task->details, .detail_count = task->detail_count,
		.number = question->number, .interactive = may_have_dialog(task),
	};
	if (polkit_ask(bus->connection, &asked, on_polkit, question, &question->slot) >= 0)
		return;
	question_free(question);
	gate_answered(task, POLKIT_GONE);
}

/* The first whose user may have another one. */
static Task *next(Bus *bus)
{
	for (GList *at = bus->waiting.head; at; at = at->next) {
		Task *task = at->data;
		if (!quota_has_room(bus->quotas, task->work.uid, QUOTA_POLKIT))
			continue;
		g_queue_delete_link(&bus->waiting, at);
		return task;
	}
	return NULL;
}

static void pump(Bus *bus)
{
	for (Task *task; (task = next(bus));)
		ask(task);
	if (!g_queue_is_empty(&bus->waiting))
		(void)timer_start(bus->patience, SECOND_US);
}

void question_enter(Task *task, bool first)
{
	task->since_us = g_get_monotonic_time();
	if (first)
		g_queue_push_head(&task->bus->waiting, task);
	else
		g_queue_push_tail(&task->bus->waiting, task);
	pump(task->bus);
}

void question_leave(Task *task)
{
	(void)g_queue_remove(&task->bus->waiting, task);
	if (!task->question)
		return;
	if (writing_asks(task)) {
		question_free(task->question);
		(void)timer_start(task->bus->patience, 1); /* the next one's turn */
		return;
	}
	polkit_cancel(task->bus->connection, task->question->number);
	task->question->task = NULL;
	task->question = NULL;
}

static int on_patience(sd_event_source *source, uint64_t now, void *data)
{
	Bus *bus = data;
	int64_t before_us = g_get_monotonic_time() - LIMIT_POLKIT_WAIT_S * (int64_t)SECOND_US;

	(void)source;
	(void)now;
	for (GList *at = bus->waiting.head, *following; at; at = following) {
		Task *task = at->data;
		following = at->next;
		if (task->since_us > before_us)
			continue;
		g_queue_delete_link(&bus->waiting, at);
		gate_answered(task, POLKIT_BUSY);
	}
	tasks_lose_patience(bus);
	pump(bus);
	if (!g_queue_is_empty(&bus->docker))
		(void)timer_start(bus->patience, SECOND_US);
	return 0;
}

int questions_start(Bus *bus)
{
	return timer_new(bus->context->event, &bus->patience, on_patience, bus);
}

void questions_clear(Bus *bus)
{
	while (!g_queue_is_empty(&bus->questions))
		question_free(g_queue_peek_head(&bus->questions));
}

void questions_stop(Bus *bus)
{
	questions_clear(bus);
	sd_event_source_disable_unref(bus->patience);
}
