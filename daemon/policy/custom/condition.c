/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "policy/custom/condition.h"
#include "policy/match/patterns.h"

/* A request that only changes something does not say all: what it leaves out is unknown, not empty. */
typedef enum Answer { ANSWER_NO, ANSWER_UNKNOWN, ANSWER_YES } Answer;

typedef struct Comparison {
	const Condition *condition;
	ConditionView *view;
	bool found, holds;
} Comparison;

static bool text_number(const RequestValue *value, int64_t *ret)
{
	char *end = NULL;

	*ret = value->number;
	if (!value->text)
		return true;
	errno = 0;
	*ret = strtoll(value->text, &end, 10);
	return *value->text && !*end && !errno;
}

static bool one_of(const StringList *values, const char *text)
{
	for (size_t i = 0; i < values->count; i++)
		if (!strcmp(values->items[i], text))
			return true;
	return false;
}

static bool expression_holds(const Condition *condition, const char *text, ConditionView *view)
{
	RegexAnswer answer = regex_match(condition->regex, text);

	view->gave_up |= answer == REGEX_GAVE_UP;
	return answer == REGEX_YES;
}

static bool text_holds(const Condition *condition, const char *text, ConditionView *view)
{
	switch (condition->op) {
	case OP_EQUALS:
	case OP_NOT_EQUALS:
	case OP_IN:
		return one_of(&condition->values, text);
	case OP_CONTAINS:
	case OP_NOT_CONTAINS:
		return strstr(text, condition->values.items[0]) != NULL;
	case OP_GLOB:
		return glob_matches(condition->values.items[0], text);
	case OP_MATCHES:
		return expression_holds(condition, text, view);
	default:
		return false;
	}
}

static bool value_holds(const Condition *condition, const RequestValue *value, ConditionView *view)
{
	int64_t number;

	switch (condition->op) {
	case OP_GREATER:
		return text_number(value, &number) && number > condition->number;
	case OP_LESS:
		return text_number(value, &number) && number < condition->number;
	case OP_EXISTS:
		return value->text ? strcmp(value->text, "false") != 0 || condition->field->type != VALUE_FLAG : value->number != 0;
	default:
		break;
	}
	if (!value->text)
		return value->number == condition->number;
	/* Without a key the names are what is compared. */
	return text_holds(condition, condition->field->keyed && !condition->key ? value->key : value->text, view);
}

static bool compare_value(const RequestValue *value, void *data)
{
	Comparison *comparison = data;
	const Condition *condition = comparison->condition;

	if (condition->key && strcmp(condition->key, value->key) != 0)
		return false;
	comparison->found = true;
	comparison->holds = value_holds(condition, value, comparison->view);
	return comparison->holds;
}

static Answer negate(Answer answer)
{
	return ANSWER_YES - answer;
}

static Answer weaker(Answer a, Answer b)
{
	return a < b ? a : b;
}

static Answer stronger(Answer a, Answer b)
{
	return a > b ? a : b;
}

static Answer leaf(const Condition *condition, ConditionView *view)
{
	Comparison comparison = { condition, view, false, false };
	bool whole = condition->field->known || (REQUEST_KINDS(view->request->kind) & REQUEST_KINDS_RUN);

	if (!(condition->field->kinds & REQUEST_KINDS(view->request->kind)))
		return ANSWER_UNKNOWN;
	(void)request_field_each(condition->field, view->request, view->who, view->arena, compare_value, &comparison);
	if (!comparison.found && !whole)
		return ANSWER_UNKNOWN;
	if (!comparison.found && condition->op != OP_EXISTS && condition->op != OP_MATCHES)
		comparison.holds = condition->values.count && text_holds(condition, "", view);
	Answer answer = comparison.holds ? ANSWER_YES : ANSWER_NO;
	bool negative = condition->op == OP_NOT_EQUALS || condition->op == OP_NOT_CONTAINS || (condition->op == OP_EXISTS && !condition->number);
	return negative ? negate(answer) : answer;
}

static Answer judge(const Condition *condition, ConditionView *view);

static bool has_conjunction(const Condition *condition)
{
	return condition->field || condition->all.count || condition->none.count;
}

static Answer conjunction(const Condition *condition, ConditionView *view)
{
	Answer answer = condition->field ? leaf(condition, view) : ANSWER_YES;

	for (size_t i = 0; i < condition->all.count && answer != ANSWER_NO; i++)
		answer = weaker(answer, judge(&condition->all.items[i], view));
	for (size_t i = 0; i < condition->none.count && answer != ANSWER_NO; i++)
		answer = weaker(answer, negate(judge(&condition->none.items[i], view)));
	return answer;
}

static Answer judge(const Condition *condition, ConditionView *view)
{
	Answer answer = has_conjunction(condition) ? conjunction(condition, view) : ANSWER_NO;

	for (size_t i = 0; i < condition->any.count && answer != ANSWER_YES; i++)
		answer = stronger(answer, judge(&condition->any.items[i], view));
	return answer;
}

bool condition_holds(const Condition *condition, ConditionView *view)
{
	return judge(condition, view) == ANSWER_YES;
}

bool condition_uses(const Condition *condition, const char *name)
{
	const ConditionList *lists[] = { &condition->all, &condition->any, &condition->none };

	if (condition->field && !strcmp(condition->field->name, name))
		return true;
	for (size_t l = 0; l < G_N_ELEMENTS(lists); l++)
		for (size_t i = 0; i < lists[l]->count; i++)
			if (condition_uses(&lists[l]->items[i], name))
				return true;
	return false;
}

unsigned condition_kinds(const Condition *condition)
{
	unsigned kinds = condition->field ? condition->field->kinds : REQUEST_KINDS_ALL;

	for (size_t i = 0; i < condition->all.count; i++)
		kinds &= condition_kinds(&condition->all.items[i]);
	for (size_t i = 0; i < condition->none.count; i++)
		kinds &= condition_kinds(&condition->none.items[i]);
	if (!has_conjunction(condition))
		kinds = 0;
	for (size_t i = 0; i < condition->any.count; i++)
		kinds |= condition_kinds(&condition->any.items[i]);
	return kinds;
}
