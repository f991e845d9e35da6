/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "authz/envelope.h"
#include "authz/plugin.h"
#include "base/limits.h"
#include "base/pulse.h"
#include "base/text.h"
#include "core/record.h"

#define MICROSECONDS 1000000

static const char activate_body[] = "{\"Implements\":[\"authz\"]}";
static const char allow_body[] = "{\"Allow\":true}";
static const char malformed_body[] = "{\"Err\":\"sentinel: the message is not one that dockerd sends\"}";
static const char too_large_body[] = "{\"Err\":\"sentinel: the message is too large\"}";
static const char unknown_body[] = "{\"Err\":\"sentinel: no such plugin call\"}";

#define ANSWER(status, text) ((PluginAnswer){ (status), (text), sizeof(text) - 1 })

static int64_t clock_us(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * MICROSECONDS + now.tv_nsec / 1000;
}

/* One call on its way from the question to the answer. */
typedef struct Verdict {
	const Envelope *envelope;
	const Request *request;
	const World *world;
	const Decision *decision;
	uint64_t id; /* 0: not in the journal */
	uint64_t grant; /* that lets it through */
	int64_t started_us;
	Arena *arena;
} Verdict;

static void evaluate(Verdict *verdict, bool audit_down)
{
	const Facts facts = { .audit_down = audit_down };

	verdict->decision = policy_evaluate(verdict->world->policy, verdict->request, &facts, verdict->arena);
}

/* A grant turns a denial into a warning: everything it found is still found and written down. */
static void apply_grant(const Plugin *plugin, Verdict *verdict)
{
	if (verdict->decision->allowed || !plugin->grants)
		return;
	verdict->grant = grant_take(plugin->grants, verdict->request, verdict->decision, verdict->envelope->user, clock_us(CLOCK_REALTIME));
	if (!verdict->grant)
		return;
	Decision *granted = arena_alloc(verdict->arena, sizeof *granted);
	*granted = *verdict->decision;
	granted->allowed = true;
	granted->outcome = OUTCOME_WARNED;
	verdict->decision = granted;
}

/* 0, or a negative errno. */
static int write_down(const Plugin *plugin, Verdict *verdict)
{
	size_t length;

	if (!plugin->ledger)
		return -1;
	verdict->id = plugin->ledger->take_id(plugin->ledger->data);
	const Record record = {
		.id = verdict->id, .time_us = clock_us(CLOCK_REALTIME), .duration_us = (uint64_t)(clock_us(CLOCK_MONOTONIC) - verdict->started_us),
		.user = text_printable(verdict->arena, verdict->envelope->user, LIMIT_RECORD_FIELD),
		.request = verdict->request, .decision = verdict->decision, .grant = verdict->grant,
	};
	const char *line = record_format(&record, verdict->arena, &length);
	return plugin->ledger->append(plugin->ledger->data, line, length);
}

/* The line comes before the answer; without it nothing may change (unless fail_mode says open). */
static void journal(const Plugin *plugin, Verdict *verdict)
{
	if (!verdict->request->mutates && verdict->decision->outcome == OUTCOME_ALLOWED && !verdict->world->log_reads)
		return;
	bool down = write_down(plugin, verdict) != 0;
	if (atomic_load_explicit(&plugin->status->audit_down, memory_order_relaxed) != down)
		atomic_store(&plugin->status->audit_down, down);
	if (!down)
		return;
	verdict->id = 0;
	if (verdict->request->mutates && verdict->world->fail_mode == FAIL_CLOSED)
		evaluate(verdict, true);
}

static void tell(const Plugin *plugin, const Verdict *verdict)
{
	const Decision *decision = verdict->decision;
	_Atomic uint64_t *counters[OUTCOME_COUNT] = {
		[OUTCOME_ALLOWED] = &plugin->status->allowed,
		[OUTCOME_DENIED] = &plugin->status->denied,
		[OUTCOME_WARNED] = &plugin->status->warned,
	};

	atomic_fetch_add_explicit(counters[decision->outcome], 1, memory_order_relaxed);
	if (!plugin->notices || (!verdict->request->mutates && decision->outcome == OUTCOME_ALLOWED))
		return;
	Notice notice = { .id = verdict->id, .outcome = decision->outcome, .score = decision->score, .grant = verdict->grant };
	(void)g_strlcpy(notice.user, text_printable(verdict->arena, verdict->envelope->user, sizeof notice.user - 8), sizeof notice.user);
	(void)g_strlcpy(notice.summary, text_printable(verdict->arena, verdict->request->summary, sizeof notice.summary - 8), sizeof notice.summary);
	(void)g_strlcpy(notice.policy, decision->policy, sizeof notice.policy);
	(void)g_strlcpy(notice.rule, decision->finding_count ? decision->findings[0].rule : "", sizeof notice.rule);
	notice_push(plugin->notices, &notice);
}

static PluginAnswer deny_answer(const Verdict *verdict)
{
	Buffer out = BUFFER_INIT(verdict->arena);

	buffer_puts(&out, "{\"Allow\":false,\"Msg\":");
	buffer_json_string(&out, decision_explain(verdict->decision, verdict->id, verdict->arena), 0);
	buffer_puts(&out, "}");
	return (PluginAnswer){ 200, out.data, out.length };
}

static PluginAnswer answer_request(const Plugin *plugin, const char *message, size_t length, Arena *arena)
{
	Verdict verdict = { .started_us = clock_us(CLOCK_MONOTONIC), .arena = arena };
	Envelope envelope;

	if (!envelope_read(message, length, arena, &envelope))
		return ANSWER(400, malformed_body);
	verdict.envelope = &envelope;
	verdict.request = api_read(&envelope.call, arena);
	verdict.world = world_acquire(plugin->cell);
	evaluate(&verdict, false);
	apply_grant(plugin, &verdict);
	journal(plugin, &verdict);
	tell(plugin, &verdict);
	PluginAnswer answer = verdict.decision->allowed ? ANSWER(200, allow_body) : deny_answer(&verdict);
	world_release(verdict.world);
	return answer;
}

static PluginAnswer dispatch(const Plugin *plugin, const char *path, const char *message, size_t length, Arena *arena)
{
	if (length > LIMIT_MESSAGE_BYTES)
		return ANSWER(400, too_large_body);
	if (!strcmp(path, "/AuthZPlugin.AuthZReq"))
		return answer_request(plugin, message, length, arena);
	if (!strcmp(path, "/AuthZPlugin.AuthZRes"))
		return ANSWER(200, allow_body); /* the deed is done */
	if (!strcmp(path, "/Plugin.Activate"))
		return ANSWER(200, activate_body);
	return ANSWER(404, unknown_body);
}

PluginAnswer plugin_answer(const Plugin *plugin, const char *path, const char *message, size_t length, Arena *arena)
{
	pulse_begin(PULSE_AUTHZ);
	PluginAnswer answer = dispatch(plugin, path, message, length, arena);
	pulse_end(PULSE_AUTHZ);
	return answer;
}
