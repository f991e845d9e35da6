/* SPDX-License-Identifier: MIT */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "base/limits.h"
#include "policy/verdict.h"
#include "request/list.h"

/* Verdicts are in several tables at a time. */
typedef struct HeldVerdict {
	Verdict verdict; /* first: a Verdict * is a HeldVerdict * */
	_Atomic unsigned users;
} HeldVerdict;

struct VerdictTable {
	_Atomic unsigned users;
	VexTable *vex; /* NULL: none */
	size_t count;
	HeldVerdict *items[]; /* sorted */
};

Verdict *verdict_new(void)
{
	HeldVerdict *held = g_new0(HeldVerdict, 1);

	atomic_init(&held->users, 1);
	held->verdict = (Verdict){ .image_id = "", .scanner = "", .detail = "", .version = "", .database = "", .end_of_life = "", .arena = arena_new() };
	return &held->verdict;
}

static void drop(HeldVerdict *held)
{
	if (atomic_fetch_sub_explicit(&held->users, 1, memory_order_acq_rel) != 1)
		return;
	arena_free(held->verdict.arena);
	g_free(held);
}

void verdict_free(Verdict *verdict)
{
	drop((HeldVerdict *)(void *)verdict);
}

static VerdictTable *table_alloc(size_t room)
{
	VerdictTable *table = g_malloc0(sizeof *table + room * sizeof table->items[0]);

	atomic_init(&table->users, 1);
	return table;
}

VerdictTable *verdict_table_new(void)
{
	return table_alloc(0);
}

VerdictTable *verdict_table_ref(const VerdictTable *table)
{
	/* Shared as const: nobody but the counter changes. */
	VerdictTable *shared = (VerdictTable *)(uintptr_t)table;

	atomic_fetch_add_explicit(&shared->users, 1, memory_order_relaxed);
	return shared;
}

void verdict_table_unref(VerdictTable *table)
{
	if (!table || atomic_fetch_sub_explicit(&table->users, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < table->count; i++)
		drop(table->items[i]);
	vex_unref(table->vex);
	g_free(table);
}

static int compare(const Verdict *a, const char *image_id, bool secrets, const char *scanner)
{
	int order = strcmp(a->image_id, image_id);

	if (order == 0)
		order = (int)a->secrets - (int)secrets;
	return order ? order : strcmp(a->scanner, scanner);
}

/* The first place that is not before the key. */
static size_t place_of(const VerdictTable *table, const char *image_id, bool secrets, const char *scanner)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(&table->items[middle]->verdict, image_id, secrets, scanner) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void drop_oldest(VerdictTable *table)
{
	size_t oldest = 0;

	for (size_t i = 1; i < table->count; i++)
		if (table->items[i]->verdict.time_us < table->items[oldest]->verdict.time_us)
			oldest = i;
	drop(table->items[oldest]);
	table->count--;
	memmove(&table->items[oldest], &table->items[oldest + 1], (table->count - oldest) * sizeof table->items[0]);
}

VerdictTable *verdict_table_with(const VerdictTable *table, Verdict *verdict)
{
	size_t place = place_of(table, verdict->image_id, verdict->secrets, verdict->scanner);
	VerdictTable *changed = table_alloc(table->count + 1);

	changed->vex = vex_ref(table->vex);
	for (size_t i = 0; i < place; i++)
		changed->items[changed->count++] = table->items[i];
	changed->items[changed->count++] = (HeldVerdict *)(void *)verdict;
	if (place < table->count && compare(&table->items[place]->verdict, verdict->image_id, verdict->secrets, verdict->scanner) == 0)
		place++;
	for (size_t i = place; i < table->count; i++)
		changed->items[changed->count++] = table->items[i];
	for (size_t i = 0; i < changed->count; i++)
		if (&changed->items[i]->verdict != verdict)
			atomic_fetch_add_explicit(&changed->items[i]->users, 1, memory_order_relaxed);
	if (changed->count > LIMIT_VERDICTS)
		drop_oldest(changed);
	return changed;
}

VerdictTable *verdict_table_with_vex(const VerdictTable *table, const VexTable *vex)
{
	VerdictTable *changed = table_alloc(table->count);

	changed->vex = vex_ref(vex);
	for (; changed->count < table->count; changed->count++) {
		changed->items[changed->count] = table->items[changed->count];
		atomic_fetch_add_explicit(&changed->items[changed->count]->users, 1, memory_order_relaxed);
	}
	return changed;
}

const VexTable *verdict_table_vex(const VerdictTable *table)
{
	return table->vex;
}

const Verdict *verdict_table_find(const VerdictTable *table, const char *image_id, const char *scanner, bool secrets)
{
	const Verdict *best = NULL;

	for (size_t i = place_of(table, image_id, secrets, scanner ? scanner : ""); i < table->count; i++) {
		const Verdict *verdict = &table->items[i]->verdict;
		if (strcmp(verdict->image_id, image_id) != 0 || verdict->secrets != secrets || (scanner && strcmp(verdict->scanner, scanner) != 0))
			break;
		if (!scanner && verdict->signatures)
			continue;
		bool better = !best || (verdict->whole != best->whole ? verdict->whole : verdict->time_us > best->time_us);
		if (better)
			best = verdict;
	}
	return best;
}

static bool answers(const Verdict *verdict, const char *image)
{
	for (size_t i = 0; i < verdict->names.count; i++)
		if (verdict->names.items[i].answered && !strcmp(verdict->names.items[i].image, image))
			return true;
	return false;
}

static bool found_nothing(const Verdict *verdict)
{
	return !verdict->whole && !verdict->critical && !verdict->high && !verdict->medium;
}

bool verdict_outlasts(const Verdict *old, const Verdict *verdict, int64_t lasts_us)
{
	return old && old->whole && found_nothing(verdict) && verdict->time_us - old->time_us < lasts_us;
}

void verdict_take_findings(Verdict *verdict, const Verdict *old)
{
	Arena *arena = verdict->arena;

	if (!found_nothing(verdict))
		return;
	verdict->critical = old->critical;
	verdict->high = old->high;
	verdict->medium = old->medium;
	verdict->verified = old->verified;
	if (!*verdict->end_of_life)
		verdict->end_of_life = arena_strdup(arena, old->end_of_life);
	for (size_t i = verdict->listed.count; i < old->listed.count; i++) {
		VerdictSecret one = old->listed.items[i];
		one.detector = arena_strdup(arena, one.detector);
		one.path = arena_strdup(arena, one.path);
		LIST_APPEND(arena, &verdict->listed, one);
	}
	for (size_t i = verdict->known.count; i < old->known.count; i++) {
		const VerdictVulnerability *of = &old->known.items[i];
		const VerdictVulnerability one = {
			arena_strdup(arena, of->id), arena_strdup(arena, of->package), arena_strdup(arena, of->version), arena_strdup(arena, of->purl), of->critical, of->high,
			of->medium, of->fixed,
		};
		LIST_APPEND(arena, &verdict->known, one);
	}
}

void verdict_take_over(Verdict *verdict, const Verdict *old, int64_t since_us)
{
	for (size_t i = 0; i < old->names.count && verdict->names.count < LIMIT_SIGNATURE_VOUCHED; i++) {
		VerdictSigned one = old->names.items[i];
		if (!one.good || one.time_us < since_us || answers(verdict, one.image))
			continue;
		one.image = arena_strdup(verdict->arena, one.image);
		one.revision = arena_strdup(verdict->arena, one.revision);
		LIST_APPEND(verdict->arena, &verdict->names, one);
	}
}
