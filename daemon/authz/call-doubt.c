/* SPDX-License-Identifier: MIT */
#include "authz/call-internal.h"
#include "base/limits.h"
#include "request/print.h"

#define MS_US ((int64_t)1000)

/* Whether it is denied only because several may have asked; also when it is by what pinning_compare() finds, which comes later. */
static bool is_doubtful(const Call *call)
{
	const Request *request = call->request;
	const Situation situation = call_situation(call, false);

	if (call->plugin->pinning && request->kind == KIND_CONTAINER_CREATE)
		request = pinning_compare(request, call_print(&call->envelope.call, call->arena), call->arena);
	return doubt_helps(call->policy, request, &situation, call->arena);
}

void call_end_doubt(Call *call)
{
	if (call->doubt.waits)
		patience_leave(call->plugin->patience, &call->doubt.waiter);
	call->doubt.waits = false;
}

/* Whose it is does not change any more; what it is about may have while it waited, and is looked at again. */
static void look_again(Call *call)
{
	call_begin(call);
	call_evaluate(call, false);
}

bool call_doubt_lasts(Call *call)
{
	const Caller before = call->caller;

	call->user = identity_again(call->plugin->identity, call->wait.docker, call->doubt.first, *call->envelope.mark, call->arena, &call->caller);
	bool changed = !doubt_same(&before, &call->caller);
	bool lasts = !changed || is_doubtful(call);
	if (lasts && ++call->doubt.tries < DOUBT_TRIES && g_get_monotonic_time() < call->doubt.until_us)
		return true;
	call_end_doubt(call);
	if (changed)
		look_again(call);
	return false;
}

bool call_doubts(Call *call)
{
	Patience *patience = call->plugin->patience;

	if (call->doubt.over || !patience || !is_doubtful(call))
		return false;
	call->doubt.over = true; /* a call waits for this once */
	call->doubt.first = identity_first(call->plugin->identity, call->wait.docker, call->arena);
	call->doubt.waiter.caller = call->caller;
	call->doubt.until_us = g_get_monotonic_time() + LIMIT_DOUBT_MS * MS_US;
	call->doubt.waits = call->doubt.first && patience_admit(patience, &call->doubt.waiter);
	return call->doubt.waits;
}
