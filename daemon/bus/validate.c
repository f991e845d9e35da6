/* SPDX-License-Identifier: MIT
 *
 * Trials: what the policy would say.  Nothing is decided and nothing goes to the journal.
 */
#include <string.h>
#include "base/error.h"
#include "base/limits.h"
#include "bus/trial.h"
#include "core/dockerd.h"
#include "policy/wants.h"
#include "request/list.h"

static void trial_clear(void *data)
{
	Trial *trial = data;

	arena_free(trial->now.arena);
	arena_free(trial->told.arena);
	policy_unref(trial->policy);
	verdict_table_unref(trial->verdicts);
}

/* What is told of keeps its memory; the others' is given back. */
static bool read_call(Trial *trial, size_t number, GError **error)
{
	TrialCall *now = &trial->now;

	arena_free(now->arena);
	*now = (TrialCall){ .arena = arena_new(), .context = trial->context };
	now->context.call = number;
	return argv_read_line(trial->argv.items, trial->argv.count, &now->context, now->arena, &now->reading, error);
}

static const Decision *evaluate(const Trial *trial, const Request *request)
{
	const Request *seen = host_view_apply(trial->view, 0, policy_paths(trial->policy), false, request, trial->now.arena);

	return policy_evaluate(trial->policy, seen, &trial->situation, trial->now.arena);
}

/* What the builder gives concerns few calls, and is found out once for all of them. */
static bool wants_builder(const Trial *trial, const Request *request)
{
	return request && trial->sight.all && !trial->situation.builder && (request->kind == KIND_BUILDKIT || builder_is_fallback(request));
}

static void begin_call(Work *work)
{
	Trial *trial = work->data;
	TrialCall *now = &trial->now;

	if (wants_builder(trial, now->reading.request)) {
		Builder *builder = arena_alloc(work->arena, sizeof *builder);
		*builder = dockerd_builder(0, work->arena);
		trial->situation.builder = builder;
	}
	bool if_absent = now->reading.made == ARGV_MADE_IF_ABSENT;

	trial->resolve = (Resolve){
		.lookup = trial->sight.all ? work->context->lookup : NULL, .policy = trial->policy, .pulls = work->context->pulls, .request = now->reading.request, .arena = now->arena,
		.wants = policy_wants(trial->policy, now->reading.request) | (if_absent ? WANT_IMAGE : 0u),
	};
}

/* Whether the call can change what is told: Docker is not asked about the image for nothing. */
static bool matters(const Trial *trial)
{
	const ArgvReading *reading = &trial->now.reading;

	return reading->made == ARGV_MADE ||
	       (reading->made == ARGV_MADE_IF_ABSENT && decision_outweighs(evaluate(trial, reading->request), trial->told.decision));
}

/* False: no call is left that could change what is told, or there is an error. */
static bool next_call(Work *work)
{
	Trial *trial = work->data;

	while (trial->told.decision->allowed && ++trial->number < trial->calls && budget_spend(1)) {
		if (!read_call(trial, trial->number, &work->error))
			return false;
		if (!matters(trial))
			continue;
		begin_call(work);
		return true;
	}
	return false;
}

/* The image of the container may come with the next call: nobody knows its user. */
static const Request *without_image(const Trial *trial, const Request *request)
{
	Request *copy = arena_alloc(trial->now.arena, sizeof *copy);

	*copy = *request;
	copy->image_absent = false;
	return copy;
}

static void settle(Trial *trial, const Request *request)
{
	TrialCall *now = &trial->now;

	if (now->reading.made == ARGV_MADE_IF_ABSENT && !request->image_absent && !request->unresolved.count)
		return;
	now->decision = evaluate(trial, request->image_absent && trial->argv.count ? without_image(trial, request) : request);
	if (!decision_outweighs(now->decision, trial->told.decision))
		return;
	arena_free(trial->told.arena);
	trial->told = *now;
	now->arena = NULL;
}

/* As the plugin does it: Docker is asked about what the request only names. */
static void go_on(Work *work)
{
	Trial *trial = work->data;

	do {
		const Request *request = resolve_step(&trial->resolve);
		if (!request) {
			work->facts = &trial->resolve.facts;
			work->facts_arena = trial->now.arena;
			return;
		}
		settle(trial, request);
	} while (next_call(work));
	if (!work_failed(work))
		trial_trace(trial, work->arena);
}

static bool read_first(Work *work)
{
	Trial *trial = work->data;

	if (trial->argv.count) {
		bool good = read_call(trial, 0, &work->error);
		trial->calls = trial->now.reading.calls;
		return good;
	}
	trial->now.arena = arena_new();
	trial->now.reading.request = api_read(&trial->api, work->arena);
	return true;
}

static void explain_failure(Work *work)
{
	if (!work->error || work->error->code != SENTINEL_ERROR_INVALID)
		return;
	(void)work_fail(work, "InvalidCommand", "%s", work->error->message);
}

static void begin(Work *work)
{
	Trial *trial = work->data;

	trial->begun = true;
	trial->situation.now_us = g_get_real_time();
	trial->situation.verdicts = trial->verdicts;
	trial->situation.trial = true;
	trial->situation.own_paths = paths_own(work->context->paths);
	trial->sight = sight_of(work);
	sight_use(&trial->sight);
	if (read_first(work)) {
		begin_call(work);
		go_on(work);
	}
}

/* A policy is loaded as the service sees the host; all else is seen as the caller does. */
static void judge(Work *work)
{
	Trial *trial = work->data;

	trial->view = views_borrow(work->views);
	if (trial->begun) {
		sight_use(&trial->sight);
		go_on(work);
	} else if (policy_chosen(work, trial->policy_name, &trial->policy, &trial->verdicts)) {
		begin(work);
	}
	sight_use(NULL);
	explain_failure(work);
	views_give_back(work->views, g_steal_pointer(&trial->view));
}

/* What a message holds stays with the task, and so do these words. */
static int read_argv(Task *task)
{
	Trial *trial = task->work.data;
	StringList *argv = &trial->argv;
	size_t bytes = 0;
	const char *word;
	int r = sd_bus_message_enter_container(task->call, 'a', "s");

	while (r >= 0 && (r = sd_bus_message_read_basic(task->call, 's', &word)) > 0) {
		bytes += strlen(word) + 1;
		if (argv->count == LIMIT_ARGV_COUNT || bytes > LIMIT_ARGV_BYTES)
			return work_fail(&task->work, "LimitExceeded", "a command has at most %u arguments and %u bytes", LIMIT_ARGV_COUNT, LIMIT_ARGV_BYTES);
		LIST_APPEND(task->work.arena, argv, word);
	}
	if (r >= 0 && !argv->count)
		return work_fail(&task->work, "InvalidCommand", "there is no command");
	return r < 0 ? r : sd_bus_message_exit_container(task->call);
}

/* Whom the trial is judged for. */
static int read_caller(Task *task)
{
	Trial *trial = task->work.data;
	const uint64_t ids[] = { trial->uid, trial->gid };
	int64_t *targets[] = { &trial->caller.uid, &trial->caller.gid };
	const char *problem;

	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
		if (ids[i] != UINT64_MAX && ids[i] >= USER_NO_ID)
			return work_fail(&task->work, "InvalidArgs", "%" G_GUINT64_FORMAT " is no uid and no gid", ids[i]);
		*targets[i] = ids[i] == UINT64_MAX ? -1 : (int64_t)ids[i];
	}
	if (trial->caller.groups.count > LIMIT_USER_GROUPS)
		return work_fail(&task->work, "LimitExceeded", "a user has at most %u groups", LIMIT_USER_GROUPS);
	if (!caller_state(&trial->caller, task->work.arena, &trial->situation.caller, &trial->situation.user, &problem))
		return work_fail(&task->work, "InvalidArgs", "%s", problem);
	return 0;
}

static Trial *trial_of(Task *task)
{
	Trial *trial = task->work.data;

	trial->policy_name = "";
	trial->caller.user = "";
	trial->uid = trial->gid = UINT64_MAX;
	return trial;
}

#define CALLER_OPTIONS(trial)                                                                                                          \
	{ "user", OPTION_TEXT, &(trial)->caller.user }, { "uid", OPTION_NUMBER, &(trial)->uid }, { "gid", OPTION_NUMBER, &(trial)->gid }, \
	{ "groups", OPTION_WORDS, &(trial)->caller.groups }

static int read_command(Task *task)
{
	Trial *trial = trial_of(task);
	ArgvContext *context = &trial->context;
	const BusOption options[] = {
		{ "policy", OPTION_TEXT, &trial->policy_name }, { "cwd", OPTION_TEXT, &context->cwd }, { "home", OPTION_TEXT, &context->home },
		{ "env", OPTION_PAIRS, &trial->env }, { "unset", OPTION_WORDS, &trial->unset }, { "files", OPTION_FILES, &trial->files },
		CALLER_OPTIONS(trial),
	};
	int r = read_argv(task);

	if (r < 0 || (r = options_read(task, options, G_N_ELEMENTS(options))) < 0 || (r = read_caller(task)) < 0)
		return r;
	context->env = &trial->env;
	context->files = &trial->files;
	context->unset = trial->unset.items ? &trial->unset : NULL;
	return 0;
}

const Handler validate_argv = { sizeof(Trial), read_command, judge, trial_answer, trial_clear };

static int read_request(Task *task)
{
	Trial *trial = trial_of(task);
	const BusOption options[] = { { "policy", OPTION_TEXT, &trial->policy_name }, CALLER_OPTIONS(trial) };
	ApiCall *api = &trial->api;
	const void *body;
	size_t length;
	int r = sd_bus_message_read(task->call, "ss", &api->method, &api->uri);

	if (r < 0 || (r = sd_bus_message_read_array(task->call, 'y', &body, &length)) < 0)
		return r;
	if (length > LIMIT_BODY_BYTES || strlen(api->uri) > LIMIT_URI_BYTES)
		return work_fail(&task->work, "LimitExceeded", "a body has at most %u bytes, a URI %u", LIMIT_BODY_BYTES, LIMIT_URI_BYTES);
	api->body = length ? body : NULL;
	api->body_length = length;
	api->content_type = length ? "application/json" : "";
	api->content_length = length ? "1" : "0";
	r = options_read(task, options, G_N_ELEMENTS(options));
	return r < 0 ? r : read_caller(task);
}

const Handler validate_request = { sizeof(Trial), read_request, judge, trial_answer, trial_clear };
