/* SPDX-License-Identifier: MIT
 *
 * One adapter a scanner: the bytes of its answer in, a report out.  The forms are those of the tools
 * themselves: trivy pkg/types/report.go, grype grype/presenter/models, SARIF 2.1.0 as docker scout
 * writes it, trufflehog pkg/output/json.go, gitleaks report/finding.go; old forms are read, too.
 * Pure, any thread; the report is in `arena`.
 */
#pragma once

#include "base/scanner-names.h"
#include "scan/reading.h"

typedef ScanReport (*ScanParser)(const ScannerOutput *output, Arena *arena);

ScanReport trivy_parse(const ScannerOutput *output, Arena *arena);
ScanReport grype_parse(const ScannerOutput *output, Arena *arena);
ScanReport scout_parse(const ScannerOutput *output, Arena *arena);
ScanReport trufflehog_parse(const ScannerOutput *output, Arena *arena);
ScanReport gitleaks_parse(const ScannerOutput *output, Arena *arena);
/* What the project's own detector writes (builtin-text.h). */
ScanReport builtin_parse(const ScannerOutput *output, Arena *arena);
