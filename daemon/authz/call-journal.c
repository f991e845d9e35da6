/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "authz/call-internal.h"
#include "base/limits.h"
#include "base/text.h"
#include "core/record.h"
#include "policy/wants.h"
#include "request/typed/typed.h"

/* The command that makes a denied call, for who wants to repeat it with a change; NULL: nobody knows it. */
static const StringList *find_typed(const Call *call)
{
	StringList *words = arena_alloc(call->arena, sizeof *words);

	if (call->decision->allowed || strcmp(call->request->endpoint, "container.create") != 0)
		return NULL;
	return typed_words(&call->envelope.call, call->arena, words) ? words : NULL;
}

/* 0, or a negative errno. */
static int write_down(Call *call, bool last)
{
	const Ledger *ledger = call->plugin->ledger;
	const Situation situation = call_situation(call, false);
	size_t length;

	if (!ledger)
		return -1;
	call->id = ledger->take_id(ledger->data);
	const Record record = {
		.id = call->id, .time_us = g_get_real_time(), .duration_us = (uint64_t)(g_get_monotonic_time() - call->started_us),
		.user = text_printable(call->arena, call->user, LIMIT_RECORD_FIELD), .socket = call->envelope.socket, .program = call->envelope.program, .caller_container = call->envelope.container,
		.request = call->request, .decision = call->decision,
		.grant = call->grant, .generation = call->world->generation, .typed = find_typed(call),
		.kept = call->envelope.refused.why ? NULL : kept_new(call->request, &situation, call->resolve.wants, call->plugin->view ? policy_paths(call->policy) : 0, call->plugin->redactor, call->arena),
	};
	const char *line = record_format(&record, call->arena, &length);
	return (last ? ledger->append_last : ledger->append)(ledger->data, line, length);
}

/* A denial because nothing can be written may have room of its own. */
static void deny_unwritten(Call *call)
{
	const Ledger *ledger = call->plugin->ledger;

	call_evaluate(call, true);
	if (!ledger || !ledger->append_last || write_down(call, true) != 0)
		call->id = 0;
}

void call_journal(Call *call)
{
	Status *status = call->plugin->status;

	if (!call_wants_line(call))
		return;
	bool down = write_down(call, false) != 0;
	if (atomic_load_explicit(&status->audit_down, memory_order_relaxed) != down)
		atomic_store(&status->audit_down, down);
	if (!down)
		return;
	atomic_fetch_add_explicit(&status->audit_write_errors, 1, memory_order_relaxed);
	call->id = 0;
	if (call->request->mutates && call->world->fail_mode == FAIL_CLOSED)
		deny_unwritten(call);
}
