/* SPDX-License-Identifier: MIT
 *
 * One line of audit.jsonl (core/record.h), read back.  Lines are ours, but the file may be torn or
 * edited: anything that is not a whole record is no line.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"

typedef struct AuditLineFinding {
	const char *rule, *severity, *category, *action, *message, *key; /* key "" unless denied */
} AuditLineFinding;

/* Where what was removed from the trail ended. */
typedef struct AuditLineCut {
	int64_t position;
	const char *prev; /* what the chain was there */
} AuditLineCut;

/* Strings are in the arena, never NULL. */
typedef struct AuditLine {
	int64_t version, id, time_us, score, max_score, duration_us, grant;
	const char *kind; /* "decision", or the word of an administrative event (core/audit-event.h) */
	const char *decision, *mode, *policy, *user, *method, *uri, *endpoint, *command, *image, *subject, *argv, *fit, *prev;
	AuditLineFinding *findings;
	size_t finding_count;
	bool truncated; /* there were more findings */
	int64_t folded; /* how many reads the line stands for, when its kind is "folded" */
	AuditLineCut cut;    /* of a record that says what was removed; "" in others */
} AuditLine;

/* `text` without its line feed.  A record that was glued behind a torn one is found. */
bool audit_line_read(const char *text, size_t length, Arena *arena, AuditLine *ret);
/* It is no decision. */
bool audit_line_is_event(const AuditLine *line);
/* A record on a line of its own. */
bool audit_line_is_whole(const char *text, size_t length, Arena *arena, AuditLine *ret);
/* Where the record with this id begins in a line: mostly at its start.  NULL: it does not. */
const char *audit_line_find_record(const char *text, uint64_t id);
/* The id that a line of ours begins with; 0: it is none. */
uint64_t audit_line_id(const char *text, size_t length);
/* The highest id of the whole records in a piece of the file; 0 when there is none. */
uint64_t audit_line_highest_id(const char *text, size_t length);
