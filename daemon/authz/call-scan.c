/* SPDX-License-Identifier: MIT */
#include "authz/call-internal.h"
#include "base/users.h"
#include "request/image.h"
#include "request/list.h"

static const char *scanned_name(const Call *call)
{
	const ImageRef *image = &call->request->image;

	if (!*image->text)
		return call->decision->scan_image;
	return call->request->kind == KIND_IMAGE_PUSH ? image_tagged(image, call->arena) : image->text;
}

static StringList who_asks(const Call *call)
{
	StringList who = { 0 };

	for (size_t i = 0; i < call->caller.count; i++)
		LIST_APPEND(call->arena, &who, call->caller.candidates[i].name);
	if (!call->caller.count && *call->user)
		LIST_APPEND(call->arena, &who, call->user); /* a certificate's */
	else if (!call->caller.complete)
		LIST_APPEND(call->arena, &who, USER_UNSEEN);
	return who;
}

void call_ask_for_scans(const Call *call)
{
	const ScanQueue *scans = call->plugin->scans;
	const StringList who = who_asks(call);

	if (scans && call->decision->scans)
		scans->want(scans->data, call->decision->scan_image, scanned_name(call), call->decision->scans, &who);
}

/* docker build && docker push: nobody could have looked at it yet.  docker run: what was just pulled, nobody has asked whose signature it has. */
bool call_wants_scan(const Call *call)
{
	const ScanQueue *scans = call->plugin->scans;
	const unsigned waited = SCANS_SIGNATURES | (call->request->kind == KIND_IMAGE_PUSH ? SCANS_SECRETS : 0u);

	return scans && scans->wait && !call->scanned && !call->decision->allowed && (call->decision->scans & waited);
}

void call_wait_for_scan(Call *call)
{
	const ScanQueue *scans = call->plugin->scans;
	const StringList who = who_asks(call);

	call->scanned = true;
	call_give_turn(call); /* what waits meanwhile may be long */
	call->turn_asked_us = 0;
	call->wait.park(call->wait.data);
	if (!scans->wait(scans->data, call->decision->scan_image, scanned_name(call), call->decision->scans, &who, call->wait.resume, call->wait.data))
		call->wait.resume(call->wait.data);
}

static Turn enter(const Call *call, LookupFn resume)
{
	const StringList who = who_asks(call);
	const PushAsk ask = { call->request, &who, call->wait.docker, call->turn_asked_us };

	return pushes_enter(call->plugin->pushes, &ask, g_get_monotonic_time(), resume, call->wait.data);
}

bool call_take_turn(Call *call)
{
	const Pushes *pushes = call->plugin->pushes;

	if (!pushes || call->entered || call->crowded || !(policy_scans(call->policy) & SCANS_SECRETS) || !pushes_concern(call->request))
		return true;
	call->turn_asked_us = call->turn_asked_us ? call->turn_asked_us : g_get_monotonic_time();
	call->entered = enter(call, NULL) == TURN_TAKEN;
	if (call->entered)
		return true;
	call_look(call); /* whose share of what may wait */
	call->waited = true;
	call->wait.park(call->wait.data);
	const Turn turn = enter(call, call->wait.resume);
	call->entered = turn == TURN_TAKEN;
	call->crowded = turn == TURN_REFUSED;
	if (call->crowded) {
		call_begin(call);
		call_evaluate(call, false);
	}
	if (turn != TURN_WAITS)
		call->wait.resume(call->wait.data);
	return false;
}

void call_give_turn(Call *call)
{
	if (call->entered)
		pushes_leave(call->plugin->pushes, call->request);
	call->entered = false;
}
