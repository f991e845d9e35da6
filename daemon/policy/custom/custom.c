/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "policy/custom/custom.h"
#include "request/list.h"

typedef struct NumberList {
	uint32_t *items;
	size_t count;
} NumberList;

/* The rules that need something of one field. */
typedef struct FieldIndex {
	const RequestField *field;
	TextIndex *index;
	unsigned kinds; /* of all its rules */
} FieldIndex;

struct CustomIndex {
	struct { FieldIndex *items; size_t count; } fields;
	NumberList always[KIND_COUNT]; /* rules that no text announces */
};

static FieldIndex *index_of(CustomIndex *index, const RequestField *field, Arena *arena)
{
	for (size_t i = 0; i < index->fields.count; i++)
		if (index->fields.items[i].field == field)
			return &index->fields.items[i];
	FieldIndex new_one = { field, text_index_new(arena), 0 };
	LIST_APPEND(arena, &index->fields, new_one);
	return &index->fields.items[index->fields.count - 1];
}

static void place(CustomIndex *index, const CustomRule *rule, uint32_t number, Arena *arena)
{
	ConditionNeedList needs = { 0 };

	if (condition_needs(rule->condition, arena, &needs)) {
		for (size_t i = 0; i < needs.count; i++) {
			FieldIndex *field = index_of(index, needs.items[i].field, arena);
			text_index_add(field->index, needs.items[i].text, number);
			field->kinds |= rule->kinds;
		}
		return;
	}
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		if (rule->kinds & REQUEST_KINDS(kind))
			LIST_APPEND(arena, &index->always[kind], number);
}

void custom_compile(CustomRules *rules, Arena *arena)
{
	if (!rules->count)
		return;
	rules->index = arena_alloc(arena, sizeof *rules->index);
	for (size_t i = 0; i < rules->count; i++) {
		place(rules->index, &rules->items[i], (uint32_t)i, arena);
		if (condition_uses(rules->items[i].condition, "caller"))
			rules->by_caller |= rules->items[i].kinds;
	}
	for (size_t i = 0; i < rules->index->fields.count; i++)
		text_index_finish(rules->index->fields.items[i].index);
}

/* One request against the index. */
typedef struct Search {
	const CustomRules *rules;
	const FieldIndex *field;
	ConditionView view;
	NumberList candidates;
} Search;

static bool take_candidate(uint32_t number, void *data)
{
	Search *search = data;

	if (search->rules->items[number].kinds & REQUEST_KINDS(search->view.request->kind))
		LIST_APPEND(search->view.arena, &search->candidates, number);
	return false;
}

static bool look_up(const RequestValue *value, void *data)
{
	Search *search = data;
	const char *text = value->text;

	if (value->key)
		text = arena_printf(search->view.arena, "%s=%s", value->key, value->text);
	return text_index_find(search->field->index, text, strlen(text), take_candidate, search);
}

static void judge(Search *search, uint32_t number, CustomFn found, void *data)
{
	const CustomRule *rule = &search->rules->items[number];

	search->view.gave_up = false;
	bool holds = condition_holds(rule->condition, &search->view);
	if (holds || search->view.gave_up)
		found(rule, search->view.gave_up, data);
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

void custom_find(const CustomRules *rules, const Request *request, const char *who, Arena *arena, CustomFn found, void *data)
{
	Search search = { .rules = rules, .view = { .request = request, .who = who, .arena = arena } };

	if (!rules->index)
		return;
	for (size_t i = 0; i < rules->index->fields.count; i++) {
		search.field = &rules->index->fields.items[i];
		if (search.field->kinds & REQUEST_KINDS(request->kind))
			(void)request_field_each(search.field->field, request, who, arena, look_up, &search);
	}
	const NumberList *always = &rules->index->always[request->kind];
	for (size_t i = 0; i < always->count; i++)
		judge(&search, always->items[i], found, data);
	if (search.candidates.count)
		qsort(search.candidates.items, search.candidates.count, sizeof *search.candidates.items, compare_numbers);
	for (size_t i = 0; i < search.candidates.count; i++)
		if (!i || search.candidates.items[i] != search.candidates.items[i - 1])
			judge(&search, search.candidates.items[i], found, data);
}
