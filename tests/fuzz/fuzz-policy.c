/* SPDX-License-Identifier: MIT
 *
 * Whatever the text: a policy or an error with a place, no crash; and what was loaded decides.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "policy/review/coverage.h"
#include "policy/review/testing.h"
#include "request/api.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char body[] = "{\"Image\":\"ubuntu\",\"User\":\"0\",\"Env\":[\"TOKEN=abcdefghij\"],\"Labels\":{\"a\":\"b\"},\"Cmd\":[\"sh\"],\"HostConfig\":{\"Privileged\":true,"
			   "\"Binds\":[\"/etc:/etc\",\"v:/v\"],\"CapAdd\":[\"ALL\"],\"SecurityOpt\":[\"seccomp=x\"],\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"22\"}]}}}";

static void decide(const Policy *policy)
{
	g_autoptr(Arena) arena = arena_new();
	const ApiCall call = {
		.method = "POST", .uri = "/v1.43/containers/create", .body = body, .body_length = strlen(body), .content_type = "application/json", .content_length = "1",
	};
	const Situation situation = { .user = "alice", .now_us = 1 };
	size_t count;

	const Decision *decision = policy_evaluate(policy, api_read(&call, arena), &situation, arena);
	if (decision->score > 100 || !*decision_explain(decision, 1, arena))
		abort();
	(void)policy_run_tests(policy, 1, arena, &count);
	(void)policy_coverage(policy, arena, &count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("fuzz.yaml", (const char *)data, size, diagnostics);

	if ((policy == NULL) != diagnostics_have_error(diagnostics))
		abort();
	if (policy)
		decide(policy);
	return 0;
}
