/* SPDX-License-Identifier: MIT */
#include <time.h>
#include "base/limits.h"
#include "base/text.h"
#include "core/grant-trail.h"
#include "core/record.h"

#define MICROSECONDS 1000000

static const struct { const char *endpoint, *word; } deeds[GRANT_DEED_COUNT] = {
	[GRANT_MADE] = { "sentinel.grant", "made" },
	[GRANT_REVOKED] = { "sentinel.revoke", "revoked" },
	[GRANT_ENDED] = { "sentinel.grant-ended", "ended" },
};

int grant_write_down(const Ledger *ledger, GrantDeed deed, const Grant *grant, const char *by)
{
	g_autoptr(Arena) arena = arena_new();
	Request *request = request_new(arena);
	const Decision decision = { .allowed = true, .outcome = OUTCOME_ALLOWED, .policy = "" };
	struct timespec now;
	size_t length;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	request->endpoint = deeds[deed].endpoint;
	request->image.text = grant->image;
	request->subject = arena_printf(arena, "%" G_GUINT64_FORMAT, grant->decision_id);
	request->summary = text_printable(arena,
		arena_printf(arena, "grant %" G_GUINT64_FORMAT " %s, %u uses left, decision %" G_GUINT64_FORMAT " (%s): %s", grant->id, deeds[deed].word,
			grant->uses_left, grant->decision_id, grant->command, grant->reason),
		LIMIT_RECORD_FIELD);
	const Record record = {
		.id = ledger->take_id(ledger->data), .time_us = (int64_t)now.tv_sec * MICROSECONDS + now.tv_nsec / 1000,
		.user = text_printable(arena, by, LIMIT_RECORD_FIELD), .request = request, .decision = &decision, .grant = grant->id,
	};
	const char *line = record_format(&record, arena, &length);
	return ledger->append(ledger->data, line, length);
}
