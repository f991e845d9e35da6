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

typedef struct Report {
	const char *argument; /* of the message: a policy's text, or its name; a profile */
	GPtrArray *diagnostics;
	Policy *policy;
	PolicyTestResult *results;
	CoverageRow *rows;
	size_t count;
	const char *digest;
} Report;

static void report_clear(void *data)
{
	Report *report = data;

	if (report->diagnostics)
		g_ptr_array_unref(report->diagnostics);
	policy_unref(report->policy);
}

static int read_argument(Task *task)
{
	Report *report = task->work.data;

	return sd_bus_message_read_basic(task->call, 's', &report->argument);
}

static int read_policy(Task *task)
{
	Report *report = task->work.data;

	return text_read(task, "a policy", LIMIT_POLICY_BYTES, &report->argument);
}

static void test_work(Work *work)
{
	Report *report = work->data;
	const Insight sight = sight_of(work);

	/* Its author chooses the paths that are looked at. */
	sight_use(&sight);
	report->diagnostics = diagnostics_new();
	report->policy = policy_parse("policy.yaml", report->argument, strlen(report->argument), report->diagnostics);
	if (report->policy)
		report->results = policy_run_tests(report->policy, g_get_real_time(), work->arena, &report->count);
	sight_use(NULL);
}

static int append_results(sd_bus_message *reply, const Report *report)
{
	int r = sd_bus_message_open_container(reply, 'a', "(suss)");

	for (size_t i = 0; r >= 0 && i < report->count; i++) {
		const PolicyTestResult *result = &report->results[i];
		r = sd_bus_message_append(reply, "(suss)", result->name, result->line, result->passed ? "passed" : "failed", result->message);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int test_answer(Task *task, sd_bus_message *reply)
{
	const Report *report = task->work.data;
	int r = bus_append_diagnostics(reply, report->diagnostics);

	return r < 0 ? r : append_results(reply, report);
}

const Handler policies_test = { sizeof(Report), read_policy, test_work, test_answer, report_clear };

static void coverage_work(Work *work)
{
	Report *report = work->data;

	report->diagnostics = diagnostics_new();
	report->policy = store_load(work->context->paths->policies_dir, report->argument, report->diagnostics);
	g_autofree char *problem = diagnostics_first_error(report->diagnostics);
	if (problem)
		(void)work_fail(work, "PolicyInvalid", "%s", problem);
	else if (report->policy)
		report->rows = policy_coverage(report->policy, work->arena, &report->count);
}

static int coverage_answer(Task *task, sd_bus_message *reply)
{
	const Report *report = task->work.data;
	int r = sd_bus_message_open_container(reply, 'a', "(ssss)");

	for (size_t i = 0; r >= 0 && i < report->count; i++)
		r = sd_bus_message_append(reply, "(ssss)", report->rows[i].item, report->rows[i].title, report->rows[i].status, report->rows[i].rules);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

const Handler policies_coverage = { sizeof(Report), read_argument, coverage_work, coverage_answer, report_clear };

static int read_profile(Task *task)
{
	Report *report = task->work.data;

	return text_read(task, "a profile", LIMIT_PROFILE_BYTES, &report->argument);
}

static void digest_work(Work *work)
{
	Report *report = work->data;
	const char *problem = NULL;

	report->digest = profile_digest(report->argument, strlen(report->argument), work->arena, &problem);
	if (!report->digest)
		(void)work_fail(work, "InvalidArgs", "%s", problem);
}

static int digest_answer(Task *task, sd_bus_message *reply)
{
	const Report *report = task->work.data;

	return sd_bus_message_append_basic(reply, 's', report->digest);
}

const Handler policies_digest = { sizeof(Report), read_profile, digest_work, digest_answer, report_clear };
