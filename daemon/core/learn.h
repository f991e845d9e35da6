/* SPDX-License-Identifier: MIT
 *
 * What a policy would need so that the recorded calls that were let through stay possible (policy learn): exceptions as narrow as what was seen, each with
 * its evidence, and what is not proposed, with the reason.  Pure; any thread.
 */
#pragma once

#include "core/replay.h"
#include "policy/review/append.h"

/* When, how often and by whom. */
typedef struct Evidence {
	uint64_t count, example; /* example: the id of the first decision */
	int64_t first_us, last_us;
	const char *command; /* of the example, printable */
	StringList users;    /* as recorded, each once; at most LIMIT_LEARN_USERS, then "" stands for the others */
} Evidence;

typedef struct LearnCase {
	Excuse excuse;
	Evidence seen;
} LearnCase;

/* Calls that stay denied, or of which it is not known. */
typedef struct LearnRefusal {
	const char *why;
	bool unknown;
	Evidence seen;
} LearnRefusal;

typedef struct Learned {
	Arena *arena;
	const Policy *base, *reach; /* reach: policy/review/excuse.h */
	const char *yaml;           /* the text of `base` */
	size_t failures;            /* learn_failures() of it */
	const char *user;           /* of whom alone; "": of everybody */
	ExcuseTerms terms;          /* reason is not looked at */
	uint64_t calls, denied, proposed, refused, unknown; /* let through then; of these: denied by `base`, of these: that would be let through, stay denied */
	struct { LearnCase *items; size_t count; } cases;       /* at most LIMIT_LEARN_CASES */
	struct { LearnRefusal *items; size_t count; } refusals; /* at most LIMIT_LEARN_REFUSALS reasons; the others are only counted */
} Learned;

/* One call more; `kept` NULL: the record does not have the request.  `scratch` is of this call alone. */
void learn_add(Learned *learned, const KeptCall *kept, const ReplayCall *call, Arena *scratch);
/* The text of `base` with what was learned, under the name `name`, in the arena: it loads, and its tests say what they said.  NULL with `ret_why`. */
const char *learn_draft(const Learned *learned, const char *name, const char **ret_why);
/* How many of the policy's own tests fail. */
size_t learn_failures(const Policy *policy, Arena *arena);
/* Why those of the exceptions that name no user do not go with the policy's own tests; NULL: they do. */
const char *learn_conflict(const Learned *learned, const ExcuseList *list);
