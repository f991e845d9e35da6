/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "request/list.h"
#include "scan/secret/detector.h"
#include "scan/secret/findings.h"

typedef struct Kept {
	ScanFinding finding;
	RuleKind kind;
	size_t layer;
} Kept;

struct Findings {
	Arena *arena;
	const uint8_t *key;
	Kept *items;
	size_t count;
	GHashTable *known; /* "RULE\nPATH\nFINGERPRINT", and "RANK\nPATH\nFINGERPRINT" */
};

Findings *findings_new(Arena *arena, const uint8_t *key)
{
	Findings *findings = g_new0(Findings, 1);

	*findings = (Findings){ .arena = arena, .key = key, .known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };
	return findings;
}

void findings_free(Findings *findings)
{
	if (!findings)
		return;
	g_hash_table_unref(findings->known);
	g_free(findings);
}

/* Which kind of rule knows best what a secret is. */
static const char *const ranks[RULE_KIND_COUNT] = { [RULE_TOKEN] = "1", [RULE_KEY] = "1", [RULE_FILE] = "2", [RULE_GENERIC] = "3" };

static char *rank_key(RuleKind kind, const ScanFinding *finding)
{
	return g_strconcat(ranks[kind], "\n", finding->path, "\n", finding->fingerprint, NULL);
}

static bool known_better(const Findings *findings, const Kept *found)
{
	for (RuleKind kind = 0; kind < RULE_KIND_COUNT; kind++) {
		g_autofree char *key = rank_key(kind, &found->finding);
		if (strcmp(ranks[kind], ranks[found->kind]) < 0 && g_hash_table_contains(findings->known, key))
			return true;
	}
	return false;
}

static void keep(Findings *findings, const EngineMatch *match, const char *path, const char *fingerprint, size_t layer)
{
	const Kept found = {
		.finding = { .kind = SCAN_SECRET, .severity = match->severity, .id = match->rule->id, .title = match->rule->title, .package = "", .version = "",
			.fixed_version = "", .purl = "", .path = text_printable(findings->arena, path, LIMIT_SECRET_PATH_BYTES), .layer = "", .url = "",
			.line = match->line, .fingerprint = arena_strdup(findings->arena, fingerprint) },
		.kind = match->kind, .layer = layer,
	};

	LIST_APPEND(findings->arena, findings, found);
	(void)g_hash_table_add(findings->known, rank_key(match->kind, &found.finding));
}

bool findings_add(Findings *findings, const EngineMatch *match, const char *path, size_t layer)
{
	g_autofree char *fingerprint = g_compute_hmac_for_data(G_CHECKSUM_SHA256, findings->key, DETECTOR_KEY_BYTES, (const unsigned char *)match->secret.at,
		match->secret.length);
	g_autofree char *known = g_strconcat(match->rule->id, "\n", path, "\n", fingerprint, NULL);

	if (g_hash_table_contains(findings->known, known))
		return true;
	if (findings->count >= LIMIT_SECRET_FINDINGS)
		return false;
	(void)g_hash_table_add(findings->known, g_steal_pointer(&known));
	keep(findings, match, path, fingerprint, layer);
	return true;
}

static int worst_first(const void *a, const void *b)
{
	const ScanFinding *left = a, *right = b;

	if (left->severity != right->severity)
		return left->severity < right->severity ? 1 : -1;
	int order = strcmp(left->path, right->path);
	if (!order && left->line != right->line)
		return left->line < right->line ? -1 : 1;
	return order ? order : strcmp(left->id, right->id);
}

void findings_finish(Findings *findings, const Metadata *metadata, ScanReport *report)
{
	report->items = arena_alloc(findings->arena, (findings->count + 1) * sizeof *report->items);
	for (size_t i = 0; i < findings->count; i++) {
		Kept *found = &findings->items[i];
		if (known_better(findings, found))
			continue;
		found->finding.layer = found->layer == FINDINGS_NO_LAYER ? "" : arena_strdup(findings->arena, metadata_layer(metadata, found->layer));
		report->items[report->count++] = found->finding;
	}
	qsort(report->items, report->count, sizeof *report->items, worst_first);
}
