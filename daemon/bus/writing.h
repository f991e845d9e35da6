/* SPDX-License-Identifier: MIT
 *
 * Changes of policies that somebody else writes (helper/write.c), where the service may not: then that one asks polkit as well.
 */
#pragma once

#include "bus/polkit.h"
#include "bus/task.h"
#include "core/write-client.h"

/* The answer is in; `right` is what was asked for. */
typedef void (*WritingFn)(Task *task, WriteResult result, WriteRight right);

/* Whether the call is one of these. */
bool writing_asks(const Task *task);
/* Its turn has come: the helper is told what is wanted, and asks.  `done` runs later, or at once when it cannot. */
void writing_begin(Task *task, WritingFn done);
/* Nobody needs the answer. */
void writing_leave(Task *task);

/* On the writer: done here, or there; as order_apply() and order_undo(). */
bool writing_apply(Work *work, const Order *order, const char *otherwise, Before *ret_before);
bool writing_undo(Work *work, const Order *order, const Before *before);
