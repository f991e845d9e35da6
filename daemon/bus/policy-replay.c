/* SPDX-License-Identifier: MIT
 *
 * Policies.Replay: the recorded calls judged again by a policy that is given as a text.
 */
#include <string.h>
#include "base/limits.h"
#include "bus/recorded-calls.h"
#include "bus/sight.h"
#include "bus/task.h"

typedef struct Replay {
	const char *yaml; /* of the message */
	CallRange range;
	GPtrArray *diagnostics;
	Policy *policy;
	ReplayReport report;
} Replay;

static int read_arguments(Task *task)
{
	Replay *replay = task->work.data;
	const BusOption options[] = { { "since", OPTION_NUMBER, &replay->range.since_us }, { "until", OPTION_NUMBER, &replay->range.until_us }, { "file", OPTION_FILE, &replay->range.file } };
	int r = text_read(task, "a policy", LIMIT_POLICY_BYTES, &replay->yaml);

	replay->range.file = -1;
	return r < 0 ? r : options_read(task, options, G_N_ELEMENTS(options));
}

static void judge(void *data, const KeptCall *kept, const ReplayCall *call, Arena *scratch)
{
	Replay *replay = data;

	replay_add(&replay->report, replay->policy, kept, call, scratch);
}

static void replay_work(Work *work)
{
	Replay *replay = work->data;
	const Insight sight = sight_of(work);

	/* Its author chooses the paths that are looked at. */
	sight_use(&sight);
	replay->diagnostics = diagnostics_new();
	replay->policy = policy_parse("policy.yaml", replay->yaml, strlen(replay->yaml), replay->diagnostics);
	sight_use(NULL);
	replay->report.arena = work->arena;
	if (replay->policy)
		calls_walk(work, &replay->range, judge, replay);
}

static int append_counts(sd_bus_message *reply, const ReplayReport *report)
{
	int r = sd_bus_message_open_container(reply, 'a', "{st}");

	for (unsigned i = 0; r >= 0 && i < REPLAY_EFFECTS; i++)
		r = sd_bus_message_append(reply, "{st}", replay_effect_name((ReplayEffect)i), report->counts[i]);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_groups(sd_bus_message *reply, const ReplayReport *report)
{
	int r = sd_bus_message_open_container(reply, 'a', "(ssst)");

	for (size_t i = 0; r >= 0 && i < report->groups.count; i++) {
		const ReplayGroup *group = &report->groups.items[i];
		r = sd_bus_message_append(reply, "(ssst)", replay_effect_name(group->effect), group->kind, group->name, group->count);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_examples(sd_bus_message *reply, const ReplayReport *report)
{
	int r = sd_bus_message_open_container(reply, 'a', "(stssss)");

	for (size_t i = 0; r >= 0 && i < report->examples.count; i++) {
		const ReplayExample *one = &report->examples.items[i];
		r = sd_bus_message_append(reply, "(stssss)", replay_effect_name(one->effect), one->id, one->user, one->command, one->rule, one->message);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int answer(Task *task, sd_bus_message *reply)
{
	const Replay *replay = task->work.data;
	int r = bus_append_diagnostics(reply, replay->diagnostics);

	if (r >= 0)
		r = append_counts(reply, &replay->report);
	if (r >= 0)
		r = append_groups(reply, &replay->report);
	return r < 0 ? r : append_examples(reply, &replay->report);
}

static void clear(void *data)
{
	const Replay *replay = data;

	if (replay->diagnostics)
		g_ptr_array_unref(replay->diagnostics);
	policy_unref(replay->policy);
}

const Handler policies_replay = { sizeof(Replay), read_arguments, replay_work, answer, clear };
