/* SPDX-License-Identifier: MIT
 *
 * The few things that an administrator looks for in the system's journal: log lines with a
 * MESSAGE_ID (systemd/docker-sentinel.catalog explains each, journalctl -x shows it) and fields.
 * Without the journal they are plain log lines.  Any thread; the rules of base/log.h hold.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

typedef enum EventId {
	EVENT_DENIED,
	EVENT_WARNED,
	EVENT_POLICY_LOADED,
	EVENT_POLICY_REJECTED,
	EVENT_MODE_RELAXED,
	EVENT_DEGRADED,
	EVENT_GRANT_MADE,
	EVENT_GRANT_USED,
	EVENT_GRANT_ENDED,
	EVENT_AUDIT_CLEARED,
	EVENT_AUDIT_GAP,
	EVENT_DISK_LOW,
	EVENT_SEALED,
	EVENT_COUNT
} EventId;

typedef struct EventField {
	const char *name, *value; /* "SENTINEL_POLICY"; a value is one printable line */
} EventField;

const char *event_message_id(EventId id); /* 32 hexadecimal digits */
/* What must be kept there: true when the system's journal has taken it, wherever log lines go. */
bool event_send(EventId id, const EventField *fields, size_t count, const char *message);
void event_log(EventId id, const EventField *fields, size_t count, const char *format, ...) G_GNUC_PRINTF(4, 5);
