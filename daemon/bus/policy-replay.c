/* SPDX-License-Identifier: MIT
 *
 * Policies.Replay: the recorded calls judged again by a policy that is given as a text.
 */
#include <errno.h>
#include <string.h>
#include "audit/line.h"
#include "audit/walk.h"
#include "base/error.h"
#include "base/limits.h"
#include "bus/sight.h"
#include "bus/task.h"
#include "core/replay.h"

typedef struct Replay {
	const char *yaml; /* of the message */
	uint64_t since_us, until_us;
	GPtrArray *diagnostics;
	Policy *policy;
	ReplayReport report;
} Replay;

static int read_arguments(Task *task)
{
	Replay *replay = task->work.data;
	const BusOption options[] = { { "since", OPTION_NUMBER, &replay->since_us }, { "until", OPTION_NUMBER, &replay->until_us } };
	int r = sd_bus_message_read_basic(task->call, 's', &replay->yaml);

	if (r >= 0 && strlen(replay->yaml) > LIMIT_POLICY_BYTES)
		return work_fail(&task->work, "LimitExceeded", "a policy has at most %u bytes", LIMIT_POLICY_BYTES);
	return r < 0 ? r : options_read(task, options, G_N_ELEMENTS(options));
}

/* JsonReader; what is not understood is as good as nothing. */
static bool read_kept(Json *json, void *target)
{
	KeptCall *kept = arena_alloc(json->arena, sizeof *kept);

	if (!kept_get(json, kept))
		return json_refuse(json, "the request cannot be read");
	*(const KeptCall **)target = kept;
	return true;
}

static const KeptCall *kept_of(const WalkLine *text, Arena *arena)
{
	typedef struct Holder {
		const KeptCall *kept;
	} Holder;
	static const JsonField fields[] = { JSON_FIELD("request", Holder, kept, read_kept) };
	Json json = json_begin(text->text, text->length, arena);
	Holder holder = { 0 };

	return json_object(&json, fields, G_N_ELEMENTS(fields), &holder) && json_finish(&json) ? holder.kept : NULL;
}

static void judge_line(Replay *replay, const WalkLine *text, const char *const *own_paths, Arena *arena)
{
	AuditLine line;

	if (!text->begins || !text->ends || !line_read(text->text, text->length, arena, &line) || g_str_has_prefix(line.endpoint, "sentinel."))
		return;
	if ((uint64_t)line.time_us < replay->since_us || (replay->until_us && (uint64_t)line.time_us >= replay->until_us))
		return;
	const ReplayCall call = {
		.id = (uint64_t)line.id, .time_us = line.time_us, .user = line.user, .command = line.command, .image = line.image,
		.allowed = strcmp(line.decision, "denied") != 0 && !line.grant, .own_paths = own_paths,
	};
	replay_add(&replay->report, replay->policy, kept_of(text, arena), &call, arena);
}

static void walk_trail(Work *work, Replay *replay)
{
	g_autoptr(Walk) walk = walk_new(work->context->paths->audit_dir, 0, 0);
	g_autoptr(Arena) arena = arena_new();
	WalkStep step = WALK_END;
	WalkLine text;

	while (budget_spend(1) && (step = walk_next(walk, &text)) == WALK_LINE) {
		judge_line(replay, &text, paths_own(work->context->paths), arena);
		arena_reset(arena);
	}
	if (step == WALK_FAILED)
		g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read the trail: %s", g_strerror(errno));
	if (step == WALK_REPLACED)
		(void)work_fail(work, "Unavailable", "the trail was exchanged meanwhile; try again");
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
		walk_trail(work, replay);
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
