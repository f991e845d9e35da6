/* SPDX-License-Identifier: MIT
 *
 * What the service says of a policy that was fetched: whether it loads, passes its own tests, and what it would have denied of the recorded
 * calls.  Then it is put in force.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/client.h"
#include "cli/policy-bundle.h"
#include "dbus/names.h"

static int call_service(Cli *cli, sd_bus_message *call, int appended, sd_bus_message **ret_reply, const char *refusal, Problem *problem)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int code;

	if (!call || appended < 0) {
		sd_bus_message_unref(call);
		return problem_set(problem, EXIT_UNDONE, "failed", "the policy cannot be sent to the service");
	}
	code = client_call(cli, call, ret_reply, &error);
	if (code != 0 && sd_bus_error_has_name(&error, SD_BUS_ERROR_ACCESS_DENIED))
		code = problem_set(problem, EXIT_UNAUTHORISED, "not_authorised", "%s: this user may not; root may, and the user sentinel-fetch by the rules of polkit (docs/FLEET.md)", refusal);
	else if (code != 0 && sd_bus_error_has_name(&error, SENTINEL_ERROR_PREFIX "WouldRelax"))
		code = problem_set(problem, EXIT_DENIED, "would_relax", "%s: %s; only a key with may_relax=true may do that", refusal, error.message);
	else if (code != 0)
		code = problem_set(problem, EXIT_UNDONE, "failed", "%s: %s", refusal, error.message ? error.message : "the service does not answer");
	sd_bus_error_free(&error);
	return code;
}

/* The a(suuss): the first error is a problem. */
static int read_diagnostics(sd_bus_message *reply, const char *policy, Problem *problem)
{
	const char *name, *severity, *message;
	uint32_t line, column;
	int code = 0, r = sd_bus_message_enter_container(reply, 'a', "(suuss)");

	while (r >= 0 && (r = sd_bus_message_read(reply, "(suuss)", &name, &line, &column, &severity, &message)) > 0) {
		if (!strcmp(severity, "error"))
			code = problem_set(problem, EXIT_DENIED, "policy_invalid", "the policy %s does not load: %" PRIu32 ":%" PRIu32 ": %s", policy, line, column, message);
	}
	if (r >= 0)
		r = sd_bus_message_exit_container(reply);
	return r < 0 ? problem_set(problem, EXIT_UNDONE, "failed", "sentineld's answer cannot be read: %s", g_strerror(-r)) : code;
}

static int read_results(sd_bus_message *reply, const char *policy, Problem *problem)
{
	const char *name, *outcome, *message;
	uint32_t line;
	int code = 0, r = sd_bus_message_enter_container(reply, 'a', "(suss)");

	while (r >= 0 && (r = sd_bus_message_read(reply, "(suss)", &name, &line, &outcome, &message)) > 0)
		if (strcmp(outcome, "passed") != 0)
			code = problem_set(problem, EXIT_DENIED, "tests", "a test of the policy %s fails: %s (line %" PRIu32 "): %s", policy, name, line, message);
	return r < 0 ? problem_set(problem, EXIT_UNDONE, "failed", "sentineld's answer cannot be read: %s", g_strerror(-r)) : code;
}

int bundle_test(Cli *cli, const char *name, const char *yaml, Problem *problem)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_POLICIES, "Test"), *reply = NULL;
	int code = call_service(cli, call, call ? sd_bus_message_append_basic(call, 's', yaml) : 0, &reply, "the policy was not tested", problem);

	if (code == 0)
		code = read_diagnostics(reply, name, problem);
	if (code == 0)
		code = read_results(reply, name, problem);
	sd_bus_message_unref(reply);
	return code;
}

static int read_counts(sd_bus_message *reply, BundleVerdict *ret)
{
	const struct {
		const char *name;
		uint64_t *count;
	} rows[] = { { "same", &ret->same }, { "denied", &ret->denied }, { "allowed", &ret->allowed }, { "unknown", &ret->unknown } };
	const char *name;
	uint64_t count;
	int r = sd_bus_message_enter_container(reply, 'a', "{st}");

	while (r >= 0 && (r = sd_bus_message_read(reply, "{st}", &name, &count)) > 0)
		for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
			if (!strcmp(rows[i].name, name))
				*rows[i].count = count;
	return r < 0 ? r : sd_bus_message_exit_container(reply);
}

/* The first of the calls that would be denied: "docker run x of alice (privileged)". */
static char *first_denied(sd_bus_message *reply)
{
	const char *effect, *user, *command, *rule, *message;
	uint64_t id;
	char *found = NULL;
	int r = sd_bus_message_skip(reply, "a(ssst)");

	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "(stssss)");
	while (r >= 0 && (r = sd_bus_message_read(reply, "(stssss)", &effect, &id, &user, &command, &rule, &message)) > 0)
		if (!found && !strcmp(effect, "denied"))
			found = g_strdup_printf("; the first: number %" PRIu64 ", %s, by %s", id, command, rule);
	return found ? found : g_strdup("");
}

static int read_replay(sd_bus_message *reply, const BundleConf *conf, BundleVerdict *ret, Problem *problem)
{
	int code = read_diagnostics(reply, conf->policy, problem), r = code == 0 ? read_counts(reply, ret) : 0;

	if (r < 0)
		return problem_set(problem, EXIT_UNDONE, "failed", "sentineld's answer cannot be read: %s", g_strerror(-r));
	if (code != 0 || conf->most_denied < 0 || ret->denied <= (uint64_t)conf->most_denied)
		return code;
	g_autofree char *first = first_denied(reply);
	return problem_set(problem, EXIT_DENIED, "replay", "the policy %s would deny %" PRIu64 " of the calls recorded here that were allowed, and max_newly_denied is %" PRId64 "%s",
		conf->policy, ret->denied, conf->most_denied, first);
}

static int replay(Cli *cli, const BundleConf *conf, const char *yaml, BundleVerdict *ret, Problem *problem)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_POLICIES, "Replay"), *reply = NULL;
	uint64_t since_us = (uint64_t)MAX(g_get_real_time() - conf->since_us, 0);
	int r = call ? sd_bus_message_append(call, "sa{sv}", yaml, 1, "since", "t", since_us) : 0;
	int code = call_service(cli, call, r, &reply, "the recorded calls were not judged again", problem);

	if (code == 0)
		code = read_replay(reply, conf, ret, problem);
	sd_bus_message_unref(reply);
	return code;
}

int bundle_judge(Cli *cli, const BundleConf *conf, const char *yaml, BundleVerdict *ret, Problem *problem)
{
	int code = bundle_test(cli, conf->policy, yaml, problem);

	return code == 0 ? replay(cli, conf, yaml, ret, problem) : code;
}

int bundle_adopt(Cli *cli, const char *name, const char *yaml, const BundleKey *key, Problem *problem)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_POLICIES, "Adopt"), *reply = NULL;
	int r = call ? sd_bus_message_append(call, "ssa{sv}", name, yaml, 1, "may_relax", "b", (int)key->may_relax) : 0;
	int code = call_service(cli, call, r, &reply, "the policy was not put in force", problem);

	sd_bus_message_unref(reply);
	return code;
}
