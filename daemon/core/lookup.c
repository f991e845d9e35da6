/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "core/dockerd.h"
#include "core/lookup.h"
#include "policy/wants.h"

/* What is known here of images and of Docker's defaults, and not from Docker's answers. */
static const Request *complete(const Resolve *resolve, const Request *judged)
{
	Defaults defaults;

	if (defaults_concern(judged) && dockerd_defaults(resolve->docker, resolve->arena, &defaults))
		judged = defaults_apply(&defaults, judged, resolve->arena);
	return resolve->pulls ? pulls_apply(resolve->pulls, judged, resolve->arena) : judged;
}

const Request *resolve_step(Resolve *resolve)
{
	if (!resolve->lookup || !resolve->wants)
		return resolve->request;
	for (;;) {
		const Request *judged = facts_apply(resolve->request, resolve->wants, &resolve->facts, resolve->arena);
		if (!facts_open(&resolve->facts)) {
			unsigned wants = resolve->wants | policy_wants(resolve->policy, judged);
			if (wants == resolve->wants)
				return complete(resolve, judged);
			resolve->wants = wants;
		} else if (++resolve->rounds > LIMIT_FACT_ROUNDS)
			facts_give_up(&resolve->facts);
		else if (resolve->fresh || !resolve->lookup->recall(resolve->lookup->data, &resolve->facts, resolve->arena))
			return NULL;
	}
}
