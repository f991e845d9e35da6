/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include "audit/export.h"
#include "audit/place.h"
#include "audit/proof.h"
#include "audit/seals.h"
#include "base/budget.h"
#include "base/error.h"

#define TRIES 3 /* files that are removed while they are read */

static char *describe(const ProofCounts *counts, const SealCheck *check, const char *why)
{
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "%" G_GUINT64_FORMAT " records in %" G_GUINT64_FORMAT " files", counts->records, counts->files);
	if (counts->cut_id)
		g_string_append_printf(text, "; what was before them was removed on purpose, as record %" G_GUINT64_FORMAT " says (%s)", counts->cut_id, counts->cut_by);
	if (counts->unchained)
		g_string_append_printf(text, "; the first %" G_GUINT64_FORMAT " are of an older version and have no hash: what was changed in them with care is not found",
			counts->unchained);
	if (counts->records > counts->unchained)
		g_string_append(text, counts->unchained ? "; the others are one chain" : " are one chain, each with the hash of the one before it");
	if (counts->torn)
		g_string_append_printf(text, "; %" G_GUINT64_FORMAT " torn lines (a full disk, a power cut) were skipped", counts->torn);
	g_autofree char *proved = seal_check_describe(check, why);
	g_string_append_printf(text, "; %s", proved);
	return g_string_free(text, FALSE);
}

/* By the name that a file has also when it is not packed: it may be packed while this looks. */
static bool is_seen(GHashTable *seen, const char *name)
{
	g_autofree char *plain = segment_plain_name(name);

	return g_hash_table_contains(seen, plain);
}

/* A file of the trail that was put away and does not go on where another one ends: two were exchanged, say.  NULL: there is none. */
static const char *find_stray(const char *dir, const GPtrArray *names, GHashTable *seen, const Proof *proof)
{
	for (guint i = 0; names && i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		int cause = 0;
		if (!strcmp(name, SEGMENT_ACTIVE) || is_seen(seen, name))
			continue;
		g_autoptr(Segment) segment = segment_open(dir, name, &cause);
		if (!segment || !proof_knows_rest(proof, &segment->head))
			return name;
	}
	return NULL;
}

static void see(GHashTable *seen, const Segment *segment)
{
	if (!is_seen(seen, segment->name))
		(void)g_hash_table_add(seen, segment_plain_name(segment->name));
}

/* One look at all of it. */
typedef struct Look {
	Proof *proof;
	TrailWalk *walk;
	GHashTable *seen;
	SealCheck check;
	int64_t begin;       /* of the trail; -1: not known yet */
	int64_t end;         /* when this began */
	const char *wrong;   /* NULL: nothing yet */
	char *against_seal;  /* the same, by a seal */
	const char *damaged; /* the file that it is about, when no line is */
} Look;

static void look_at(Look *look, const TrailLine *text)
{
	const uint64_t before = proof_counts(look->proof).records;

	if (look->begin < 0)
		look->begin = text->position;
	look->wrong = proof_line(look->proof, trail_walk_segment(look->walk), text);
	const ProofCounts counts = proof_counts(look->proof);
	if (!look->wrong && text->ends)
		look->wrong = look->against_seal = seal_check_line(&look->check, look->begin, text->position + (int64_t)text->length + 1, proof_digits(look->proof),
			counts.last_id, counts.records > before);
}

/* The whole trail from its beginning; what is wrong is in `look`. */
static TrailStep look_at_all(Look *look)
{
	TrailStep step = WALK_END;
	TrailLine text;

	while (!look->wrong && budget_spend(1) && (step = trail_walk_next(look->walk, &text)) == WALK_LINE) {
		see(look->seen, trail_walk_segment(look->walk));
		look_at(look, &text);
		budget_report(text.position - look->begin, look->end - look->begin);
	}
	if (step == WALK_DAMAGED) {
		look->damaged = trail_walk_damaged(look->walk);
		look->wrong = "this file is damaged and cannot be unpacked: it was changed, cut off, or the disk is failing; what stands in it from here on is not known";
	}
	if (step == WALK_REPLACED)
		look->wrong = "the trail does not go on here: a file was exchanged, or its end was removed";
	if (!look->wrong && step == WALK_END && trail_walk_rest(look->walk, &text))
		look_at(look, &text);
	if (!look->wrong && step == WALK_END)
		look->wrong = proof_end(look->proof);
	if (!look->wrong && step == WALK_END)
		look->wrong = look->against_seal = seal_check_end(&look->check);
	return step;
}

static char *place_of(const Look *look)
{
	if (look->damaged)
		return g_strdup(look->damaged);
	return look->against_seal ? proof_here(look->proof) : proof_place(look->proof);
}

bool verify_with_seals(const char *dir, const GArray *seals, const char *why, Verification *ret, GError **error)
{
	int cause = 0;
	g_autoptr(Proof) proof = proof_new();
	g_autoptr(TrailWalk) walk = trail_walk_new(dir, 0, 0);
	g_autoptr(GPtrArray) names = segment_list(dir, &cause);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	Look look = { .proof = proof, .walk = walk, .seen = seen, .check = { .seals = seals }, .begin = -1, .end = places_end_of(dir) };

	const TrailStep step = look_at_all(&look);
	if (step == WALK_FAILED) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read the trail in %s: %s", dir, g_strerror(errno));
		g_free(look.against_seal);
		return false;
	}
	const char *stray = !look.wrong && step == WALK_END ? find_stray(dir, names, seen, proof) : NULL;
	const ProofCounts counts = proof_counts(proof);
	g_autofree char *place = stray ? g_strdup(stray) : place_of(&look);
	const char *found = stray ? "this file is not where the trail goes on: two were exchanged, or this one was put in" : look.wrong;
	*ret = (Verification){ !found, step == WALK_REPLACED, counts.records,
		found ? g_strdup_printf("%s/%s: %s", dir, place, found) : describe(&counts, &look.check, why) };
	g_free(look.against_seal);
	return true;
}

bool verify_run(const char *dir, Verification *ret, GError **error)
{
	for (unsigned i = 1;; i++) {
		int64_t begin = places_begin_of(dir);
		g_autofree char *why = NULL;
		g_autoptr(GArray) seals = seals_read(dir, &why); /* before the trail: what is sealed meanwhile is not looked for */
		if (!verify_with_seals(dir, seals, why, ret, error))
			return false;
		if (ret->intact || i == TRIES || (places_begin_of(dir) == begin && !ret->replaced))
			return true;
		g_free(ret->detail);
	}
}
