/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "core/replay.h"
#include "policy/custom/condition.h"
#include "policy/model.h"
#include "policy/rules.h"
#include "policy/verdict.h"
#include "policy/wants.h"
#include "request/list.h"

const char *replay_effect_name(ReplayEffect effect)
{
	static const char *const names[REPLAY_EFFECTS] = { [REPLAY_SAME] = "same", [REPLAY_DENIED] = "denied", [REPLAY_ALLOWED] = "allowed", [REPLAY_UNKNOWN] = "unknown" };

	return names[effect];
}

/* Custom rules ask what they like. */
static bool asks_hidden(const Policy *policy, const KeptCall *kept)
{
	for (size_t i = 0; i < kept->hidden.count; i++)
		for (size_t r = 0; r < policy->custom.count; r++)
			if (condition_uses(policy->custom.items[r].condition, kept->hidden.items[i]))
				return true;
	return kept_hides(kept, "env") && policy->environment.rule.set && policy->environment.secret_patterns.count;
}

/* The other members have values that the rules look at; of these the policy's own rules ask only what stands in their place. */
static bool hides_more(const KeptCall *kept)
{
	static const char *const harmless[] = { "env", "uri", "command", "entrypoint" };

	for (size_t i = 0; i < kept->hidden.count; i++) {
		bool known = false;
		for (size_t h = 0; h < G_N_ELEMENTS(harmless); h++)
			known |= !strcmp(harmless[h], kept->hidden.items[i]);
		if (!known)
			return true;
	}
	return false;
}

static bool has_binds(const Request *request)
{
	for (size_t i = 0; i < request->container.mounts.count; i++)
		if (request->container.mounts.items[i].kind == MOUNT_BIND)
			return true;
	return request->stored && has_binds(request->stored);
}

static bool has_servers(const Request *request)
{
	for (size_t i = 0; i < request->container.local_volumes.count; i++)
		if (request->container.local_volumes.items[i].servers.count)
			return true;
	return request->stored && has_servers(request->stored);
}

static bool goes_by_host_net(const Policy *policy, const Request *request)
{
	return (policy->network.rule.set && !strcmp(request->endpoint, "network.create")) || (policy->volumes.rule.set && has_servers(request));
}

static bool lacks_scans(const Policy *policy, const KeptCall *kept)
{
	const SecretLimits *secrets = &policy->secret_scanning;
	const bool runs = kept->request->kind == KIND_CONTAINER_CREATE || kept->request->kind == KIND_SERVICE || kept->request->kind == KIND_IMAGE_PUSH || kept->request->stored;

	if (!runs || !policy_scans(policy))
		return false;
	for (size_t i = 0; i < kept->verdicts.count; i++)
		if (kept->verdicts.items[i].secrets && (secrets->ignore_detectors.count || secrets->exclude_paths.count))
			return true; /* which secrets they were is not kept */
	return !kept->verdicts.count;
}

/* NULL: the record has all that the policy asks. */
static const char *lacks(const Policy *policy, const KeptCall *kept)
{
	const Request *request = kept->request;

	if (policy_wants(policy, request) & ~kept->wants)
		return "Docker was not asked what this policy wants to know";
	if ((policy_paths(policy) & ~kept->paths) && has_binds(request))
		return "host paths were not looked at as this policy wants";
	if (request->unresolved.count)
		return "Docker did not answer when it was asked";
	if (asks_hidden(policy, kept) || hides_more(kept))
		return "the policy asks for a value that is not written down";
	if (goes_by_host_net(policy, request))
		return "it depends on the host's network";
	return lacks_scans(policy, kept) ? "no scan of the image is known" : NULL;
}

static VerdictTable *table_of(const KeptCall *kept)
{
	VerdictTable *table = verdict_table_new();

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
		VerdictTable *with = verdict_table_with(table, verdict);
		verdict_table_unref(table);
		table = with;
	}
	return table;
}

/* What the call itself says, whatever Docker would have answered.  An exception may go by what the image is. */
static bool is_certain(const Policy *policy, const Decision *decision)
{
	static const RuleId rules[] = {
		RULE_PRIVILEGED, RULE_HOST_NETWORK, RULE_HOST_PID, RULE_HOST_IPC, RULE_HOST_UTS, RULE_HOST_USERNS, RULE_CAPABILITY_BLOCKED, RULE_DEVICES,
		RULE_ENDPOINT_SWARM, RULE_ENDPOINT_PLUGINS,
	};

	if (decision->allowed || policy->by_image || decision->mode != MODE_ENFORCE)
		return false;
	for (size_t i = 0; i < decision->finding_count; i++)
		for (size_t r = 0; r < G_N_ELEMENTS(rules); r++)
			if (decision->findings[i].action == ACTION_BLOCK && !strcmp(decision->findings[i].rule, rule_catalogue[rules[r]].id))
				return true;
	return false;
}

ReplayEffect replay_judge(const Policy *policy, const KeptCall *kept, const ReplayCall *call, Arena *arena, const Decision **ret_decision, const char **ret_why)
{
	*ret_decision = NULL;
	*ret_why = kept ? lacks(policy, kept) : "the record does not have the request";
	if (!kept)
		return REPLAY_UNKNOWN;
	VerdictTable *table = kept->scans ? table_of(kept) : NULL;
	const Situation situation = {
		.user = call->user, .caller = kept->caller, .now_us = call->time_us, .verdicts = table, .builder = kept->builder,
		.own_paths = call->own_paths, .trial = true,
	};
	const Decision *decision = policy_evaluate(policy, kept->request, &situation, arena);
	verdict_table_unref(table);
	if (*ret_why && !is_certain(policy, decision))
		return REPLAY_UNKNOWN;
	*ret_why = NULL;
	*ret_decision = decision;
	if ((*ret_decision)->allowed == call->allowed)
		return REPLAY_SAME;
	return call->allowed ? REPLAY_DENIED : REPLAY_ALLOWED;
}

static void count_group(ReplayReport *report, ReplayEffect effect, const char *kind, const char *name)
{
	if (report->groups.count >= LIMIT_REPLAY_GROUPS)
		name = "";
	for (size_t i = 0; i < report->groups.count; i++) {
		ReplayGroup *group = &report->groups.items[i];
		if (group->effect != effect || strcmp(group->kind, kind) != 0 || strcmp(group->name, name) != 0)
			continue;
		group->count++;
		return;
	}
	const ReplayGroup group = { effect, kind, arena_strdup(report->arena, name), 1 };
	LIST_APPEND(report->arena, &report->groups, group);
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
			count_group(report, effect, "rule", finding->rule);
	}
}

void replay_add(ReplayReport *report, const Policy *policy, const KeptCall *kept, const ReplayCall *call, Arena *arena)
{
	const Decision *decision;
	const char *why;
	const ReplayEffect effect = replay_judge(policy, kept, call, arena, &decision, &why);

	report->counts[effect]++;
	if (effect == REPLAY_SAME)
		return;
	if (effect == REPLAY_UNKNOWN) {
		count_group(report, effect, "unknown", why);
		add_example(report, effect, call, "", why);
		return;
	}
	count_rules(report, effect, decision);
	count_group(report, effect, "user", call->user);
	if (*call->image)
		count_group(report, effect, "image", call->image);
	const Finding *first = decision->finding_count ? &decision->findings[0] : NULL;
	add_example(report, effect, call, first ? first->rule : "", first ? first->message : "");
}
