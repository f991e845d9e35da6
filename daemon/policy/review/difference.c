/* SPDX-License-Identifier: MIT
 *
 * The walk of laxer.c in both directions: what is laxer in the second policy it allows, what is laxer in the first the second denies.
 * What is laxer in both has no direction.
 */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "policy/review/coverage.h"
#include "policy/review/difference.h"
#include "policy/review/laxer-internal.h"
#include "request/list.h"

typedef struct Side {
	const char *key, *subject, *text;
	bool open; /* what has no direction by itself */
} Side;

typedef struct SideList {
	Side *items;
	size_t count;
} SideList;

typedef struct Collector {
	Arena *arena;
	bool back;
	SideList found;
} Collector;

const char *difference_effect_name(DifferenceEffect effect)
{
	static const char *const names[DIFFERENCE_EFFECTS] = {
		[DIFFERENCE_ALLOWS] = "allows", [DIFFERENCE_DENIES] = "denies", [DIFFERENCE_UNCLEAR] = "differs", [DIFFERENCE_STANDARD] = "standard",
	};

	return names[effect];
}

static void collect(void *data, const LaxerFind *find)
{
	Collector *collector = data;
	g_autoptr(GString) key = g_string_new("");
	g_autofree char *text = laxer_text(find, collector->back);

	field_put_path(key, find->path);
	const Side found = {
		.key = arena_strdup(collector->arena, key->str), .subject = arena_strdup(collector->arena, find->how == LAXER_ELEMENT ? find->before : ""),
		.text = text_printable(collector->arena, text, LIMIT_RECORD_FIELD), .open = find->how == LAXER_SAME || find->how == LAXER_ELEMENT,
	};
	LIST_APPEND(collector->arena, &collector->found, found);
}

static bool walk(const Policy *before, const Policy *after, Collector *collector)
{
	const LaxerPlace place = { &policy_section, (const char *)before, (const char *)after, before->source, after->source };
	LaxerWalk walk = { .before = before, .after = after, .arena = collector->arena, .each = collect, .data = collector };

	laxer_walk(&walk, &place, NULL);
	return !walk.spent;
}

static bool has(const SideList *list, const Side *found)
{
	for (size_t i = 0; found->open && i < list->count; i++)
		if (list->items[i].open && !strcmp(list->items[i].key, found->key) && !strcmp(list->items[i].subject, found->subject))
			return true;
	return false;
}

/* Those that are in one direction only; with `both`, those that are in both, once. */
static void add(const SideList *list, const SideList *other, DifferenceEffect effect, Arena *arena, DifferenceList *ret)
{
	const bool both = effect == DIFFERENCE_UNCLEAR;

	for (size_t i = 0; i < list->count; i++) {
		const Side *found = &list->items[i];
		if (has(other, found) != both)
			continue;
		const char *text = !both ? found->text : *found->subject ? arena_printf(arena, "%s is not the same", found->subject) : "not the same";
		const Difference difference = { effect, found->key, text };
		LIST_APPEND(arena, ret, difference);
	}
}

static void add_standards(const Policy *before, const Policy *after, Arena *arena, DifferenceList *ret)
{
	size_t count;
	const CoverageRow *old = policy_coverage(before, arena, &count), *now = policy_coverage(after, arena, &count);

	for (size_t i = 0; i < count; i++) {
		if (!strcmp(old[i].status, now[i].status))
			continue;
		const Difference difference = { DIFFERENCE_STANDARD, old[i].item, arena_printf(arena, "%s, now %s (%s)", old[i].status, now[i].status, old[i].title) };
		LIST_APPEND(arena, ret, difference);
	}
}

bool policy_difference(const Policy *before, const Policy *after, Arena *arena, DifferenceList *ret)
{
	Collector forth = { .arena = arena }, back = { .arena = arena, .back = true };

	*ret = (DifferenceList){ 0 };
	if (!walk(before, after, &forth) || !walk(after, before, &back))
		return false;
	add(&forth.found, &back.found, DIFFERENCE_ALLOWS, arena, ret);
	add(&back.found, &forth.found, DIFFERENCE_DENIES, arena, ret);
	add(&forth.found, &back.found, DIFFERENCE_UNCLEAR, arena, ret);
	add_standards(before, after, arena, ret);
	return true;
}
