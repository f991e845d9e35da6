/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "base/text.h"
#include "core/audit-event.h"
#include "core/grant-trail.h"

static const struct {
	AuditEventKind kind;
	const char *word;
} deeds[GRANT_DEED_COUNT] = {
	[GRANT_MADE] = { AUDIT_GRANT, "made" },
	[GRANT_REVOKED] = { AUDIT_REVOKE, "revoked" },
	[GRANT_ENDED] = { AUDIT_GRANT_ENDED, "ended" },
};

int grant_write_down(const Ledger *ledger, GrantDeed deed, const Grant *grant, const char *by)
{
	g_autoptr(Arena) arena = arena_new();
	const char *summary =
		arena_printf(arena, "grant %" G_GUINT64_FORMAT " %s, %u uses left, decision %" G_GUINT64_FORMAT " (%s): %s", grant->id, deeds[deed].word,
			grant->uses_left, grant->decision_id, grant->command, grant->reason);
	const AuditEvent event = {
		.kind = deeds[deed].kind,
		.user = text_printable(arena, by, LIMIT_RECORD_FIELD),
		.summary = text_printable(arena, summary, LIMIT_RECORD_FIELD),
		.image = grant->image,
		.subject = arena_printf(arena, "%" G_GUINT64_FORMAT, grant->decision_id),
		.grant = grant->id,
	};

	return audit_event_write(ledger, &event);
}
