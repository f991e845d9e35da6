/* SPDX-License-Identifier: MIT */
#pragma once

#include "scan/secret/rules/rules.h"

/* What a finding weighs: the rule's severity, at most what its place makes likely.  A checksum that is right is believed
 * anywhere, one that is wrong makes it SCAN_LOW.  Any thread. */
ScanSeverity secret_severity(const SecretRule *rule, RuleKind kind, SecretPlace place, RuleAnswer answer);
