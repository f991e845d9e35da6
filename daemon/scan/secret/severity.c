/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include "scan/secret/severity.h"

/* What is plain from its form, or stands in a file that is known by its name, is not less of a secret for where it lies: only where a
 * package put it as its own example, everybody has it. */
static const ScanSeverity most[RULE_KIND_COUNT][PLACE_CLASS_COUNT] = {
	/*                 ordinary       example          packaged         a package's example */
	[RULE_TOKEN] = { SCAN_CRITICAL, SCAN_CRITICAL, SCAN_CRITICAL, SCAN_MEDIUM },
	[RULE_KEY] = { SCAN_CRITICAL, SCAN_CRITICAL, SCAN_CRITICAL, SCAN_LOW },
	[RULE_FILE] = { SCAN_CRITICAL, SCAN_CRITICAL, SCAN_CRITICAL, SCAN_LOW },
	[RULE_GENERIC] = { SCAN_CRITICAL, SCAN_NEGLIGIBLE, SCAN_NEGLIGIBLE, SCAN_NEGLIGIBLE },
};

ScanSeverity secret_severity(const SecretRule *rule, RuleKind kind, SecretPlace place, RuleAnswer answer)
{
	ScanSeverity severity = MIN(rule->severity, most[kind][place.kind]);

	if (answer == RULE_WEAK)
		return MIN(severity, SCAN_LOW);
	if (rule->shipped && place.kind == PLACE_PACKAGED)
		return MIN(severity, SCAN_MEDIUM);
	if (answer == RULE_PROVEN)
		return rule->severity;
	if (place.program && (kind == RULE_KEY || place.kind != PLACE_ORDINARY))
		return MIN(severity, SCAN_MEDIUM);
	if (kind == RULE_GENERIC && place.syntax != SYNTAX_CONFIG)
		return MIN(severity, SCAN_MEDIUM);
	return severity;
}
