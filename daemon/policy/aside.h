/* SPDX-License-Identifier: MIT
 *
 * Which known vulnerabilities a policy does not count: by an exception of its own, by what others say of them (vex.h), or because there
 * is no version without them.  Pure, any thread.
 */
#pragma once

#include "policy/policy.h"
#include "policy/verdict.h"
#include "policy/vex.h"

typedef struct Aside {
	const char *why;   /* for people, in the arena; NULL: it counts */
	const char *owner; /* of the exception; "" */
} Aside;

/* `request`: with the image that is meant.  `vex` may be NULL. */
Aside vulnerability_aside(const Policy *policy, const VexTable *vex, const VerdictVulnerability *one, const Request *request, const Situation *situation, Arena *arena);
/* Whether the policy sets anything aside at all. */
bool policy_sets_aside(const Policy *policy);

/* Of a verdict's counts those that are left, and what was set aside, each reason once with what it is about. */
typedef struct AsideReason {
	const char *why, *owner;
	const char *first; /* "CVE-2026-1 in openssl", the first LIMIT_ASIDE_SHOWN of them */
	unsigned count;
} AsideReason;

typedef struct AsideSum {
	unsigned critical, high, medium;
	struct { AsideReason *items; size_t count; } reasons;
} AsideSum;

AsideSum verdict_without(const Policy *policy, const VexTable *vex, const Verdict *verdict, const Request *request, const Situation *situation, Arena *arena);
