/* SPDX-License-Identifier: MIT
 *
 * Manager.Progress: how far the calls are that a connection has under way.
 */
#include "bus/task.h"

static int append_one(sd_bus_message *reply, Task *task)
{
	const int percent = budget_progress(&task->work.budget);
	uint64_t serial = 0;

	if (percent < 0 || task->gone || sd_bus_message_get_cookie(task->call, &serial) < 0)
		return 0;
	return sd_bus_message_append(reply, "(uu)", (uint32_t)serial, (uint32_t)percent);
}

/* Those of who asks: a peer is alone on its connection. */
static int progress_answer(Task *task, sd_bus_message *reply)
{
	int r = sd_bus_message_open_container(reply, 'a', "(uu)");

	for (const GList *at = task->bus->tasks.head; r >= 0 && at; at = at->next)
		if (((const Task *)at->data)->sender == task->sender)
			r = append_one(reply, at->data);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

const Handler manager_progress = { .answer = progress_answer };
