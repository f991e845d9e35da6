/* SPDX-License-Identifier: MIT
 *
 * What the audit verbs share.
 */
#pragma once

#include "cli/verb.h"

/* What the options say; NULL or 0: not given. */
typedef struct AuditFilter {
	char *decision, *since, *until, *user, *image, *rule, *command, *text;
	int64_t min_score;
} AuditFilter;

/* The rows of a struct that has an AuditFilter `filter`. */
#define AUDIT_FILTER_OPTIONS(Struct)                                                                                          \
	OPTION(Struct, filter.decision, "decision", 'd', "WORD", "only those allowed, denied or warned"),                     \
	OPTION(Struct, filter.since, "since", 0, "TIME", "only from TIME on: 5min, 7d, today, 2026-01-31"),                   \
	OPTION(Struct, filter.until, "until", 0, "TIME", "only before TIME"),                                                 \
	OPTION(Struct, filter.user, "user", 'u', "USER", "only of this user"),                                                \
	OPTION(Struct, filter.image, "image", 0, "IMAGE", "only of this image; without tag and digest: of all of its tags"), \
	OPTION(Struct, filter.rule, "rule", 0, "RULE", "only where this rule had a finding"),                                 \
	OPTION(Struct, filter.command, "command", 0, "COMMAND", "only this docker command: run, exec, \"volume create\""),    \
	OPTION(Struct, filter.min_score, "min-score", 0, "N", "only with so many points or more"),                            \
	OPTION(Struct, filter.text, "text", 0, "WORDS", "only with all of these words in command, path, user or image; ngin* is a beginning")

typedef struct AuditTimes {
	int64_t since, until; /* µs, 0: open */
} AuditTimes;

/* 0, or the exit code after saying what is wrong with the options. */
int audit_check_filter(const Cli *cli, const AuditFilter *filter, AuditTimes *ret);
/* The options as a{sv}.  `kind`: "decision", "event", "any"; NULL: what the call takes by itself. */
int audit_append_filter(sd_bus_message *call, const AuditFilter *filter, const AuditTimes *times, const char *kind, bool whole);

/* One page, newest first; before 0: from the newest.  `whole`: with the members "record" (the line of the trail) and "fixes". */
typedef struct AuditPage {
	const AuditFilter *filter;
	const AuditTimes *times;
	uint32_t limit;
	uint64_t before;
	const char *kind; /* NULL: any */
	bool whole;
	bool quiet; /* nobody is asked for an authorization */
} AuditPage;
/* 0 and the entries, or the exit code after saying why. */
int audit_query(Cli *cli, const AuditPage *page, JsonArray **ret);
/* The a{sv} of statistics, as members of `data`; below 0: it is none. */
int audit_read_statistics(sd_bus_message *reply, JsonObject *data);
/* The number of a decision. */
bool audit_read_id(const char *word, uint64_t *ret);
/* The id of an entry; 0: it has none. */
uint64_t audit_id(JsonObject *entry);

/* audit-rows.c.  Of entries, newest first, the lines of a table: with `fold` what belongs to one docker command is one line. */
typedef struct AuditRow {
	JsonObject *entry; /* not owned */
	unsigned folded;   /* how many others are in it */
} AuditRow;
GArray *audit_rows(JsonArray *entries, bool fold);
/* An administrative event: no decision. */
bool audit_is_event(JsonObject *entry);
/* The finding that weighs most; NULL: there is none. */
JsonObject *audit_worst(JsonObject *entry);
void audit_print_rows(Cli *cli, const GArray *rows, guint count);
