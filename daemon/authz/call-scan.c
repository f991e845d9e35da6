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
	call->wait.park(call->wait.data);
	if (!scans->wait(scans->data, call->decision->scan_image, scanned_name(call), call->decision->scans, call->wait.resume, call->wait.data))
		call->wait.resume(call->wait.data);
}
