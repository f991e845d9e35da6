/* SPDX-License-Identifier: MIT
 *
 * The audit trail as a whole: counted, written out, checked.  Worker thread.
 */
#pragma once

#include "audit/query.h"

typedef enum ExportFormat { EXPORT_JSON, EXPORT_JSONL, EXPORT_CSV, EXPORT_CEF, EXPORT_COUNT } ExportFormat;

const char *export_format_word(ExportFormat format);
bool export_format_parse(const char *word, ExportFormat *ret); /* "json", "jsonl", "csv", "cef" */
/* Newest first, to `fd`; gives up when its reader takes nothing for LIMIT_EXPORT_STALL_MS.  The number
 * of entries, or -1. */
int64_t export_run(const char *dir, const AuditFilter *filter, ExportFormat format, int fd, GError **error);

/* RFC 3339 in UTC, with all six digits of a fraction: "2026-11-27T14:46:45.000120Z"; "" for what is no year of four digits. */
char *export_time(int64_t time_us);
/* One record as a line of CEF (ArcSight Common Event Format, version 0): header and extension escaped as it asks. */
void cef_put(GString *out, const AuditLine *line);

typedef struct Verification {
	bool intact, replaced; /* replaced: what was read is no longer there */
	uint64_t entries;
	char *detail; /* for people: what was checked, or what is wrong and where */
} Verification;

/* Reads the whole trail: every line has the hash of what stands before it (audit/chain.h), no id is twice or far out of order, and what is missing at its
 * beginning was removed by a record's word. */
bool verify_run(const char *dir, Verification *ret, GError **error);
/* The same against these seals (AuditSeal, by position); NULL: they could not be read, `why`. */
bool verify_with_seals(const char *dir, const GArray *seals, const char *why, Verification *ret, GError **error);
