/* SPDX-License-Identifier: MIT */
#include "authz/doubt.h"

static bool is_certain(const Caller *caller)
{
	return caller->complete && caller->count == 1;
}

bool doubt_helps(const Policy *policy, const Request *request, const Situation *situation, Arena *arena)
{
	Situation alone = *situation;

	if (is_certain(&situation->caller) || policy_evaluate(policy, request, situation, arena)->allowed)
		return false;
	for (size_t i = 0; i < situation->caller.count; i++) {
		alone.caller = (Caller){ &situation->caller.candidates[i], 1, true };
		alone.user = alone.caller.candidates->name;
		if (policy_evaluate(policy, request, &alone, arena)->allowed)
			return true;
	}
	return false;
}

bool doubt_same(const Caller *a, const Caller *b)
{
	bool same = a->complete == b->complete && a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = a->candidates[i].uid == b->candidates[i].uid;
	return same;
}
