/* SPDX-License-Identifier: MIT
 *
 * What the audit verbs share.
 */
#pragma once

#include "cli/verb.h"

/* What the options say; NULL: not given. */
typedef struct AuditFilter {
	char *decision, *since, *until, *user, *image, *rule, *text;
} AuditFilter;

/* The rows of a struct that has an AuditFilter `filter`. */
#define AUDIT_DECISION_OPTION(Struct) OPTION(Struct, filter.decision, "decision", 'd', "WORD", "only those allowed, denied or warned")
#define AUDIT_USER_OPTION(Struct) OPTION(Struct, filter.user, "user", 'u', "NAME", "only of this user")
#define AUDIT_FILTER_OPTIONS(Struct)                                                                    \
	AUDIT_DECISION_OPTION(Struct),                                                                  \
	OPTION(Struct, filter.since, "since", 0, "TIME", "only from TIME on: 7d, 1h30m, 2026-01-31"),   \
	OPTION(Struct, filter.until, "until", 0, "TIME", "only before TIME"),                           \
	AUDIT_USER_OPTION(Struct),                                                                      \
	OPTION(Struct, filter.image, "image", 0, "IMAGE", "only of this image"),                        \
	OPTION(Struct, filter.rule, "rule", 0, "RULE", "only where this rule had a finding"),           \
	OPTION(Struct, filter.text, "text", 0, "TEXT", "only where the command, path, user or image holds TEXT")

typedef struct AuditTimes {
	int64_t since, until; /* µs, 0: open */
} AuditTimes;

/* 0, or the exit code after saying what is wrong with the options. */
int audit_check_filter(const Cli *cli, const AuditFilter *filter, AuditTimes *ret);
/* The options as a{sv}. */
int audit_append_filter(sd_bus_message *call, const AuditFilter *filter, const AuditTimes *times);
