/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "core/replay.h"
#include "policy/review/recorded.h"
#include "policy/verdict.h"
#include "request/list.h"

const char *replay_effect_name(ReplayEffect effect)
{
	static const char *const names[REPLAY_EFFECTS] = { [REPLAY_SAME] = "same", [REPLAY_DENIED] = "denied", [REPLAY_ALLOWED] = "allowed", [REPLAY_UNKNOWN] = "unknown" };

	return names[effect];
}

static bool has_secrets(const KeptCall *kept)
{
	for (size_t i = 0; i < kept->verdicts.count; i++)
		if (kept->verdicts.items[i].secrets)
			return true;
	return false;
}

static VerdictTable *with(VerdictTable *table, Verdict *verdict)
{
	VerdictTable *longer = verdict_table_with(table, verdict);

	verdict_table_unref(table);
	return longer;
}

static bool is_first(const KeptSignedList *list, size_t place)
{
	for (size_t i = 0; i < place; i++)
		if (!strcmp(list->items[i].image_id, list->items[place].image_id))
			return false;
	return true;
}

static VerdictTable *add_signatures(VerdictTable *table, const KeptSignedList *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!is_first(list, i))
			continue;
		Verdict *verdict = verdict_new();
		verdict->image_id = arena_strdup(verdict->arena, list->items[i].image_id);
		verdict->scanner = VERDICT_SIGNATURES;
		verdict->signatures = verdict->whole = true;
		for (size_t n = i; n < list->count; n++) {
			const KeptSigned *of = &list->items[n];
			const VerdictSigned one = { arena_strdup(verdict->arena, of->image), arena_strdup(verdict->arena, of->revision), of->time_us, of->good, of->answered };
			if (!strcmp(of->image_id, verdict->image_id))
				LIST_APPEND(verdict->arena, &verdict->names, one);
		}
		table = with(table, verdict);
	}
	return table;
}

static VerdictTable *table_of(const KeptCall *kept)
{
	VerdictTable *table = add_signatures(verdict_table_new(), &kept->signatures);

	for (size_t i = 0; i < kept->verdicts.count; i++) {
		const KeptVerdict *one = &kept->verdicts.items[i];
		Verdict *verdict = verdict_new();
		verdict->image_id = arena_strdup(verdict->arena, one->image_id);
		verdict->scanner = arena_strdup(verdict->arena, one->scanner);
		verdict->secrets = one->secrets;
		verdict->whole = one->whole;
		verdict->time_us = one->time_us;
		verdict->critical = one->critical;
		verdict->high = one->high;
		verdict->medium = one->medium;
		verdict->verified = one->verified;
		table = with(table, verdict);
	}
	return table;
}

/* Docker's answers about where an image came from: pulled, not known, made here. */
static const struct { bool local, here, made_here; } origins[] = { { false, true, false }, { true, true, false }, { true, true, true } };

static const Request *with_origin(const Request *request, size_t origin, Arena *arena)
{
	Request *copy = arena_alloc(arena, sizeof *copy);

	*copy = *request;
	copy->image_local = origins[origin].local;
	copy->image_here = origins[origin].here;
	copy->image_made_here = origins[origin].made_here;
	copy->stored = request->stored ? with_origin(request->stored, origin, arena) : NULL;
	return copy;
}

/* NULL: it depends on where the image came from, which was not asked. */
static const Decision *decide(const Policy *policy, const Recorded *recorded, const Situation *situation, Arena *arena)
{
	const Decision *first = NULL;

	if (!policy_lacks_origin(policy, recorded))
		return policy_evaluate(policy, recorded->request, situation, arena);
	for (size_t i = 0; i < G_N_ELEMENTS(origins); i++) {
		const Decision *decision = policy_evaluate(policy, with_origin(recorded->request, i, arena), situation, arena);
		if (first && first->allowed != decision->allowed)
			return NULL;
		first = first ? first : decision;
	}
	return first;
}

ReplayEffect replay_judge(const Policy *policy, const KeptCall *kept, const ReplayCall *call, Arena *arena, const Decision **ret_decision, const char **ret_why)
{
	*ret_decision = NULL;
	*ret_why = call->folded ? "reads that were let through were counted and not written one by one (audit.log_reads)" : "the record does not have the request";
	if (!kept)
		return REPLAY_UNKNOWN;
	VerdictTable *table = kept->scans ? table_of(kept) : NULL;
	const Recorded recorded = { kept->request, kept->wants, kept->paths, &kept->hidden, kept->verdicts.count > 0, has_secrets(kept), table, call->time_us };
	*ret_why = policy_lacks(policy, &recorded);
	const Situation situation = {
		.user = call->user, .caller = kept->caller, .now_us = call->time_us, .verdicts = table, .builder = kept->builder,
		.own_paths = call->own_paths, .trial = true,
	};
	const Decision *decision = decide(policy, &recorded, &situation, arena);
	verdict_table_unref(table);
	if (!decision) {
		*ret_why = recorded_unasked;
		return REPLAY_UNKNOWN;
	}
	if (!*ret_why && !decision->allowed && policy_lacks_command(policy, &recorded))
		*ret_why = recorded_unasked;
	if (*ret_why && !policy_denies_anyway(policy, decision))
		return REPLAY_UNKNOWN;
	*ret_why = NULL;
	*ret_decision = decision;
	if ((*ret_decision)->allowed == call->allowed)
		return REPLAY_SAME;
	return call->allowed ? REPLAY_DENIED : REPLAY_ALLOWED;
}

static ReplayGroup *find_group(const ReplayReport *report, ReplayEffect effect, const char *kind, const char *name)
{
	for (size_t i = 0; i < report->groups.count; i++) {
		ReplayGroup *group = &report->groups.items[i];
		if (group->effect == effect && !strcmp(group->kind, kind) && !strcmp(group->name, name))
			return group;
	}
	return NULL;
}

static void count_group(ReplayReport *report, ReplayEffect effect, const char *kind, const char *name, uint64_t calls)
{
	ReplayGroup *group = find_group(report, effect, kind, name);

	if (!group && report->groups.count >= LIMIT_REPLAY_GROUPS) {
		name = "";
		group = find_group(report, effect, kind, name);
	}
	if (group) {
		group->count += calls;
		return;
	}
	const ReplayGroup fresh = { effect, kind, arena_strdup(report->arena, name), calls };
	LIST_APPEND(report->arena, &report->groups, fresh);
}

static size_t examples_of(const ReplayReport *report, ReplayEffect effect)
{
	size_t count = 0;

	for (size_t i = 0; i < report->examples.count; i++)
		count += report->examples.items[i].effect == effect;
	return count;
}

static void add_example(ReplayReport *report, ReplayEffect effect, const ReplayCall *call, const char *rule, const char *message)
{
	if (examples_of(report, effect) >= LIMIT_REPLAY_EXAMPLES)
		return;
	const ReplayExample example = {
		effect, call->id, arena_strdup(report->arena, call->user), arena_strdup(report->arena, call->command), arena_strdup(report->arena, rule),
		arena_strdup(report->arena, message),
	};
	LIST_APPEND(report->arena, &report->examples, example);
}

/* What blocks; where nothing does, all points together are too many. */
static void count_rules(ReplayReport *report, ReplayEffect effect, const Decision *decision)
{
	for (size_t i = 0; i < decision->finding_count; i++) {
		const Finding *finding = &decision->findings[i];
		bool told = decision->findings[0].action != ACTION_BLOCK || finding->action == ACTION_BLOCK;
		for (size_t j = 0; j < i && told; j++)
			told = strcmp(decision->findings[j].rule, finding->rule) != 0;
		if (told)
			count_group(report, effect, "rule", finding->rule, 1);
	}
}

void replay_add(ReplayReport *report, const Policy *policy, const KeptCall *kept, const ReplayCall *call, Arena *arena)
{
	const Decision *decision;
	const char *why;
	const ReplayEffect effect = replay_judge(policy, kept, call, arena, &decision, &why);

	const uint64_t calls = MAX(call->folded, 1);
	report->counts[effect] += calls;
	if (effect == REPLAY_SAME)
		return;
	if (effect == REPLAY_UNKNOWN) {
		count_group(report, effect, "unknown", why, calls);
		add_example(report, effect, call, "", why);
		return;
	}
	count_rules(report, effect, decision);
	count_group(report, effect, "user", call->user, 1);
	if (*call->image)
		count_group(report, effect, "image", call->image, 1);
	const Finding *first = decision->finding_count ? &decision->findings[0] : NULL;
	add_example(report, effect, call, first ? first->rule : "", first ? first->message : "");
}
