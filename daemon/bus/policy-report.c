/* SPDX-License-Identifier: MIT
 *
 * What can be said of a policy without putting it in force: its own tests, the standards that it
 * covers, the digest of a profile that it may name.
 */
#include <string.h>
#include "base/limits.h"
#include "bus/sight.h"
#include "bus/task.h"
#include "policy/review/coverage.h"
#include "policy/review/testing.h"
#include "policy/store.h"
#include "request/profile.h"

/* What one call asks of a policy, and what can be said of it. */
typedef struct PolicyCall {
	const char *argument; /* of the message: a policy's text, or its name; a profile */
	GPtrArray *diagnostics;
	Policy *policy;
	PolicyTestResult *results;
	CoverageRow *rows;
	size_t count;
	const char *digest;
} PolicyCall;

static void call_clear(void *data)
{
	PolicyCall *call = data;

	if (call->diagnostics)
		g_ptr_array_unref(call->diagnostics);
	policy_unref(call->policy);
}

static int read_argument(Task *task)
{
	PolicyCall *call = task->work.data;

	return sd_bus_message_read_basic(task->call, 's', &call->argument);
}

static int read_policy(Task *task)
{
	PolicyCall *call = task->work.data;

	return text_read(task, "a policy", LIMIT_POLICY_BYTES, &call->argument);
}

static void test_work(Work *work)
{
	PolicyCall *call = work->data;
	const Insight sight = sight_of(work);

	/* Its author chooses the paths that are looked at. */
	sight_use(&sight);
	call->diagnostics = diagnostics_new();
	call->policy = policy_parse("policy.yaml", call->argument, strlen(call->argument), call->diagnostics);
	if (call->policy)
		call->results = policy_run_tests(call->policy, g_get_real_time(), work->arena, &call->count);
	sight_use(NULL);
}

static int append_results(sd_bus_message *reply, const PolicyCall *call)
{
	int r = sd_bus_message_open_container(reply, 'a', "(suss)");

	for (size_t i = 0; r >= 0 && i < call->count; i++) {
		const PolicyTestResult *result = &call->results[i];
		r = sd_bus_message_append(reply, "(suss)", result->name, result->line, result->passed ? "passed" : "failed", result->message);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int test_answer(Task *task, sd_bus_message *reply)
{
	const PolicyCall *call = task->work.data;
	int r = bus_append_diagnostics(reply, call->diagnostics);

	return r < 0 ? r : append_results(reply, call);
}

const Handler policies_test = { sizeof(PolicyCall), read_policy, test_work, test_answer, call_clear };

static void coverage_work(Work *work)
{
	PolicyCall *call = work->data;

	call->diagnostics = diagnostics_new();
	call->policy = store_load(work->context->paths->policies_dir, call->argument, call->diagnostics);
	g_autofree char *problem = diagnostics_first_error(call->diagnostics);
	if (problem)
		(void)work_fail(work, "PolicyInvalid", "%s", problem);
	else if (call->policy)
		call->rows = policy_coverage(call->policy, work->arena, &call->count);
}

static int coverage_answer(Task *task, sd_bus_message *reply)
{
	const PolicyCall *call = task->work.data;
	int r = sd_bus_message_open_container(reply, 'a', "(ssss)");

	for (size_t i = 0; r >= 0 && i < call->count; i++)
		r = sd_bus_message_append(reply, "(ssss)", call->rows[i].item, call->rows[i].title, call->rows[i].status, call->rows[i].rules);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

const Handler policies_coverage = { sizeof(PolicyCall), read_argument, coverage_work, coverage_answer, call_clear };

static int read_profile(Task *task)
{
	PolicyCall *call = task->work.data;

	return text_read(task, "a profile", LIMIT_PROFILE_BYTES, &call->argument);
}

static void digest_work(Work *work)
{
	PolicyCall *call = work->data;
	const char *problem = NULL;

	call->digest = profile_digest(call->argument, strlen(call->argument), work->arena, &problem);
	if (!call->digest)
		(void)work_fail(work, "InvalidArgs", "%s", problem);
}

static int digest_answer(Task *task, sd_bus_message *reply)
{
	const PolicyCall *call = task->work.data;

	return sd_bus_message_append_basic(reply, 's', call->digest);
}

const Handler policies_digest = { sizeof(PolicyCall), read_profile, digest_work, digest_answer, call_clear };
