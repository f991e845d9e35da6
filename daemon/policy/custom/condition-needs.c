/* SPDX-License-Identifier: MIT
 *
 * What a condition cannot do without, so that an index finds the few rules that may apply.
 */
#include <string.h>
#include "policy/custom/condition.h"
#include "policy/match/patterns.h"
#include "request/list.h"

static void add(const Condition *condition, Arena *arena, TextNeed text, ConditionNeedList *list)
{
	ConditionNeed need = { condition->field, text };

	LIST_APPEND(arena, list, need);
}

/* "KEY=" and, when it is known, the value. */
static TextNeed keyed_need(const Condition *condition, Arena *arena, const char *value)
{
	const char *literal = arena_concat(arena, arena_concat(arena, condition->key, "="), value ? value : "");

	return (TextNeed){ value ? TEXT_EQUALS : TEXT_BEGINS, literal, strlen(literal) };
}

static bool words_need(const Condition *condition, Arena *arena, ConditionNeedList *ret)
{
	for (size_t i = 0; i < condition->values.count; i++) {
		const char *value = condition->values.items[i];
		if (!*value)
			return false;
		if (condition->field->keyed && !condition->key) {
			const char *name = arena_concat(arena, value, "=");
			add(condition, arena, (TextNeed){ TEXT_BEGINS, name, strlen(name) }, ret);
		} else if (condition->field->keyed) {
			add(condition, arena, keyed_need(condition, arena, value), ret);
		} else {
			add(condition, arena, (TextNeed){ TEXT_EQUALS, value, strlen(value) }, ret);
		}
	}
	return condition->values.count > 0;
}

static bool leaf_needs(const Condition *condition, Arena *arena, ConditionNeedList *ret)
{
	TextNeed need = { TEXT_ANY, "", 0 };

	if (condition->field->type == VALUE_NUMBER || condition->op == OP_NOT_EQUALS || condition->op == OP_NOT_CONTAINS ||
		(condition->op == OP_EXISTS && !condition->number))
		return false;
	if (condition->op == OP_EQUALS || condition->op == OP_IN)
		return words_need(condition, arena, ret);
	if (condition->key)
		need = keyed_need(condition, arena, NULL);
	else if (!condition->field->keyed && condition->op == OP_CONTAINS && strlen(condition->values.items[0]) >= 3)
		need = (TextNeed){ TEXT_CONTAINS, condition->values.items[0], strlen(condition->values.items[0]) };
	else if (!condition->field->keyed && condition->op == OP_GLOB)
		need = glob_need(condition->values.items[0]);
	else if (!condition->field->keyed && condition->op == OP_MATCHES)
		need = regex_need(condition->values.items[0]);
	/* An absent field is compared as "": a need that "" fulfils is none. */
	if (need.how == TEXT_ANY || !need.length)
		return false;
	add(condition, arena, need, ret);
	return true;
}

/* Few and exact ones are best. */
static bool better(const ConditionNeedList *a, const ConditionNeedList *b)
{
	unsigned worst_a = 0, worst_b = 0;

	for (size_t i = 0; i < a->count; i++)
		worst_a = MAX(worst_a, a->items[i].text.how);
	for (size_t i = 0; i < b->count; i++)
		worst_b = MAX(worst_b, b->items[i].text.how);
	/* Flags are exact and say little. */
	bool flag_a = a->items[0].field->type == VALUE_FLAG, flag_b = b->items[0].field->type == VALUE_FLAG;
	if (flag_a != flag_b)
		return flag_b;
	return worst_a != worst_b ? worst_a < worst_b : a->count < b->count;
}

static void keep_better(ConditionNeedList *best, const ConditionNeedList *candidate)
{
	if (!best->count || better(candidate, best))
		*best = *candidate;
}

bool condition_needs(const Condition *condition, Arena *arena, ConditionNeedList *ret)
{
	ConditionNeedList best = { 0 }, one = { 0 };
	bool conjunction = condition->field || condition->all.count || condition->none.count;

	if (condition->field && leaf_needs(condition, arena, &one))
		keep_better(&best, &one);
	for (size_t i = 0; i < condition->all.count; i++)
		if (condition_needs(&condition->all.items[i], arena, &one))
			keep_better(&best, &one);
	if (conjunction && !best.count)
		return false;
	for (size_t i = 0; i < condition->any.count; i++) {
		if (!condition_needs(&condition->any.items[i], arena, &one))
			return false;
		for (size_t n = 0; n < one.count; n++)
			LIST_APPEND(arena, &best, one.items[n]);
	}
	*ret = best;
	return best.count > 0;
}
