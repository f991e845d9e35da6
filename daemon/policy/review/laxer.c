/* SPDX-License-Identifier: MIT
 *
 * Both policies are read by the same tables, so one walk over the tables meets every key with both of its values, those that
 * a file leaves out with their defaults.  What denies at least as much in every key denies at least as much: each finding
 * of the old policy is one of the new, with an action and a severity not below, against a limit not above.
 */
#include <string.h>
#include "base/budget.h"
#include "base/limits.h"
#include "base/text.h"
#include "policy/review/laxer-internal.h"

/* Behind the name of an element, or alone: forth and back. */
static const char *const phrases[LAXER_WAYS][2] = {
	[LAXER_SECTION] = { "not in it any more", "new" }, [LAXER_SAME] = { "not the same as before", "not the same as before" },
	[LAXER_GONE] = { "is not in it any more", "is new" }, [LAXER_NEW] = { "is new", "is not in it any more" },
	[LAXER_ELEMENT] = { "is laxer", "is stricter" },
	[LAXER_OPEN] = { "is new and does not always block", "is not in it any more, and did not always block" },
	[LAXER_ALL] = { "now everything", "not everything any more" },
	[LAXER_USUAL] = { "now everything that is usual", "not everything that is usual any more" },
};

char *laxer_text(const LaxerFind *find, bool back)
{
	const char *old = back ? find->after : find->before, *now = back ? find->before : find->after;

	if (find->how != LAXER_CHANGED)
		return g_strconcat(find->before ? find->before : "", find->before ? " " : "", phrases[find->how][back], NULL);
	return old && now ? g_strconcat(old, ", now ", now, NULL) : g_strdup(now ? now : "no limit any more");
}

void laxer_found(LaxerWalk *walk, const KeyPath *path, LaxerHow how, const char *before, const char *after)
{
	const LaxerFind find = { path, how, before, after };

	if (walk->each)
		walk->each(walk->data, &find);
	if (walk->each || walk->why)
		return;
	g_autoptr(GString) why = g_string_new("");
	g_autofree char *text = laxer_text(&find, false);
	field_put_path(why, path);
	g_string_append_printf(why, ": %s", text);
	walk->why = g_strdup(text_printable(walk->arena, why->str, LIMIT_RECORD_FIELD));
}

bool laxer_spend(LaxerWalk *walk, const KeyPath *path)
{
	if (!walk->spent && !budget_spend(1)) {
		walk->spent = true;
		laxer_found(walk, path, LAXER_SAME, NULL, NULL);
	}
	return !walk->spent;
}

static const YamlNode *node_of(const YamlNode *map, const char *key)
{
	return map ? field_find(map, key) : NULL;
}

Twin laxer_twin(const LaxerPlace *place, const Field *field, const KeyPath *path)
{
	return (Twin){
		.field = field, .place = place, .before = place->before + field->offset, .after = place->after + field->offset,
		.before_node = node_of(place->before_node, field->name), .after_node = node_of(place->after_node, field->name), .path = path,
	};
}

/* The rule, or what stands in for it while it is not there (check/host.c, check/container.c). */
static const RuleSettings *effective(const Policy *policy, const Twin *twin, const RuleSettings *rule)
{
	const StandIn *instead = twin->field->detail;

	return rule->set || !instead ? rule : (const RuleSettings *)(const void *)((const char *)policy + instead->rule);
}

/* A section that is not there looks at nothing. */
static void compare_rules(LaxerWalk *walk, const Twin *twin, const RuleSettings *before, const RuleSettings *after, const LaxerPlace *inner)
{
	if (!before->set)
		return;
	if (after->set)
		laxer_walk(walk, inner, twin->path);
	else
		laxer_found(walk, twin->path, LAXER_SECTION, NULL, NULL);
}

static void compare_rule(LaxerWalk *walk, const Twin *twin)
{
	const RuleSettings *before = effective(walk->before, twin, twin->before), *after = effective(walk->after, twin, twin->after);
	const LaxerPlace inner = { &rule_section, (const char *)before, (const char *)after, twin->before_node, twin->after_node };

	if (before->set && before->action != ACTION_ALLOW)
		compare_rules(walk, twin, before, after, &inner);
}

static void compare_group(LaxerWalk *walk, const Twin *twin)
{
	const RuleDefaults *defaults = twin->field->detail;
	const RuleSettings *before = (const RuleSettings *)(const void *)((const char *)twin->before + defaults->rule);
	const RuleSettings *after = (const RuleSettings *)(const void *)((const char *)twin->after + defaults->rule);
	const LaxerPlace inner = { defaults->section, twin->before, twin->after, twin->before_node, twin->after_node };

	compare_rules(walk, twin, before, after, &inner);
}

static void compare_section(LaxerWalk *walk, const Twin *twin)
{
	const LaxerPlace inner = { twin->field->detail, twin->before, twin->after, twin->before_node, twin->after_node };

	laxer_walk(walk, &inner, twin->path);
}

/* Which scanners must have looked makes no difference where none had to. */
static void compare_scanners(LaxerWalk *walk, const Twin *twin)
{
	if (policy_scans(walk->before) & SCANS_IMAGE)
		laxer_compare_same(walk, twin);
}

static const struct { FieldReader read; Compare compare; } by_reader[] = {
	{ field_action, laxer_compare_action }, { read_rule_severity, laxer_compare_severity }, { field_mode, laxer_compare_mode }, { field_section, compare_section },
	{ read_rule, compare_rule }, { read_rule_or_word, compare_rule }, { read_group, compare_group },
	{ read_choices, compare_scanners },
};

static const Compare by_direction[STRICTER_WAYS] = {
	[STRICTER_UNSAID] = laxer_compare_same, [STRICTER_SAME] = laxer_compare_same, [STRICTER_SILENT] = laxer_compare_silent, [STRICTER_KEY] = laxer_compare_same,
	[STRICTER_TRUE] = laxer_compare_true, [STRICTER_FALSE] = laxer_compare_false, [STRICTER_LOWER] = laxer_compare_number, [STRICTER_HIGHER] = laxer_compare_number,
	[STRICTER_MOST] = laxer_compare_number, [STRICTER_COUNT] = laxer_compare_number, [STRICTER_MORE] = laxer_compare_more, [STRICTER_ENTRIES] = laxer_compare_entries,
	[STRICTER_FEWER] = laxer_compare_allowed, [STRICTER_LISTED] = laxer_compare_words, [STRICTER_SUBSET] = laxer_compare_words, [STRICTER_PATHS] = laxer_compare_words,
	[STRICTER_WARNED] = laxer_compare_warned, [STRICTER_BLOCK] = laxer_compare_block,
};

static Compare reader_compares(const Field *field)
{
	for (size_t i = 0; i < G_N_ELEMENTS(by_reader); i++)
		if (by_reader[i].read == field->read)
			return by_reader[i].compare;
	return NULL;
}

bool laxer_knows(const Field *field)
{
	return field->stricter != STRICTER_UNSAID || reader_compares(field);
}

void laxer_walk(LaxerWalk *walk, const LaxerPlace *place, const KeyPath *path)
{
	for (size_t i = 0; i < place->section->count && !walk->why; i++) {
		const Field *field = &place->section->fields[i];
		const KeyPath here = { path, field->name, 0 };
		const Twin twin = laxer_twin(place, field, &here);
		Compare compare = field->stricter == STRICTER_UNSAID ? reader_compares(field) : NULL;
		(compare ? compare : by_direction[field->stricter])(walk, &twin);
	}
}

/* A policy that only warns denies nothing: only a mode that tells less lets more through. */
char *policy_laxer_why(const Policy *before, const Policy *after)
{
	LaxerWalk walk = { .before = before, .after = after, .arena = arena_new() };
	const KeyPath mode = { NULL, "mode", 0 };

	if (!before) {
		walk.why = g_strdup("nothing but read-only calls was allowed without a policy");
	} else if (after->mode > before->mode) {
		laxer_found(&walk, &mode, LAXER_CHANGED, mode_name(before->mode), mode_name(after->mode));
	} else if (before->mode == MODE_ENFORCE) {
		const LaxerPlace place = { &policy_section, (const char *)before, (const char *)after, before->source, after->source };
		laxer_walk(&walk, &place, NULL);
	}
	arena_free(walk.arena);
	return walk.why;
}

bool policy_is_laxer(const Policy *before, const Policy *after)
{
	g_autofree char *why = policy_laxer_why(before, after);

	return why != NULL;
}
