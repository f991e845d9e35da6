/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "policy/review/laxer-internal.h"

/* Of every list of sections in the model. */
typedef struct Elements {
	const char *items;
	size_t count;
} Elements;

static LaxerPlace element(const Twin *twin, size_t before, size_t after)
{
	const Section *section = twin->field->detail;
	const Elements *befores = twin->before, *afters = twin->after;
	const YamlNode *old = twin->before_node, *now = twin->after_node;

	return (LaxerPlace){
		.section = section, .before = befores->items + before * section->size, .after = afters->items + after * section->size,
		.before_node = old && before < old->count ? old->items[before] : NULL, .after_node = now && after < now->count ? now->items[after] : NULL,
	};
}

/* Whether they are about the same thing; without a key all of them are. */
static bool same_key(const LaxerPlace *place)
{
	for (size_t i = 0; i < place->section->count; i++) {
		const Twin twin = laxer_twin(place, &place->section->fields[i], NULL);
		if (twin.field->stricter == STRICTER_KEY && !laxer_same(&twin))
			return false;
	}
	return true;
}

static bool not_laxer(const LaxerWalk *walk, const LaxerPlace *place)
{
	LaxerWalk inner = { .before = walk->before, .after = walk->after, .arena = walk->arena };

	laxer_walk(&inner, place, NULL);
	bool fine = !inner.why;
	g_free(inner.why);
	return fine;
}

/* Which one, for people: its key, or the first word that it says.  What loading a policy has added is in no file. */
static const char *name_of(const LaxerPlace *place, bool after)
{
	for (size_t i = 0; i < place->section->count; i++) {
		const Field *field = &place->section->fields[i];
		if (field->stricter == STRICTER_KEY && (field->read == field_text || field->read == read_path))
			return *(const char *const *)(const void *)((after ? place->after : place->before) + field->offset);
		const YamlNode *map = after ? place->after_node : place->before_node, *node = map ? field_find(map, field->name) : NULL;
		if (node && (field->stricter == STRICTER_KEY || field->stricter == STRICTER_LISTED))
			return node->kind == YAML_SCALAR ? node->text : node->count ? node->items[0]->text : field->name;
	}
	return "an element";
}

/* Each of the old ones is there, and no new one about the same thing is laxer. */
static void compare_kept(LaxerWalk *walk, const Twin *twin)
{
	const Elements *befores = twin->before, *afters = twin->after;
	const bool keyed = ((const Section *)twin->field->detail)->fields[0].stricter == STRICTER_KEY;

	for (size_t i = 0; i < befores->count; i++) {
		bool there = false, laxer = false;
		LaxerPlace place = element(twin, i, 0);
		for (size_t j = 0; j < afters->count && laxer_spend(walk, twin->path); j++) {
			place = element(twin, i, j);
			bool about = same_key(&place), fine = about && not_laxer(walk, &place);
			there = there || fine;
			laxer = laxer || (keyed && about && !fine);
		}
		if ((!there || laxer) && !walk->spent)
			laxer_found(walk, twin->path, there || laxer ? LAXER_ELEMENT : LAXER_GONE, name_of(&place, false), NULL);
	}
}

static bool blocks_alone(const Section *section, const char *item)
{
	for (size_t i = 0; i < section->count; i++) {
		const Field *field = &section->fields[i];
		if (field->read == field_action && *(const Action *)(const void *)(item + field->offset) != ACTION_BLOCK)
			return false;
		if (field->stricter == STRICTER_FALSE && *(const bool *)(item + field->offset))
			return false;
	}
	return true;
}

void laxer_compare_entries(LaxerWalk *walk, const Twin *twin)
{
	const Elements *befores = twin->before, *afters = twin->after;

	compare_kept(walk, twin);
	for (size_t j = 0; j < afters->count && !walk->why; j++) {
		LaxerPlace place = element(twin, 0, j);
		bool known = blocks_alone(place.section, place.after);
		for (size_t i = 0; i < befores->count && !known && laxer_spend(walk, twin->path); i++) {
			place = element(twin, i, j);
			known = same_key(&place);
		}
		if (!known && !walk->spent)
			laxer_found(walk, twin->path, LAXER_OPEN, name_of(&place, true), NULL);
	}
}

/* Each of the new ones lets through no more than one of the old. */
static void compare_fewer(LaxerWalk *walk, const Twin *twin)
{
	const Elements *befores = twin->before, *afters = twin->after;

	for (size_t j = 0; j < afters->count; j++) {
		bool known = false;
		LaxerPlace place = element(twin, 0, j);
		for (size_t i = 0; i < befores->count && !known && laxer_spend(walk, twin->path); i++) {
			place = element(twin, i, j);
			known = same_key(&place) && not_laxer(walk, &place);
		}
		if (!known && !walk->spent)
			laxer_found(walk, twin->path, LAXER_NEW, name_of(&place, true), NULL);
	}
}

static bool is_list_of_sections(const Twin *twin)
{
	return twin->field->read == field_sections;
}

void laxer_compare_more(LaxerWalk *walk, const Twin *twin)
{
	if (is_list_of_sections(twin))
		compare_kept(walk, twin);
	else
		laxer_compare_words(walk, twin);
}

void laxer_compare_allowed(LaxerWalk *walk, const Twin *twin)
{
	if (is_list_of_sections(twin))
		compare_fewer(walk, twin);
	else
		laxer_compare_words(walk, twin);
}

Action laxer_default(const Section *section, const char *base, const char *name)
{
	for (size_t i = 0; i < section->count; i++)
		if (section->fields[i].read == field_action && !strcmp(section->fields[i].name, name))
			return *(const Action *)(const void *)(base + section->fields[i].offset);
	return ACTION_ALLOW;
}

/* What happens to what a section does not list: as it says, or as its rule does. */
static bool default_warns(const Section *section, const char *base)
{
	static const char *const names[] = { "default_action", "default" };

	for (size_t n = 0; n < G_N_ELEMENTS(names); n++)
		for (size_t i = 0; i < section->count; i++)
			if (!strcmp(section->fields[i].name, names[n]))
				return laxer_default(section, base, names[n]) >= ACTION_WARN;
	return laxer_default(section, base, "action") >= ACTION_WARN;
}

/* What is not in the list any more is only stricter when what is not listed is at least warned about. */
void laxer_compare_warned(LaxerWalk *walk, const Twin *twin)
{
	laxer_compare_allowed(walk, twin);
	if (!walk->why && !default_warns(twin->place->section, twin->place->after))
		laxer_compare_more(walk, twin);
}
