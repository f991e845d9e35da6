/* SPDX-License-Identifier: MIT
 *
 * What happened to the guard itself, as a line of the trail: an administrative event.  It has an id and takes part in the chain like a
 * decision, is found and exported like one, and is none: statistics do not count it, DecisionMade does not tell of it.
 *
 * Fields: v, id, time, kind (the word below; a decision has no such field), user (who did it; "" nobody, or not known), endpoint
 * ("sentinel." and the word), command (one sentence for people), image, subject, grant (of a grant), cut (of a removal), details (an object
 * of texts and numbers), prev.
 */
#pragma once

#include "core/ledger.h"
#include "core/record.h"

typedef enum AuditEventKind {
	AUDIT_START,
	AUDIT_STOP,
	AUDIT_POLICY, /* somebody changes policies over the bus; written before it is done */
	AUDIT_CONFIG, /* what is in force has changed, or what was written does not load */
	AUDIT_GRANT,
	AUDIT_REVOKE,
	AUDIT_GRANT_ENDED,
	AUDIT_EXPORT,
	AUDIT_CLEAR,     /* with `cut` */
	AUDIT_RETENTION, /* the same by age or size, by the service itself */
	AUDIT_DEGRADED,
	AUDIT_RECOVERED,
	AUDIT_GAP,    /* what could not be written down */
	AUDIT_SCAN,   /* of an image that was built here; `user`: who did */
	AUDIT_FOLDED, /* reads that are counted and not written one by one */
	AUDIT_EVENT_COUNT
} AuditEventKind;

typedef struct AuditEventDetail {
	const char *name, *text; /* text NULL: the number */
	uint64_t number;
} AuditEventDetail;

/* Texts may be NULL: "". */
typedef struct AuditEvent {
	AuditEventKind kind;
	const char *user, *summary, *image, *subject;
	uint64_t grant; /* 0: none */
	const RecordCut *cut;
	const AuditEventDetail *details;
	size_t detail_count;
} AuditEvent;

/* The detail of AUDIT_FOLDED that says how many. */
#define AUDIT_FOLDED_READS "reads"

const char *audit_event_word(AuditEventKind kind);
/* The line with its "\n", at most LIMIT_RECORD_BYTES; in `arena`. */
const char *audit_event_format(const AuditEvent *event, uint64_t id, int64_t time_us, Arena *arena, size_t *ret_length);
/* Takes an id and writes it now.  0, or a negative errno: it is not written down.  Any thread. */
int audit_event_write(const Ledger *ledger, const AuditEvent *event);
