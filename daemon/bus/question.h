/* SPDX-License-Identifier: MIT
 *
 * Questions to polkit, each user's in turn and fewer at a time than the bus would let pass.  Main thread.
 */
#pragma once

#include "bus/polkit.h"
#include "bus/task.h"

/* Asks for task->action as soon as it is its turn; gate_answered() tells what came of it. */
void question_enter(Task *task, bool first);
/* The task needs no answer any more. */
void question_leave(Task *task);
int questions_start(Bus *bus);  /* once */
void questions_clear(Bus *bus); /* the connection goes */
void questions_stop(Bus *bus);
