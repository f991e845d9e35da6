/* SPDX-License-Identifier: MIT
 *
 * Runs the section tests of a policy: what its author expects against what it decides.
 */
#pragma once

#include "policy/policy.h"

typedef struct PolicyTestResult {
	const char *name;
	unsigned line;
	bool passed;
	const char *message; /* for people: what was expected and what came; "" when passed */
} PolicyTestResult;

/* One result a test, in `arena`; `ret_count` of them.  `now_us`: for tests that name no time. */
PolicyTestResult *policy_run_tests(const Policy *policy, int64_t now_us, Arena *arena, size_t *ret_count);
