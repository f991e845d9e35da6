/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include "scan/secret/severity.h"

static const ScanSeverity most[RULE_KIND_COUNT][PLACE_CLASS_COUNT] = {
	/*                 ordinary       packaged         example */
	[RULE_TOKEN]   = { SCAN_CRITICAL, SCAN_MEDIUM,     SCAN_LOW },
	[RULE_KEY]     = { SCAN_CRITICAL, SCAN_MEDIUM,     SCAN_LOW },
	[RULE_FILE]    = { SCAN_CRITICAL, SCAN_LOW,        SCAN_LOW },
	[RULE_GENERIC] = { SCAN_CRITICAL, SCAN_NEGLIGIBLE, SCAN_NEGLIGIBLE },
};

ScanSeverity secret_severity(const SecretRule *rule, RuleKind kind, SecretPlace place, RuleAnswer answer)
{
	ScanSeverity severity = MIN(rule->severity, most[kind][place.kind]);

	if (answer == RULE_WEAK)
		return MIN(severity, SCAN_LOW);
	if (answer == RULE_PROVEN)
		return place.kind == PLACE_EXAMPLE ? SCAN_MEDIUM : rule->severity;
	if (kind == RULE_GENERIC && place.syntax != SYNTAX_CONFIG)
		return MIN(severity, SCAN_MEDIUM);
	return severity;
}
