/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "scan/count.h"

static const char *const severity_names[SCAN_SEVERITY_COUNT] = {
	[SCAN_UNKNOWN] = "unknown", [SCAN_NEGLIGIBLE] = "negligible", [SCAN_LOW] = "low",
	[SCAN_MEDIUM] = "medium",   [SCAN_HIGH] = "high",             [SCAN_CRITICAL] = "critical",
};

const char *scan_severity_name(ScanSeverity severity)
{
	return severity_names[severity];
}

const char *scan_outcome_name(ScanOutcome outcome)
{
	static const char *const names[SCAN_OUTCOME_COUNT] = {
		[SCAN_FAILED] = "failed", [SCAN_INCOMPLETE] = "incomplete", [SCAN_FOUND] = "found", [SCAN_CLEAN] = "clean",
	};

	return names[outcome];
}

const char *scan_kind_name(ScanKind kind)
{
	static const char *const names[SCAN_KIND_COUNT] = { [SCAN_VULNERABILITY] = "vulnerability", [SCAN_SECRET] = "secret", [SCAN_SIGNATURE] = "signature" };

	return names[kind];
}

bool scan_severity_parse(const char *word, ScanSeverity *ret)
{
	*ret = SCAN_UNKNOWN;
	for (unsigned i = 0; i < SCAN_SEVERITY_COUNT; i++) {
		if (g_ascii_strcasecmp(word, severity_names[i]) != 0)
			continue;
		*ret = (ScanSeverity)i;
		return true;
	}
	return g_ascii_strcasecmp(word, "unspecified") == 0;
}

/* The package URL names package and version; without one their names do.  Secrets are each one for itself. */
static int compare_things(const ScanFinding *a, const ScanFinding *b)
{
	bool purl = *a->purl && *b->purl;
	const char *const left[] = { a->id, purl ? a->purl : a->package, purl ? "" : a->version, a->kind == SCAN_SECRET ? a->path : "" };
	const char *const right[] = { b->id, purl ? b->purl : b->package, purl ? "" : b->version, b->kind == SCAN_SECRET ? b->path : "" };
	int order = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(left) && order == 0; i++)
		order = strcmp(left[i], right[i]);
	return order || a->kind != SCAN_SECRET ? order : (a > b) - (a < b);
}

static int compare_worst_of_same(const void *left, const void *right)
{
	const ScanFinding *a = *(const ScanFinding *const *)left, *b = *(const ScanFinding *const *)right;
	int order = compare_things(a, b);

	if (order == 0)
		order = (int)b->severity - (int)a->severity;
	return order ? order : (int)b->verified - (int)a->verified;
}

static int compare_worst(const void *left, const void *right)
{
	const ScanFinding *a = *(const ScanFinding *const *)left, *b = *(const ScanFinding *const *)right;
	int order = (int)b->severity - (int)a->severity;

	if (order == 0)
		order = (int)b->verified - (int)a->verified;
	return order ? order : compare_things(a, b);
}

const ScanFinding **scan_distinct(const ScanReport *report, ScanKind kind, Arena *arena, size_t *ret_count)
{
	const ScanFinding **found = arena_alloc(arena, (report->count + 1) * sizeof *found);
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < report->count; i++)
		if (report->items[i].kind == kind)
			found[count++] = &report->items[i];
	qsort(found, count, sizeof *found, compare_worst_of_same);
	for (size_t i = 0; i < count; i++)
		if (!kept || compare_things(found[kept - 1], found[i]) != 0)
			found[kept++] = found[i];
	qsort(found, kept, sizeof *found, compare_worst);
	*ret_count = kept;
	return found;
}

VerdictVulnerability scan_known(const ScanFinding *finding)
{
	return (VerdictVulnerability){
		finding->id, finding->package, finding->version, finding->purl, finding->severity == SCAN_CRITICAL, finding->severity == SCAN_HIGH,
		finding->severity == SCAN_MEDIUM, *finding->fixed_version != 0,
	};
}

ScanCounts scan_count(const ScanReport *report, ScanKind kind, Arena *arena)
{
	ScanCounts counts = { 0 };
	size_t count;
	const ScanFinding **found = scan_distinct(report, kind, arena, &count);

	for (size_t i = 0; i < count; i++) {
		counts.by_severity[found[i]->severity]++;
		counts.verified += found[i]->verified;
	}
	return counts;
}
