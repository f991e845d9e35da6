/* SPDX-License-Identifier: MIT
 *
 * Policies and requests as text.
 */
#pragma once

#include <string.h>
#include <time.h>
#include "policy/policy.h"
#include "request/api.h"

#define FIXTURE_NOW INT64_C(1767225600000000) /* 2026-01-01 */

/* NULL is a failure: of the test. */
static inline Policy *fixture_policy(const char *rules)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autofree char *text = g_strconcat("name: p\nmode: enforce\n", rules, NULL);
	Policy *policy = policy_parse("test.yaml", text, strlen(text), diagnostics);
	g_autofree char *problem = diagnostics_first_error(diagnostics);

	g_assert_cmpstr(problem, ==, NULL);
	return policy;
}

static inline Decision *fixture_judge(const Policy *policy, const char *method, const char *uri, const char *body, const char *user, Arena *arena)
{
	const ApiCall call = {
		.method = method, .uri = uri, .body = body, .body_length = body ? strlen(body) : 0, .content_type = body ? "application/json" : "",
		.content_length = body ? "2" : "0",
	};
	const Situation situation = { .user = user, .now_us = FIXTURE_NOW };

	return policy_evaluate(policy, api_read(&call, arena), &situation, arena);
}

/* How much this thread has worked, which a busy machine does not make more. */
static inline int64_t fixture_work_us(void)
{
	struct timespec worked;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &worked);
	return worked.tv_sec * G_USEC_PER_SEC + worked.tv_nsec / 1000;
}

/* The first finding's rule; NULL: there is none. */
static inline const char *fixture_rule(const Decision *decision)
{
	return decision->finding_count ? decision->findings[0].rule : NULL;
}
