/* SPDX-License-Identifier: MIT */
#include "authz/call-internal.h"
#include "request/image.h"

static const char *scanned_name(const Call *call)
{
	const ImageRef *image = &call->request->image;

	if (!*image->text)
		return call->decision->scan_image;
	return call->request->kind == KIND_IMAGE_PUSH ? image_tagged(image, call->arena) : image->text;
}

void call_ask_for_scans(const Call *call)
{
	const ScanQueue *scans = call->plugin->scans;

	if (scans && call->decision->scans)
		scans->want(scans->data, call->decision->scan_image, scanned_name(call), call->decision->scans);
}

/* docker build && docker push: nobody could have looked at it yet. */
bool call_wants_scan(const Call *call)
{
	const ScanQueue *scans = call->plugin->scans;

	return scans && scans->wait && call->request->kind == KIND_IMAGE_PUSH && !call->scanned && !call->decision->allowed && (call->decision->scans & SCANS_SECRETS);
}

void call_wait_for_scan(Call *call)
{
	const ScanQueue *scans = call->plugin->scans;

	call->scanned = true;
	call_give_turn(call); /* what waits meanwhile may be long */
	call->turn_asked_us = 0;
	call->wait.park(call->wait.data);
	if (!scans->wait(scans->data, call->decision->scan_image, scanned_name(call), call->decision->scans, call->wait.resume, call->wait.data))
		call->wait.resume(call->wait.data);
}

bool call_take_turn(Call *call)
{
	Pushes *pushes = call->plugin->pushes;
	const int64_t now_us = g_get_monotonic_time();

	if (!pushes || call->entered || call->crowded || !(policy_scans(call->world->policy) & SCANS_SECRETS) || !pushes_concern(call->request))
		return true;
	call->turn_asked_us = call->turn_asked_us ? call->turn_asked_us : now_us;
	call->entered = pushes_enter(pushes, call->request, call->wait.docker, call->turn_asked_us, now_us, NULL, NULL) == TURN_TAKEN;
	if (call->entered)
		return true;
	call->waited = true;
	call->wait.park(call->wait.data);
	const Turn turn = pushes_enter(pushes, call->request, call->wait.docker, call->turn_asked_us, now_us, call->wait.resume, call->wait.data);
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
