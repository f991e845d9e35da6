/* SPDX-License-Identifier: MIT
 *
 * What can be said of a policy without putting it in force: its own tests, and the standards that it
 * covers.  Read on the worker.
 */
#include <string.h>
#include "base/limits.h"
#include "bus/gate.h"
#include "bus/sight.h"
#include "policy/review/coverage.h"
#include "policy/store.h"
#include "policy/review/testing.h"
#include "request/profile.h"

/* One call on its way through the worker. */
typedef struct Report {
	Bus *bus;
	sd_bus_message *call;
	Arena *arena;
	Insight sight; /* of who asks */
	char *argument, *policies_dir; /* a policy's text, or its name */
	GPtrArray *diagnostics;
	Policy *policy;
	PolicyTestResult *results;
	CoverageRow *rows;
	size_t count;
} Report;

static void report_free(Report *report)
{
	sd_bus_message_unref(report->call);
	arena_free(report->arena);
	g_free(report->argument);
	g_free(report->policies_dir);
	g_ptr_array_unref(report->diagnostics);
	policy_unref(report->policy);
	g_free(report);
}

static int submit(Bus *bus, sd_bus_message *call, const char *argument, JobFn work, JobFn done)
{
	Report *report = g_new0(Report, 1);

	*report = (Report){
		.bus = bus, .call = sd_bus_message_ref(call), .arena = arena_new(), .argument = g_strdup(argument),
		.policies_dir = g_strdup(bus->context->paths->policies_dir), .diagnostics = diagnostics_new(),
	};
	report->sight = gate_allows(bus, call, ACTION_AUDIT_READ) ? sight_all() : sight_of(gate_uid(bus, call), bus->context->docker_socket, report->arena);
	if (worker_submit(bus->context->worker, work, done, report))
		return 1;
	int r = bus_reply_named(call, "Busy", "too many calls wait; try again");
	report_free(report);
	return r;
}

static void test_work(void *data)
{
	Report *report = data;

	/* Its author chooses the paths that are looked at. */
	sight_use(&report->sight);
	report->policy = policy_parse("policy.yaml", report->argument, strlen(report->argument), report->diagnostics);
	if (report->policy)
		report->results = policy_run_tests(report->policy, g_get_real_time(), report->arena, &report->count);
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

static void test_done(void *data)
{
	Report *report = data;
	sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(report->call, &reply);

	if (r >= 0)
		r = bus_append_diagnostics(reply, report->diagnostics);
	if (r >= 0 && append_results(reply, report) >= 0)
		(void)sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	report_free(report);
}

int policies_test(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	const char *text;
	int r = sd_bus_message_read(call, "s", &text);

	(void)error;
	if (r < 0)
		return r;
	if (strlen(text) > LIMIT_POLICY_BYTES)
		return bus_reply_named(call, "LimitExceeded", "a policy has at most %u bytes", LIMIT_POLICY_BYTES);
	return submit(bus, call, text, test_work, test_done);
}

static void coverage_work(void *data)
{
	Report *report = data;

	report->policy = store_load(report->policies_dir, report->argument, report->diagnostics);
	if (report->policy)
		report->rows = policy_coverage(report->policy, report->arena, &report->count);
}

static int append_rows(sd_bus_message *reply, const Report *report)
{
	int r = sd_bus_message_open_container(reply, 'a', "(ssss)");

	for (size_t i = 0; r >= 0 && i < report->count; i++)
		r = sd_bus_message_append(reply, "(ssss)", report->rows[i].item, report->rows[i].title, report->rows[i].status, report->rows[i].rules);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static void coverage_done(void *data)
{
	Report *report = data;
	sd_bus_message *reply = NULL;
	g_autofree char *problem = diagnostics_first_error(report->diagnostics);

	if (problem) {
		(void)bus_reply_named(report->call, "PolicyInvalid", "%s", problem);
	} else if (sd_bus_message_new_method_return(report->call, &reply) >= 0 && append_rows(reply, report) >= 0) {
		(void)sd_bus_send(NULL, reply, NULL);
	}
	sd_bus_message_unref(reply);
	report_free(report);
}

int policies_coverage(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	const char *name;
	int r = sd_bus_message_read(call, "s", &name);

	(void)error;
	return r < 0 ? r : submit(bus, call, name, coverage_work, coverage_done);
}

int policies_digest(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	g_autoptr(Arena) arena = arena_new();
	const char *json, *problem = NULL;
	int r = sd_bus_message_read(call, "s", &json);

	(void)bus;
	(void)error;
	if (r < 0)
		return r;
	if (strlen(json) > LIMIT_PROFILE_BYTES)
		return bus_reply_named(call, "LimitExceeded", "a profile has at most %u bytes", LIMIT_PROFILE_BYTES);
	const char *digest = profile_digest(json, strlen(json), arena, &problem);
	return digest ? sd_bus_reply_method_return(call, "s", digest) : bus_reply_named(call, "InvalidArgs", "%s", problem);
}
