/* SPDX-License-Identifier: MIT
 *
 * VEX documents of others, OpenVEX and CycloneDX: whatever they say, no crash; one that was refused says why and sets nothing aside, and
 * what sets aside says so.
 */
#include <stdint.h>
#include <stdlib.h>
#include "policy/vex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const ImageRef image = { .registry = "ghcr.io", .repository = "team/app", .tag = "1", .digest = "" };
	static const char purl[] = "pkg:deb/debian/openssl@3.0?arch=amd64&distro=debian-12", id[] = "sha256:00000000000000000000000000000000000000000000000000000000000000aa";
	static const VexCase cases[] = {
		{ "CVE-1", purl, &image, "", id }, { "CVE-1", purl, NULL, id, "" }, { "CVE-1", "", &image, "", "" }, { "CVE-1", "pkg:", NULL, "", "" },
	};
	g_autoptr(Arena) arena = arena_new();
	VexTable *table = vex_new();
	const char *problem = "";
	const bool good = vex_add(table, "a.json", (const char *)data, size, &problem);

	vex_end(table);
	if (!good && (!*problem || vex_count(table)))
		abort();
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const VexStatement *said = vex_find(table, &cases[i], arena);
		if (said && (!good || !said->aside || !*said->status))
			abort();
	}
	vex_unref(table);
	return 0;
}
