/* SPDX-License-Identifier: MIT
 *
 * Policies.Diff: two policies as texts, so that it says nothing of files.
 */
#include <string.h>
#include "base/limits.h"
#include "bus/sight.h"
#include "bus/task.h"
#include "policy/review/difference.h"

typedef struct Diff {
	const char *before, *after; /* of the message */
	GPtrArray *diagnostics;
	DifferenceList differences;
} Diff;

static int read_texts(Task *task)
{
	Diff *diff = task->work.data;
	int r = text_read(task, "a policy", LIMIT_POLICY_BYTES, &diff->before);

	return r < 0 ? r : text_read(task, "a policy", LIMIT_POLICY_BYTES, &diff->after);
}

static void compare(Work *work)
{
	Diff *diff = work->data;
	const Insight sight = sight_of(work);

	/* Its author chooses the paths that are looked at. */
	sight_use(&sight);
	diff->diagnostics = diagnostics_new();
	g_autoptr(Policy) before = policy_parse("before", diff->before, strlen(diff->before), diff->diagnostics);
	g_autoptr(Policy) after = policy_parse("after", diff->after, strlen(diff->after), diff->diagnostics);
	if (before && after)
		(void)policy_difference(before, after, work->arena, &diff->differences); /* what was not whole the budget says */
	sight_use(NULL);
}

static int answer(Task *task, sd_bus_message *reply)
{
	const Diff *diff = task->work.data;
	int r = bus_append_diagnostics(reply, diff->diagnostics);

	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(sss)");
	for (size_t i = 0; r >= 0 && i < diff->differences.count; i++) {
		const Difference *one = &diff->differences.items[i];
		r = sd_bus_message_append(reply, "(sss)", difference_effect_name(one->effect), one->key, one->text);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static void clear(void *data)
{
	const Diff *diff = data;

	if (diff->diagnostics)
		g_ptr_array_unref(diff->diagnostics);
}

const Handler policies_diff = { sizeof(Diff), read_texts, compare, answer, clear };
