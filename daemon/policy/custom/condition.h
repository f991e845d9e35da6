/* SPDX-License-Identifier: MIT
 *
 * The condition of a custom rule: comparisons of fields, joined by and, or, not.
 */
#pragma once

#include "policy/schema/field.h"
#include "policy/match/regex.h"
#include "policy/custom/request-field.h"

typedef enum Operator {
	OP_EQUALS, OP_NOT_EQUALS, OP_CONTAINS, OP_NOT_CONTAINS, OP_MATCHES, OP_GLOB, OP_EXISTS, OP_IN, OP_GREATER, OP_LESS, OP_COUNT
} Operator;

typedef struct Condition Condition;

typedef struct ConditionList {
	Condition *items;
	size_t count;
} ConditionList;

/* The comparison and everything in `all`, and nothing in `none`; or else one of `any`. */
struct Condition {
	const char *field_name;
	const RequestField *field; /* NULL: only the lists */
	const char *key;           /* of a keyed field, or NULL */
	Operator op;
	StringList values;
	int64_t number;
	Regex *regex;
	ConditionList all, any, none;
};

extern const Section condition_section;

/* What is asked about. */
typedef struct ConditionView {
	const Request *request;
	const char *who;
	Arena *arena;
	bool gave_up; /* set when a regular expression took too long: nobody knows */
} ConditionView;

bool condition_holds(const Condition *condition, ConditionView *view);
/* Whether a comparison in it is of that field. */
bool condition_uses(const Condition *condition, const char *field);
/* Bits of the kinds of request that can fulfil it. */
unsigned condition_kinds(const Condition *condition);

/* Something without which the condition cannot hold: a text that a field's values must have. */
typedef struct ConditionNeed {
	const RequestField *field;
	TextNeed text; /* of a keyed field on "KEY=VALUE" */
} ConditionNeed;

typedef struct ConditionNeedList {
	ConditionNeed *items;
	size_t count;
} ConditionNeedList;

/* One of them must be there whenever the condition holds; false: nothing is so clear. */
bool condition_needs(const Condition *condition, Arena *arena, ConditionNeedList *ret);
