/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "base/users.h"
#include "core/learn.h"
#include "policy/review/recorded.h"
#include "policy/wants.h"
#include "request/list.h"

#define SHOWN_COMMAND 300u

/* Words that others have, in the arena of what was learned. */
static void keep_user(Learned *learned, StringList *users, const char *user)
{
	if (users->count >= LIMIT_LEARN_USERS)
		user = "";
	for (size_t i = 0; i < users->count; i++)
		if (!strcmp(users->items[i], user))
			return;
	const char *copy = arena_strdup(learned->arena, user);
	LIST_APPEND(learned->arena, users, copy);
}

static void see(Learned *learned, Evidence *seen, const ReplayCall *call)
{
	if (!seen->count) {
		seen->example = call->id;
		seen->first_us = call->time_us;
		seen->command = text_printable(learned->arena, call->command, SHOWN_COMMAND);
	}
	seen->count++;
	seen->first_us = MIN(seen->first_us, call->time_us);
	seen->last_us = MAX(seen->last_us, call->time_us);
	keep_user(learned, &seen->users, call->user);
}

static LearnCase *case_for(Learned *learned, const Excuse *excuse)
{
	for (size_t i = 0; i < learned->cases.count; i++)
		if (excuse_same(&learned->cases.items[i].excuse, excuse))
			return &learned->cases.items[i];
	return NULL;
}

/* Users that stand in an exception are all of those that were seen. */
static bool has_room(Learned *learned, const ExcuseList *list, const char *user)
{
	size_t fresh = 0;

	for (size_t i = 0; i < list->count; i++) {
		const LearnCase *known = case_for(learned, &list->items[i]);
		bool named = false;
		for (size_t u = 0; known && u < known->seen.users.count; u++)
			named |= !strcmp(known->seen.users.items[u], user);
		if (known && !named && known->seen.users.count >= LIMIT_LEARN_USERS)
			return false;
		fresh += !known;
	}
	return learned->cases.count + fresh <= LIMIT_LEARN_CASES;
}

static bool all_known(Learned *learned, const ExcuseList *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (!case_for(learned, &list->items[i]))
			return false;
	return true;
}

static void take_cases(Learned *learned, const ExcuseList *list, const ReplayCall *call)
{
	Arena *arena = learned->arena;

	for (size_t i = 0; i < list->count; i++) {
		const Excuse *one = &list->items[i];
		if (!case_for(learned, one)) {
			const LearnCase fresh = { .excuse = {
				.rule = arena_strdup(arena, one->rule), .value = arena_strdup(arena, one->value), .also = arena_strdup(arena, one->also),
				.image = arena_strdup(arena, one->image), .command = arena_strdup(arena, one->command), .user = arena_strdup(arena, one->user),
				.read_only = one->read_only,
			} };
			LIST_APPEND(arena, &learned->cases, fresh);
		}
		see(learned, &case_for(learned, one)->seen, call);
	}
}

static void refuse(Learned *learned, const char *why, bool unknown, const ReplayCall *call)
{
	LearnRefusal *found = NULL;

	if (unknown)
		learned->unknown++;
	else
		learned->refused++;
	for (size_t i = 0; i < learned->refusals.count && !found; i++)
		if (learned->refusals.items[i].unknown == unknown && !strcmp(learned->refusals.items[i].why, why))
			found = &learned->refusals.items[i];
	if (!found && learned->refusals.count == LIMIT_LEARN_REFUSALS)
		return;
	if (!found) {
		const LearnRefusal fresh = { .why = text_printable(learned->arena, why, LIMIT_RECORD_FIELD), .unknown = unknown };
		LIST_APPEND(learned->arena, &learned->refusals, fresh);
		found = &learned->refusals.items[learned->refusals.count - 1];
	}
	see(learned, &found->seen, call);
}

/* Whether the record can say that the call is not out of reach. */
static const char *why_not_known(const Learned *learned, const KeptCall *kept)
{
	const Recorded recorded = { kept->request, kept->wants, kept->paths, &kept->hidden, kept->verdicts.count > 0, false };

	return policy_lacks(learned->reach, &recorded);
}

static void propose(Learned *learned, const KeptCall *kept, const ReplayCall *call, Arena *scratch)
{
	const Situation situation = { .user = call->user, .caller = kept->caller, .now_us = call->time_us, .builder = kept->builder, .own_paths = call->own_paths, .trial = true };
	const ExcuseCall one = {
		.request = kept->request, .situation = &situation, .origin_known = kept->wants & WANT_ORIGIN,
		.command_known = !kept_hides(kept, "command") && !kept_hides(kept, "entrypoint"),
	};
	ExcuseList list;
	const char *why = policy_excuses(learned->base, learned->reach, &one, scratch, &list), *lacks = why ? NULL : why_not_known(learned, kept);

	if (!why && lacks)
		why = arena_printf(scratch, "it is not known whether it gives the host away: %s", lacks);
	if (!why && !has_room(learned, &list, call->user))
		why = arena_printf(scratch, "one draft has at most %u exceptions, each for at most %u users; learn of a shorter time or of one user", LIMIT_LEARN_CASES, LIMIT_LEARN_USERS);
	if (!why && !all_known(learned, &list))
		why = learn_conflict(learned, &list);
	if (why) {
		refuse(learned, why, false, call);
		return;
	}
	learned->proposed++;
	take_cases(learned, &list, call);
}

void learn_add(Learned *learned, const KeptCall *kept, const ReplayCall *call, Arena *scratch)
{
	const Decision *decision;
	const char *why;

	if (!call->allowed || (*learned->user && strcmp(learned->user, call->user) != 0))
		return;
	learned->calls++;
	switch (replay_judge(learned->base, kept, call, scratch, &decision, &why)) {
	case REPLAY_UNKNOWN:
		refuse(learned, why, true, call);
		return;
	case REPLAY_DENIED:
		learned->denied++;
		propose(learned, kept, call, scratch);
		return;
	default:
		return;
	}
}
