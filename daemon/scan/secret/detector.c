/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "base/scanner-names.h"
#include "base/text.h"
#include "scan/secret/detector.h"
#include "scan/secret/findings.h"
#include "scan/secret/image/walk.h"

/* The worst of what happened says what the report is worth. */
static void conclude(ScanReport *report, const ImageWalk *walk, MetadataAnswer metadata, const char *problem, Arena *arena)
{
	const bool only_files = image_walk_missed(walk, report, arena);

	report->outcome = report->count ? SCAN_FOUND : SCAN_CLEAN;
	if (*image_walk_damage(walk)) {
		report->outcome = SCAN_FAILED;
		report->detail = arena_strdup(arena, image_walk_damage(walk));
	} else if (*image_walk_gap(walk)) {
		report->outcome = SCAN_INCOMPLETE;
		report->only_gaps = only_files && metadata == METADATA_WHOLE;
		report->detail = arena_strdup(arena, image_walk_gap(walk));
	} else if (metadata != METADATA_WHOLE) {
		report->outcome = metadata == METADATA_BROKEN ? SCAN_FAILED : SCAN_INCOMPLETE;
		report->detail = text_printable(arena, problem, LIMIT_SECRET_PATH_BYTES);
	}
}

ScanReport detector_scan_archive(int fd, const DetectorOptions *options, Arena *arena)
{
	ScanReport report = { .scanner = scanner_names[SCANNER_BUILTIN].name, .version = options->version ? options->version : SECRET_RULES_VERSION, .detail = "" };
	g_autoptr(Arena) memory = arena_new();
	g_autoptr(Metadata) metadata = metadata_new(memory);
	g_autoptr(Findings) findings = findings_new(arena, options->key);
	g_autoptr(ImageWalk) walk = image_walk_new(options, findings, metadata);
	const char *problem = "";

	image_walk_archive(walk, fd);
	const MetadataAnswer answer = metadata_finish(metadata, image_walk_text, walk, &problem);
	findings_finish(findings, metadata, &report);
	conclude(&report, walk, answer, problem, arena);
	return report;
}
