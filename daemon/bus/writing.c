/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/timer.h"
#include "bus/writing.h"

#define SECOND_US ((uint64_t)1000 * 1000)
#define PATIENCE_US                                                                                                                        \
	((LIMIT_POLKIT_DIALOG_S + LIMIT_POLKIT_ANSWER_S + LIMIT_WRITE_PATIENCE_S) * SECOND_US) /* the helper's own, and some more */

bool writing_asks(const Task *task)
{
	return task->work.wish != NULL;
}

void writing_leave(Task *task)
{
	task->writing = sd_event_source_disable_unref(task->writing);
	task->deadline = sd_event_source_disable_unref(task->deadline);
}

static void end(Task *task, const WriteAnswer *answer)
{
	WritingFn done = task->written;

	writing_leave(task);
	if (answer && answer->result < WRITE_FAILED) {
		done(task, answer->result, answer->right);
		return;
	}
	(void)work_fail(&task->work, "Unavailable", "who writes policies (sentinel-write.service) does not answer; nothing was changed");
	done(task, WRITE_FAILED, WRITE_RIGHT_MANAGE);
}

static int on_answer(sd_event_source *source, int fd, uint32_t events, void *data)
{
	Task *task = data;
	WriteAnswer answer;

	(void)source;
	(void)fd;
	(void)events;
	end(task, write_client_hear(task->work.writer, &answer) ? &answer : NULL);
	return 0;
}

static int on_deadline(sd_event_source *source, uint64_t now, void *data)
{
	(void)source;
	(void)now;
	end(data, NULL);
	return 0;
}

static void tell(Work *work)
{
	g_autoptr(GError) error = NULL;

	work->writer = write_client_new(work->context->write_socket, work->wish, &error);
	if (!work->writer)
		(void)work_fail(work, error_word(error), "%s", error->message);
}

static void told(Task *task)
{
	sd_event *event = task->bus->context->event;
	WriteClient *client = task->work.writer;

	if (work_failed(&task->work) || !write_client_ask(client) ||
		sd_event_add_io(event, &task->writing, write_client_descriptor(client), EPOLLIN, on_answer, task) < 0 ||
		timer_new(event, &task->deadline, on_deadline, task) < 0 || timer_start(task->deadline, PATIENCE_US) < 0)
		end(task, NULL);
}

void writing_begin(Task *task, WritingFn done)
{
	task->written = done;
	task_read(task, tell, told);
}

static void unreachable(GError **error)
{
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "who writes policies was not asked; nothing was changed");
}

bool writing_apply(Work *work, const Order *order, const char *otherwise, Before *ret_before)
{
	if (!work->context->write_socket)
		return order_apply(work->context->paths, order, otherwise, ret_before, &work->error);
	if (work->writer)
		return write_client_step(work->writer, WRITE_COMMIT, &work->error);
	unreachable(&work->error);
	return false;
}

bool writing_undo(Work *work, const Order *order, const Before *before)
{
	GError **error = work->error ? NULL : &work->error;

	if (!work->context->write_socket)
		return order_undo(work->context->paths, order, before, error);
	if (work->writer)
		return write_client_step(work->writer, WRITE_UNDO, error);
	unreachable(error);
	return false;
}
