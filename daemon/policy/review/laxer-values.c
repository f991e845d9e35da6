/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "policy/review/laxer-internal.h"

static bool same_node(const YamlNode *a, const YamlNode *b)
{
	if (!a || !b || a->kind != b->kind || a->count != b->count)
		return a == b;
	if (a->kind == YAML_SCALAR)
		return !strcmp(a->text, b->text);
	for (size_t i = 0; i < a->count; i++)
		if (!same_node(a->items[i], a->kind == YAML_MAP ? field_find(b, a->keys[i]->text) : b->items[i]))
			return false;
	return true;
}

bool laxer_same(const Twin *twin)
{
	static const FieldReader texts[] = { field_text, read_path, read_rule_name, read_version, read_choice };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		if (texts[i] == twin->field->read)
			return !g_strcmp0(*(const char *const *)twin->before, *(const char *const *)twin->after);
	if (twin->field->read == read_port) {
		const PortRule *before = twin->before, *after = twin->after;
		return before->first == after->first && before->last == after->last;
	}
	return same_node(twin->before_node, twin->after_node);
}

void laxer_compare_same(LaxerWalk *walk, const Twin *twin)
{
	if (!laxer_same(twin))
		laxer_found(walk, twin->path, LAXER_SAME, NULL, NULL);
}

void laxer_compare_block(LaxerWalk *walk, const Twin *twin)
{
	if (g_strcmp0(*(const char *const *)twin->after, "block") != 0)
		laxer_compare_same(walk, twin);
}

void laxer_compare_silent(LaxerWalk *walk, const Twin *twin)
{
	(void)walk;
	(void)twin;
}

void laxer_compare_true(LaxerWalk *walk, const Twin *twin)
{
	if (*(const bool *)twin->before && !*(const bool *)twin->after)
		laxer_found(walk, twin->path, LAXER_CHANGED, "true", "false");
}

void laxer_compare_false(LaxerWalk *walk, const Twin *twin)
{
	if (!*(const bool *)twin->before && *(const bool *)twin->after)
		laxer_found(walk, twin->path, LAXER_CHANGED, "false", "true");
}

void laxer_compare_number(LaxerWalk *walk, const Twin *twin)
{
	const int64_t before = *(const int64_t *)twin->before, after = *(const int64_t *)twin->after;
	const bool laxer[STRICTER_WAYS] = {
		[STRICTER_LOWER] = after > before, [STRICTER_HIGHER] = after < before, [STRICTER_MOST] = before && (!after || after > before),
		[STRICTER_COUNT] = before >= 0 && (after < 0 || after > before),
	};

	if (laxer[twin->field->stricter])
		laxer_found(walk, twin->path, LAXER_CHANGED, twin->before_node ? twin->before_node->text : NULL, twin->after_node ? twin->after_node->text : NULL);
}

void laxer_compare_action(LaxerWalk *walk, const Twin *twin)
{
	const Action before = *(const Action *)twin->before, after = *(const Action *)twin->after;

	if (after < before)
		laxer_found(walk, twin->path, LAXER_CHANGED, action_name(before), action_name(after));
}

/* Without the key each of a section's rules has a severity of its own. */
void laxer_compare_severity(LaxerWalk *walk, const Twin *twin)
{
	const RuleSettings *before = twin->before, *after = twin->after;
	const Severity least = after->severity_set ? after->severity : before->severity_set ? SEVERITY_LOW : SEVERITY_CRITICAL;
	const Severity most = before->severity_set ? before->severity : SEVERITY_CRITICAL;

	if (least < most)
		laxer_found(walk, twin->path, LAXER_CHANGED, before->severity_set ? severity_name(before->severity) : "each rule's own",
			after->severity_set ? severity_name(after->severity) : "each rule's own");
}

void laxer_compare_mode(LaxerWalk *walk, const Twin *twin)
{
	const Mode before = *(const Mode *)twin->before, after = *(const Mode *)twin->after;

	if (after > before)
		laxer_found(walk, twin->path, LAXER_CHANGED, mode_name(before), mode_name(after));
}
