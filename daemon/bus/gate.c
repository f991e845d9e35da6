/* SPDX-License-Identifier: MIT
 *
 * The gate: one table (methods.c), one place, before every handler.  What has no row is refused.  A call that
 * needs an authorization is set aside while the bus is asked who calls and polkit
 * whether they may; then the very same message is put back into the queue, finds its task decided
 * and goes on to its handler.
 */
#include <unistd.h>
#include "base/limits.h"
#include "base/log.h"
#include "bus/gate.h"
#include "bus/question.h"
#include "bus/writing.h"

uid_t gate_uid(const Bus *bus, const sd_bus_message *call)
{
	return bus->passing && bus->passing->call == call ? bus->passing->work.uid : (uid_t)-1;
}

static void refuse(Task *task, const char *name, const char *message)
{
	log_debug("refused %s to uid %d: %s", task->method->name, (int)task->work.uid, name);
	(void)sd_bus_reply_method_error(task->call, &SD_BUS_ERROR_MAKE_CONST(name, message));
	task_end(task);
}

static void admit(Task *task)
{
	task->work.granted = task->action;
	task->at = TASK_ADMITTED;
	if (sd_bus_enqueue_for_read(task->bus->connection, task->call) < 0)
		refuse(task, SENTINEL_ERROR_PREFIX "Busy", "too many calls wait; try again");
}

void gate_answered(Task *task, PolkitAnswer answer)
{
	static const struct { const char *name, *message; } refusals[POLKIT_COUNT] = {
		[POLKIT_NO] = { SD_BUS_ERROR_ACCESS_DENIED, "you are not authorised to do this" },
		[POLKIT_CHALLENGE] = { SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, "this needs a password" },
		[POLKIT_NO_AGENT] = { SENTINEL_ERROR_PREFIX "NoAgent", "this needs a password, and there is no agent that could ask for it" },
		[POLKIT_DISMISSED] = { SENTINEL_ERROR_PREFIX "Dismissed", "the question for a password was dismissed" },
		[POLKIT_BUSY] = { SENTINEL_ERROR_PREFIX "Busy", "too many calls wait for polkit's answer; try again" },
		[POLKIT_LEFT] = { SD_BUS_ERROR_ACCESS_DENIED, "who asked has left the bus; nothing was changed" },
		[POLKIT_GONE] = { SENTINEL_ERROR_PREFIX "Unavailable", "polkit does not answer; until it does only root may do this" },
	};
	bool answered = answer != POLKIT_GONE && answer != POLKIT_BUSY;

	if (answer == POLKIT_YES) {
		admit(task);
	} else if (task->method->less && task->action != task->method->less && answered) {
		task->action = task->method->less;
		question_enter(task, true);
	} else {
		refuse(task, refusals[answer].name, refusals[answer].message);
	}
}

static void refined(Task *task)
{
	const Refine *refine = task->method->refine;

	if (task->work.word) {
		task_finish(task); /* it was not looked at */
		return;
	}
	g_clear_error(&task->work.error);
	refine->done(task);
	if (refine->clear)
		refine->clear(task->work.data);
	task->work.data = NULL;
	if (task->work.trusted && !writing_asks(task))
		admit(task); /* what is wrong with it the handler says */
	else
		question_enter(task, false);
}

static void look_closer(Task *task)
{
	const Refine *refine = task->method->refine;

	task->work.data = arena_alloc(task->work.arena, refine->size);
	int r = refine->read(task);
	(void)sd_bus_message_rewind(task->call, true);
	if (r < 0 || !refine->work)
		refined(task);
	else
		task_read(task, refine->work, refined);
}

/* On a session bus there is nobody but the user; polkit is the system bus's. */
static void judge(Task *task)
{
	Work *work = &task->work;

	work->trusted = work->uid == 0 || (task->bus->kind == BUS_SESSION && work->uid == geteuid());
	/* Who writes policies believes nobody that a call is root's. */
	bool written = task->method->refine && task->method->refine->written && work->context->write_socket;

	if (work->trusted && !written)
		admit(task);
	else if (task->bus->kind == BUS_SESSION && !work->trusted)
		refuse(task, SD_BUS_ERROR_ACCESS_DENIED, "this service is another user's");
	else if (task->method->refine)
		look_closer(task);
	else
		question_enter(task, false);
}

/* Whose it is, is known. */
static void enter(Task *task, uid_t uid)
{
	const char *problem;

	task->work.uid = uid;
	if ((problem = quota_take(task->bus->quotas, uid, QUOTA_CALLS))) {
		refuse(task, SENTINEL_ERROR_PREFIX "LimitExceeded", problem);
		return;
	}
	task->counted = true;
	judge(task);
}

static int on_uid(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	Task *task = data;
	uint32_t uid;

	(void)error;
	task->slot = sd_bus_slot_unref(task->slot);
	if (sd_bus_message_is_method_error(reply, NULL) || sd_bus_message_read_basic(reply, 'u', &uid) < 0) {
		refuse(task, SD_BUS_ERROR_ACCESS_DENIED, "the bus does not say who calls");
		return 0;
	}
	task->sender->known = true;
	task->sender->uid = uid;
	enter(task, uid);
	return 0;
}

static int set_aside(Bus *bus, sd_bus_message *call, const Method *method)
{
	const char *name = sd_bus_message_get_sender(call);

	if (!name)
		return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_ACCESS_DENIED, "the bus does not say who calls");
	if (!descriptors_left())
		return bus_reply_named(call, "Busy", "so many files are open that what is left is kept for decisions; try again");
	Sender *sender = sender_take(bus, name);
	if (!sender)
		return bus_reply_named(call, "LimitExceeded", "as many calls of this connection as it may have wait for an answer already");
	Task *task = task_new(bus, call, method);
	task->sender = sender;
	if (sender->known)
		enter(task, sender->uid);
	else if (sd_bus_call_method_async(bus->connection, &task->slot, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
			 "GetConnectionUnixUser", on_uid, task, "s", name) < 0)
		refuse(task, SD_BUS_ERROR_ACCESS_DENIED, "the bus does not say who calls");
	return 1;
}

/* The handler has returned.  What is still here was answered by sd-bus itself. */
static int on_sweep(sd_event_source *source, void *data)
{
	Bus *bus = data;
	Task *task = g_steal_pointer(&bus->passing);

	(void)source;
	if (task)
		task_end(task);
	return 0;
}

/* On to the handler, which may ask for what the task says. */
static int pass(Bus *bus, Task *task)
{
	(void)on_sweep(NULL, bus);
	bus->passing = task;
	(void)sd_event_source_set_enabled(bus->sweep, SD_EVENT_ONESHOT);
	return 0;
}

int gate_dispatch(sd_bus_message *call, void *data, sd_bus_error *error)
{
	Bus *bus = data;

	if (!bus->passing || bus->passing->call != call)
		return sd_bus_error_set_const(error, SD_BUS_ERROR_ACCESS_DENIED, "the call did not come through the gate");
	task_begin(g_steal_pointer(&bus->passing));
	return 1;
}

static int on_message(sd_bus_message *call, void *data, sd_bus_error *error)
{
	const char *interface = sd_bus_message_get_interface(call), *member = sd_bus_message_get_member(call);
	Bus *bus = data;
	uint8_t type;

	(void)error;
	if (sd_bus_message_get_type(call, &type) < 0 || type != SD_BUS_MESSAGE_METHOD_CALL)
		return 0;
	const Method *method = method_find(interface, member);
	if (!method) {
		/* 0 would let it on to a handler; that is what this returns when the caller wants no answer. */
		int r = sd_bus_reply_method_errorf(call, SD_BUS_ERROR_UNKNOWN_METHOD, "%s has no method %s", interface ? interface : "The service", member ? member : "");
		return r < 0 ? r : 1;
	}
	if (!method->action)
		return 0;
	Task *task = task_find(bus, call);
	if (task)
		return task->at == TASK_ADMITTED ? pass(bus, task) : 1;
	if (bus->kind != BUS_PEER) {
		int r = set_aside(bus, call, method);
		return r < 0 ? r : 1;
	}
	/* On a socketpair the caller started us. */
	task = task_new(bus, call, method);
	task->work.granted = task->action;
	task->work.trusted = true;
	task->work.uid = getuid();
	task->at = TASK_ADMITTED;
	return pass(bus, task);
}

int gate_prepare(Bus *bus)
{
	int r = sd_event_add_defer(bus->context->event, &bus->sweep, on_sweep, bus);

	return r < 0 ? r : sd_event_source_set_enabled(bus->sweep, SD_EVENT_OFF);
}

int gate_install(Bus *bus)
{
	return sd_bus_add_filter(bus->connection, NULL, on_message, bus);
}

void gate_clear(Bus *bus)
{
	(void)on_sweep(NULL, bus);
	questions_clear(bus);
}
