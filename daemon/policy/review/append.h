/* SPDX-License-Identifier: MIT
 *
 * Exceptions as text, and the text of a policy with more of them; everything that somebody wrote stays as it is.  Pure, any thread.
 */
#pragma once

#include "base/text.h"
#include "policy/review/excuse.h"

/* What people answer for. */
typedef struct ExcuseTerms {
	const char *reason, *owner;
	const char *expires; /* "2026-12-31" */
} ExcuseTerms;

/* One element of the list, its first line indented by `indent`; behind it a line feed.  `users`: for whom (excuse->user is not looked at). */
void excuse_put(Buffer *out, const Excuse *excuse, const StringList *users, const ExcuseTerms *terms, unsigned indent);
/* How far the elements of a policy's list are indented, or would be. */
unsigned policy_exceptions_indent(const Policy *policy, const char *yaml);
/* The text of `policy` with `items` at the end of its list; NULL with `ret_why`: it is written in a way that cannot be added to. */
const char *policy_text_with(const Policy *policy, const char *yaml, const char *items, Arena *arena, const char **ret_why);
