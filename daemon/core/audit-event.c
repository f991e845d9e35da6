/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "base/text.h"
#include "core/audit-event.h"

static const char *const words[AUDIT_EVENT_COUNT] = {
	[AUDIT_START] = "start",
	[AUDIT_STOP] = "stop",
	[AUDIT_POLICY] = "policy",
	[AUDIT_CONFIG] = "config",
	[AUDIT_GRANT] = "grant",
	[AUDIT_REVOKE] = "revoke",
	[AUDIT_GRANT_ENDED] = "grant-ended",
	[AUDIT_EXPORT] = "export",
	[AUDIT_CLEAR] = "clear",
	[AUDIT_RETENTION] = "retention",
	[AUDIT_DEGRADED] = "degraded",
	[AUDIT_RECOVERED] = "recovered",
	[AUDIT_GAP] = "gap",
	[AUDIT_SCAN] = "scan",
	[AUDIT_FOLDED] = "folded",
};

const char *audit_event_word(AuditEventKind kind)
{
	return words[kind];
}

static void put_text(Buffer *out, const char *name, const char *text)
{
	buffer_printf(out, ",\"%s\":", name);
	buffer_json_string(out, text ? text : "", LIMIT_RECORD_FIELD);
}

static void put_details(Buffer *out, const AuditEvent *event)
{
	for (size_t i = 0; i < event->detail_count; i++) {
		const AuditEventDetail *detail = &event->details[i];
		buffer_printf(out, "%s\"%s\":", i ? "," : ",\"details\":{", detail->name);
		if (detail->text)
			buffer_json_string(out, detail->text, LIMIT_RECORD_FIELD);
		else
			buffer_printf(out, "%" G_GUINT64_FORMAT, detail->number);
	}
	if (event->detail_count)
		buffer_puts(out, "}");
}

const char *audit_event_format(const AuditEvent *event, uint64_t id, int64_t time_us, Arena *arena, size_t *ret_length)
{
	const char *word = words[event->kind];
	Buffer out = BUFFER_INIT(arena);

	buffer_printf(&out, "{\"v\":1,\"id\":%" G_GUINT64_FORMAT ",\"time\":%" G_GINT64_FORMAT ",\"kind\":\"%s\"", id, time_us, word);
	put_text(&out, "user", event->user);
	buffer_printf(&out, ",\"endpoint\":\"sentinel.%s\"", word);
	put_text(&out, "command", event->summary);
	put_text(&out, "image", event->image);
	put_text(&out, "subject", event->subject);
	if (event->grant)
		buffer_printf(&out, ",\"grant\":%" G_GUINT64_FORMAT, event->grant);
	if (event->cut) {
		buffer_printf(&out, ",\"cut\":{\"position\":%" G_GINT64_FORMAT, event->cut->position);
		put_text(&out, "prev", event->cut->prev);
		buffer_puts(&out, "}");
	}
	put_details(&out, event);
	buffer_puts(&out, "}\n");
	*ret_length = out.length;
	return out.data;
}

int audit_event_write(const Ledger *ledger, const AuditEvent *event)
{
	g_autoptr(Arena) arena = arena_new();
	size_t length;
	const char *line = audit_event_format(event, ledger->take_id(ledger->data), g_get_real_time(), arena, &length);

	return ledger->append(ledger->data, line, length);
}
