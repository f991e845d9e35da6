/* SPDX-License-Identifier: MIT
 *
 * One call on its way: through the gate, to a thread or to Docker, and back.  Quota, deadline, the end of the caller and "busy" are
 * seen to here; handlers read arguments, work, and answer.  Main thread.
 */
#pragma once

#include "bus/internal.h"

#define TASK_DETAILS 8

typedef enum TaskAt { TASK_AT_GATE, TASK_ADMITTED, TASK_RUNS } TaskAt;
typedef void (*TaskFn)(Task *task);

struct Task {
	Work work; /* what threads see */
	Bus *bus;
	const Method *method;
	sd_bus_message *call;
	Sender *sender;      /* NULL: a peer */
	TaskAt at;
	const char *action;  /* that is asked for */
	Detail details[TASK_DETAILS]; /* for polkit's dialog and rules */
	size_t detail_count;
	sd_bus_slot *slot;   /* of the question who calls */
	Question *question;  /* to polkit; NULL: none, or it waits for its turn */
	sd_event_source *writing, *deadline; /* of the same question, which who writes policies puts (writing.h) */
	void (*written)(Task *task, WriteResult result, WriteRight right);
	int64_t since_us;    /* waits */
	bool counted;        /* in its user's quota */
	bool away;           /* a thread has it, or Docker */
	bool gone;           /* nobody waits for the answer */
	void (*run)(Work *work);
	TaskFn then;
};

Task *task_new(Bus *bus, sd_bus_message *call, const Method *method);
/* NULL: the call is none of ours yet. */
Task *task_find(const Bus *bus, const sd_bus_message *call);
/* The gate let it through, and sd-bus found the member: from here to its answer. */
void task_begin(Task *task);
/* `run` on a reader, or on the writer; then `then` on main, unless it is over by then. */
void task_read(Task *task, void (*run)(Work *work), TaskFn then);
void task_write(Task *task, void (*run)(Work *work), TaskFn then);
/* The answer, or why there is none; the task is over. */
void task_finish(Task *task);
/* Over, without a word. */
void task_end(Task *task);
/* Its caller is gone. */
void task_vanish(Task *task);
void tasks_vanish(Bus *bus, const Sender *sender); /* NULL: all, the connection is lost */
/* Who has waited too long for their turn to ask Docker is told so. */
void tasks_lose_patience(Bus *bus);
/* All are ended; no thread has any. */
void tasks_clear(Bus *bus);
/* The value is copied, and made printable; NULL is "-". */
void task_detail(Task *task, const char *name, const char *value);
