/* SPDX-License-Identifier: MIT */
#include "authz/call-internal.h"
#include "base/limits.h"
#include "base/text.h"
#include "core/metrics.h"

/* Only looks, and nothing was found. */
static bool is_plain_read(const Call *call)
{
	return !call->request->mutates && call->decision->outcome == OUTCOME_ALLOWED;
}

/* What has no name, or was let through by an exception, is not counted with others. */
static bool can_fold(const Call *call)
{
	const Request *request = call->request;

	return request->kind == KIND_READ && *request->endpoint && request->problem == PROBLEM_NONE && !call->decision->waived_count && !call->grant;
}

bool call_wants_line(const Call *call)
{
	const Request *request = call->request;
	Folds *folds = call->plugin->folds;

	if (!is_plain_read(call))
		return true;
	if (call->world->log_reads != LOG_READS_FOLDED)
		return call->world->log_reads == LOG_READS_ALL;
	if (!folds || !can_fold(call))
		return true;
	folds_add(folds, &(FoldedRead){ .user = text_printable(call->arena, call->user, LIMIT_RECORD_NAME_BYTES), .endpoint = request->endpoint,
		.subject = text_printable(call->arena, request->subject, LIMIT_RECORD_NAME_BYTES), .policy = call->decision->policy,
		.summary = text_printable(call->arena, request->summary, LIMIT_RECORD_NAME_BYTES), .time_us = g_get_real_time() });
	return false;
}

void call_tell(const Call *call, uint64_t duration_us)
{
	const Plugin *plugin = call->plugin;
	const Decision *decision = call->decision;
	_Atomic uint64_t *counters[OUTCOME_COUNT] = {
		[OUTCOME_ALLOWED] = &plugin->status->allowed,
		[OUTCOME_DENIED] = &plugin->status->denied,
		[OUTCOME_WARNED] = &plugin->status->warned,
	};

	atomic_fetch_add_explicit(counters[decision->outcome], 1, memory_order_relaxed);
	status_asked(plugin->status, (uint64_t)g_get_real_time());
	metrics_decided(plugin->status->metrics, decision, call->request->endpoint, duration_us);
	if (!plugin->notices || (!call->request->mutates && decision->outcome == OUTCOME_ALLOWED))
		return;
	Notice notice = { .id = call->id, .outcome = decision->outcome, .score = decision->score, .grant = call->grant };
	(void)g_strlcpy(notice.user, text_printable(call->arena, call->user, sizeof notice.user - 8), sizeof notice.user);
	(void)g_strlcpy(notice.summary, text_printable(call->arena, call->request->summary, sizeof notice.summary - 8), sizeof notice.summary);
	(void)g_strlcpy(notice.policy, decision->policy, sizeof notice.policy);
	(void)g_strlcpy(notice.rule, decision->finding_count ? decision->findings[0].rule : "", sizeof notice.rule);
	notice_push(plugin->notices, &notice);
}
