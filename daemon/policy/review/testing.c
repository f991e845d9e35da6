/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/budget.h"
#include "base/error.h"
#include "base/text.h"
#include "policy/review/testing.h"
#include "policy/verdict-words.h"
#include "request/api.h"
#include "request/argv/argv.h"
#include "request/host-view.h"

#define HOME "/home/user"

static const char *problem_of(const GError *error, Arena *arena)
{
	if (g_error_matches(error, SENTINEL_ERROR, SENTINEL_ERROR_NEEDS_INPUT))
		return arena_printf(arena, "a test reads no files and no environment; write the values out: %s", error->message);
	return arena_strdup(arena, error->message);
}

static bool split_command(const char *command, Arena *arena, StringList *ret, GError **error)
{
	g_auto(GStrv) words = NULL;
	gint count;

	if (!g_shell_parse_argv(command, &count, &words, error))
		return false;
	*ret = (StringList){ arena_alloc(arena, ((size_t)count + 1) * sizeof *ret->items), (size_t)count };
	for (gint i = 0; i < count; i++)
		ret->items[i] = arena_strdup(arena, words[i]);
	return true;
}

/* The verdicts that a test gives are of the image that it names, and as old as the question. */
static VerdictTable *table_of(const PolicyTest *test, int64_t now_us)
{
	VerdictTable *table = verdict_table_new();

	for (size_t i = 0; i < test->verdicts.count; i++) {
		const char *problem;
		Verdict *verdict = verdict_words_read(test->verdicts.items[i], &problem);
		if (!verdict)
			continue;
		verdict->time_us = now_us;
		VerdictTable *longer = verdict_table_with(table, verdict);
		verdict_table_unref(table);
		table = longer;
	}
	return table;
}

/* Also of the container that the line made before, and starts. */
static const Request *give_image(const PolicyTest *test, const Request *request, Arena *arena)
{
	if (!test->verdicts.count || !request)
		return request;
	Request *known = arena_alloc(arena, sizeof *known);
	*known = *request;
	known->image_id = VERDICT_WORDS_IMAGE;
	known->stored = give_image(test, request->stored, arena);
	return known;
}

/* By all calls that the line leads to.  Nobody says that an image is not there. */
static const Decision *judge_command(const Policy *policy, const PolicyTest *test, const Situation *situation, Arena *arena, const char **ret_problem)
{
	g_autoptr(GError) error = NULL;
	ArgvContext context = { .cwd = HOME, .home = HOME };
	ArgvReading reading = { .calls = 1 };
	const Decision *told = NULL;
	StringList words = { 0 };
	bool good = split_command(test->command, arena, &words, &error);

	for (; good && context.call < reading.calls; context.call++) {
		good = argv_read_line(words.items, words.count, &context, arena, &reading, &error);
		const Decision *next = good && reading.made == ARGV_MADE ? policy_evaluate(policy, give_image(test, host_view_assume(reading.request, arena), arena), situation, arena) : NULL;
		if (next && decision_outweighs(next, told))
			told = next;
	}
	if (error)
		*ret_problem = problem_of(error, arena);
	return good ? told : NULL;
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
	Situation situation = { .now_us = test->at_us ? test->at_us : now_us };

	*ret = (PolicyTestResult){ .name = test->name, .line = test->line };
	if (!caller_state(&test->caller, arena, &situation.caller, &situation.user, &ret->message))
		return;
	VerdictTable *table = test->verdicts.count ? table_of(test, situation.now_us) : NULL;
	situation.verdicts = table;
	const Decision *decision = test->command ? judge_command(policy, test, &situation, arena, &problem) :
						   policy_evaluate(policy, give_image(test, host_view_assume(read_call(test, arena), arena), arena), &situation, arena);

	verdict_table_unref(table);
	ret->message = problem;
	if (!decision)
		return;
	ret->message = compare(test, decision, arena);
	ret->passed = !*ret->message;
}

PolicyTestResult *policy_run_tests(const Policy *policy, int64_t now_us, Arena *arena, size_t *ret_count)
{
	const PolicyTestList *tests = policy_tests(policy);
	PolicyTestResult *results = arena_alloc(arena, (tests->count + 1) * sizeof *results);

	for (size_t i = 0; i < tests->count && budget_spend(1); i++)
		run(policy, &tests->items[i], now_us, arena, &results[i]);
	*ret_count = tests->count;
	return results;
}
