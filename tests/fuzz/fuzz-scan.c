/* SPDX-License-Identifier: MIT
 *
 * Scanners' answers: whatever they are, a report; one that is clean holds nothing, one that found holds something.
 */
#include <stdint.h>
#include <stdlib.h>
#include "scan/adapters.h"
#include "scan/count.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const ScanParser parsers[] = { trivy_parse, grype_parse, scout_parse, trufflehog_parse, gitleaks_parse, builtin_parse };
	static const unsigned char key[SCAN_KEY_BYTES] = { 0 };
	g_autoptr(Arena) arena = arena_new();
	size_t counted;

	if (!size)
		return 0;
	const char *text = (const char *)data + 1;
	size_t length = size - 1, log = length / 2;
	const ScannerOutput output = { text, length, text + log, length - log, key };
	const ScanReport report = parsers[data[0] % G_N_ELEMENTS(parsers)](&output, arena);
	if ((report.outcome == SCAN_CLEAN && report.count) || (report.outcome == SCAN_FOUND && !report.count))
		abort();
	(void)scan_distinct(&report, SCAN_VULNERABILITY, arena, &counted);
	if (counted > report.count)
		abort();
	return 0;
}
