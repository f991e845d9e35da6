/* SPDX-License-Identifier: MIT
 *
 * What the audit verbs share.
 */
#pragma once

#include "cli/cli.h"

#define AUDIT_FILTER_OPTIONS                                                                                                                  \
	{ "decision", 'd', OPTION_TEXT, offsetof(Cli, decision), "WORD", "only those allowed, denied or warned" },                          \
	{ "since", 0, OPTION_TEXT, offsetof(Cli, since), "TIME", "only from TIME on: 7d, 1h30m, 2026-01-31" },                              \
	{ "until", 0, OPTION_TEXT, offsetof(Cli, until), "TIME", "only before TIME" },                                                      \
	{ "user", 'u', OPTION_TEXT, offsetof(Cli, user), "NAME", "only of this user" },                                                     \
	{ "image", 0, OPTION_TEXT, offsetof(Cli, image), "IMAGE", "only of this image" },                                                   \
	{ "rule", 0, OPTION_TEXT, offsetof(Cli, rule), "RULE", "only where this rule had a finding" },                                      \
	{ "text", 0, OPTION_TEXT, offsetof(Cli, text), "TEXT", "only where the command, path, user or image holds TEXT" }

typedef struct AuditTimes {
	int64_t since, until; /* µs, 0: open */
} AuditTimes;

/* 0, or the exit code after saying what is wrong with the options. */
int audit_check_filter(const Cli *cli, AuditTimes *ret);
/* The options as a{sv}. */
int audit_append_filter(sd_bus_message *call, const Cli *cli, const AuditTimes *times);
