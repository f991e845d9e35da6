/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/error.h"
#include "base/text.h"
#include "policy/testing.h"
#include "request/api.h"
#include "request/argv/argv.h"

#define HOME "/home/user"

static Request *read_command(const char *command, Arena *arena, const char **ret_problem)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) words = NULL;
	const ArgvContext context = { .cwd = HOME, .home = HOME };
	gint count;
	Request *request = NULL;

	if (g_shell_parse_argv(command, &count, &words, &error)) {
		const char **copies = arena_alloc(arena, ((size_t)count + 1) * sizeof *copies);
		for (gint i = 0; i < count; i++)
			copies[i] = arena_strdup(arena, words[i]);
		request = argv_read(copies, (size_t)count, &context, arena, &error);
	}
	if (error && g_error_matches(error, SENTINEL_ERROR, SENTINEL_ERROR_NEEDS_INPUT))
		*ret_problem = arena_printf(arena, "a test reads no files and no environment; write the values out: %s", error->message);
	else if (error)
		*ret_problem = arena_strdup(arena, error->message);
	return request;
}

static Request *read_call(const PolicyTest *test, Arena *arena)
{
	const size_t length = strlen(test->body);
	const ApiCall call = {
		.method = test->method, .uri = test->uri, .body = length ? test->body : NULL, .body_length = length,
		.content_type = length ? "application/json" : "", .content_length = length ? "1" : "0",
	};

	return api_read(&call, arena);
}

static bool found(const Decision *decision, const char *rule)
{
	for (size_t i = 0; i < decision->finding_count; i++)
		if (!strcmp(decision->findings[i].rule, rule))
			return true;
	return false;
}

static bool listed(const StringList *rules, const char *rule)
{
	for (size_t i = 0; i < rules->count; i++)
		if (!strcmp(rules->items[i], rule))
			return true;
	return false;
}

static void compare_findings(const PolicyTest *test, const Decision *decision, Buffer *out)
{
	const StringList *lists[] = { &test->findings, &test->includes };

	for (size_t l = 0; l < G_N_ELEMENTS(lists); l++)
		for (size_t i = 0; i < lists[l]->count; i++)
			if (!found(decision, lists[l]->items[i]))
				buffer_printf(out, "%sthe finding %s is missing", out->length ? "; " : "", lists[l]->items[i]);
	for (size_t i = 0; test->exact && i < decision->finding_count; i++) {
		const Finding *finding = &decision->findings[i];
		if (!listed(&test->findings, finding->rule) && !listed(&test->includes, finding->rule))
			buffer_printf(out, "%sthere is also %s (%s)", out->length ? "; " : "", finding->rule, finding->message);
	}
}

/* "" when it is as expected. */
static const char *compare(const PolicyTest *test, const Decision *decision, Arena *arena)
{
	Buffer out = BUFFER_INIT(arena);

	buffer_puts(&out, "");
	if (strcmp(test->decision, outcome_name(decision->outcome)) != 0) {
		buffer_printf(&out, "expected %s, it is %s", test->decision, outcome_name(decision->outcome));
		if (decision->finding_count && !test->exact)
			buffer_printf(&out, " by %s (%s)", decision->findings[0].rule, decision->findings[0].message);
	}
	if (test->score >= 0 && test->score != (int64_t)decision->score)
		buffer_printf(&out, "%sexpected the score %d, it is %u", out.length ? "; " : "", (int)test->score, decision->score);
	compare_findings(test, decision, &out);
	return out.data ? out.data : "";
}

static void run(const Policy *policy, const PolicyTest *test, int64_t now_us, Arena *arena, PolicyTestResult *ret)
{
	const char *problem = "";
	const Facts facts = { .user = test->user, .now_us = test->at_us ? test->at_us : now_us };
	const Request *request = test->command ? read_command(test->command, arena, &problem) : read_call(test, arena);

	*ret = (PolicyTestResult){ .name = test->name, .line = test->line, .message = problem };
	if (!request)
		return;
	ret->message = compare(test, policy_evaluate(policy, request, &facts, arena), arena);
	ret->passed = !*ret->message;
}

PolicyTestResult *policy_run_tests(const Policy *policy, int64_t now_us, Arena *arena, size_t *ret_count)
{
	const PolicyTestList *tests = policy_tests(policy);
	PolicyTestResult *results = arena_alloc(arena, (tests->count + 1) * sizeof *results);

	for (size_t i = 0; i < tests->count; i++)
		run(policy, &tests->items[i], now_us, arena, &results[i]);
	*ret_count = tests->count;
	return results;
}
