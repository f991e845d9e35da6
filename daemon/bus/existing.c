/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "bus/existing.h"
#include "policy/wants.h"
#include "request/api.h"
#include "request/list.h"
#include "request/stored.h"

static bool ask(Work *work, FactList *facts, Arena *arena)
{
	work->facts = facts;
	work->facts_arena = arena;
	return false;
}

static bool ask_list(Existing *existing, Work *work)
{
	const Fact fact = { .kind = FACT_IDS, .name = FACT_CONTAINERS, .state = FACT_OPEN };

	existing->asked = true;
	LIST_APPEND(work->arena, &existing->list, fact);
	return ask(work, &existing->list, work->arena);
}

static void read_list(Existing *existing, Arena *arena)
{
	const Fact *fact = &existing->list.items[0];

	existing->known = fact->state == FACT_KNOWN && stored_read_ids(fact->json, fact->length, arena, &existing->ids);
	existing->list.count = 0;
	if (!existing->known)
		existing->ids.count = 0; /* the beginning of an answer is none */
	existing->more = existing->ids.count > LIMIT_EXISTING;
	existing->ids.count = MIN(existing->ids.count, LIMIT_EXISTING);
}

static void begin_next(Existing *existing, const Work *work)
{
	arena_free(existing->arena);
	existing->arena = NULL;
	if (existing->next == existing->ids.count)
		return;
	existing->arena = arena_new();
	const ApiCall call = {
		.method = "POST", .uri = arena_printf(existing->arena, "/containers/%s/start", existing->ids.items[existing->next++]), .content_type = "", .content_length = "",
	};
	const Request *request = api_read(&call, existing->arena);
	existing->resolve = (Resolve){
		.lookup = work->context->lookup, .policy = existing->policy, .pulls = work->context->pulls, .request = request,
		.wants = policy_wants(existing->policy, request), .arena = existing->arena,
	};
}

static void copy_findings(Denial *denial, const Decision *decision, Arena *arena)
{
	bool blocking = decision->finding_count && decision->findings[0].action == ACTION_BLOCK;
	Finding *findings = arena_alloc(arena, (decision->finding_count + 1) * sizeof *findings);

	for (size_t i = 0; i < decision->finding_count; i++) {
		const Finding *finding = &decision->findings[i];
		if (blocking && finding->action != ACTION_BLOCK)
			break;
		findings[denial->finding_count++] = (Finding){ .rule = arena_strdup(arena, finding->rule), .message = arena_strdup(arena, finding->message) };
		denial->by_mounts |= blocking && !strcmp(finding->category, "mounts");
	}
	denial->findings = findings;
}

static void settle(Existing *existing, HostView *view, const Request *request, const Work *work)
{
	const Situation situation = { .now_us = g_get_real_time(), .verdicts = existing->verdicts, .own_paths = paths_own(work->context->paths), .trial = true };
	const Request *seen = host_view_apply(view, 0, policy_paths(existing->policy), false, request, existing->arena);
	const Request *stored = seen->stored;

	if (!stored && !seen->unresolved.count)
		return; /* it was removed meanwhile */
	const Decision *decision = policy_evaluate(existing->policy, seen, &situation, existing->arena);
	existing->looked++;
	if (decision->allowed)
		return;
	Denial denial = {
		.name = text_printable(work->arena, stored ? stored->container.name : seen->subject, LIMIT_RECORD_FIELD),
		.image = text_printable(work->arena, stored ? stored->image.text : "", LIMIT_RECORD_FIELD),
	};
	copy_findings(&denial, decision, work->arena);
	LIST_APPEND(work->arena, &existing->denials, denial);
	if (stored)
		proposal_add(&existing->proposal, decision, stored, work->arena);
}

bool existing_judge(Existing *existing, Work *work)
{
	if (!existing->asked)
		return ask_list(existing, work);
	if (existing->list.count) {
		read_list(existing, work->arena);
		begin_next(existing, work);
	}
	HostView *view = views_borrow(work->views);
	bool whole = true;
	while (existing->arena && whole && budget_spend(1)) {
		const Request *request = resolve_step(&existing->resolve);
		if (request) {
			settle(existing, view, request, work);
			begin_next(existing, work);
		} else {
			whole = ask(work, &existing->resolve.facts, existing->arena);
		}
	}
	views_give_back(work->views, view);
	return whole;
}

void existing_clear(Existing *existing)
{
	arena_free(existing->arena);
	existing->arena = NULL;
}
