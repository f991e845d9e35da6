/* SPDX-License-Identifier: MIT
 *
 * Rules for secrets that a site writes itself: secret-rules.yaml beside config.yaml.  Each has examples that are its tests: a file
 * of which one does not hold, or that cannot be read, is refused as a whole, and with it every scan by the built-in detector.
 */
#pragma once

#include "policy/policy.h"
#include "scan/secret/rules/rules.h"

#define OWN_RULES_FILE "secret-rules.yaml"

/* NULL with errors in `diagnostics`.  `file` is only a name for messages; an empty text has no rules.  Any thread. */
const RuleTable *own_rules_parse(const char *file, const char *text, size_t length, Arena *arena, GPtrArray *diagnostics);
/* The file's text, checked; "" when there is none and never was while this process ran.  NULL: what is wrong, for people. */
char *own_rules_text(const char *file, GError **error);
/* Whether a text is one of these files, by its only key. */
bool own_rules_meant(const char *text);
