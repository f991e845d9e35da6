/* SPDX-License-Identifier: MIT
 *
 * Trials: what the policy would say.  Nothing is decided and nothing goes to the journal.
 */
#include <string.h>
#include "base/error.h"
#include "base/limits.h"
#include "bus/gate.h"
#include "bus/trial.h"
#include "core/dockerd.h"
#include "policy/store.h"
#include "policy/wants.h"
#include "request/api.h"
#include "request/list.h"

static Trial *trial_new(Bus *bus, sd_bus_message *call)
{
	Trial *trial = g_new0(Trial, 1);

	*trial = (Trial){
		.bus = bus, .call = sd_bus_message_ref(call), .arena = arena_new(), .policy_name = "", .caller = { .user = "" },
		.uid = UINT64_MAX, .gid = UINT64_MAX,
	};
	trial->now.arena = arena_new();
	trial->sight = gate_allows(bus, call, ACTION_AUDIT_READ) ? sight_all() : sight_of(gate_uid(bus, call), bus->context->docker_socket, trial->arena);
	return trial;
}

static void trial_free(Trial *trial)
{
	sd_bus_message_unref(trial->call);
	arena_free(trial->now.arena);
	arena_free(trial->told.arena);
	arena_free(trial->arena);
	g_free(trial->policies_dir);
	policy_unref(trial->policy);
	verdict_table_unref(trial->verdicts);
	if (trial->diagnostics)
		g_ptr_array_unref(trial->diagnostics);
	g_free(trial);
}

static int refuse(Trial *trial, const GError *error)
{
	if (error->code == SENTINEL_ERROR_INVALID)
		return bus_reply_named(trial->call, "InvalidCommand", "%s", error->message);
	return bus_reply_error(trial->call, error);
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
	const Request *seen = host_view_apply(trial->bus->context->view, 0, policy_paths(trial->policy), false, request, trial->now.arena);

	return policy_evaluate(trial->policy, seen, &trial->facts, trial->now.arena);
}

/* What the builder gives concerns few calls, and is found out once for all of them. */
static bool wants_builder(const Trial *trial, const Request *request)
{
	return request && trial->sight.all && !trial->facts.builder && (request->kind == KIND_BUILDKIT || builder_is_fallback(request));
}

static void begin_call(Trial *trial)
{
	TrialCall *now = &trial->now;

	if (wants_builder(trial, now->reading.request)) {
		Builder *builder = arena_alloc(trial->arena, sizeof *builder);
		*builder = dockerd_builder(0, trial->arena);
		trial->facts.builder = builder;
	}
	bool if_absent = now->reading.made == ARGV_MADE_IF_ABSENT;

	trial->resolve = (Resolve){
		.lookup = trial->sight.all ? trial->bus->context->lookup : NULL, .request = now->reading.request, .arena = now->arena,
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
static bool next_call(Trial *trial, GError **error)
{
	while (trial->told.decision->allowed && ++trial->number < trial->calls) {
		if (!read_call(trial, trial->number, error))
			return false;
		if (!matters(trial))
			continue;
		begin_call(trial);
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

/* Takes the trial.  As the plugin does it: Docker is asked about what the request only names. */
static void go_on(void *data)
{
	Trial *trial = data;
	const Lookup *lookup = trial->bus->context->lookup;
	g_autoptr(GError) error = NULL;

	sight_use(&trial->sight);
	do {
		const Request *request = resolve_step(&trial->resolve);
		if (!request) {
			sight_use(NULL);
			lookup->ask(lookup->data, &trial->resolve.facts, trial->now.arena, go_on, trial);
			return;
		}
		settle(trial, request);
	} while (next_call(trial, &error));
	(void)(error ? refuse(trial, error) : trial_reply(trial));
	sight_use(NULL);
	trial_free(trial);
}

static void begin(Trial *trial)
{
	const World *world = world_acquire(trial->bus->context->cell);

	trial->verdicts = world->verdicts ? verdict_table_ref(world->verdicts) : NULL;
	world_release(world);
	trial->facts.now_us = g_get_real_time();
	trial->facts.verdicts = trial->verdicts;
	trial->facts.trial = true;
	begin_call(trial);
	go_on(trial);
}

static void load_policy(void *data)
{
	Trial *trial = data;

	trial->diagnostics = diagnostics_new();
	trial->policy = store_load(trial->policies_dir, trial->policy_name, trial->diagnostics);
}

static void policy_loaded(void *data)
{
	Trial *trial = data;
	g_autofree char *problem = diagnostics_first_error(trial->diagnostics);

	if (trial->policy) {
		begin(trial);
		return;
	}
	(void)bus_reply_named(trial->call, "PolicyInvalid", "%s", problem);
	trial_free(trial);
}

/* Takes the trial. */
static int judge(Trial *trial)
{
	if (!*trial->policy_name) {
		const World *world = world_acquire(trial->bus->context->cell);
		trial->policy = world->policy ? policy_ref(world->policy) : NULL;
		world_release(world);
		begin(trial);
		return 1;
	}
	trial->policies_dir = g_strdup(trial->bus->context->paths->policies_dir);
	if (bus_submit(trial->bus, trial->call, load_policy, policy_loaded, trial))
		return 1;
	int r = bus_reply_named(trial->call, "Busy", "too many calls wait; try again");
	trial_free(trial);
	return r;
}

static int read_argv(Trial *trial)
{
	StringList *argv = &trial->argv;
	size_t bytes = 0;
	const char *word;
	int r = sd_bus_message_enter_container(trial->call, 'a', "s");

	while (r >= 0 && (r = sd_bus_message_read_basic(trial->call, 's', &word)) > 0) {
		bytes += strlen(word) + 1;
		if (argv->count == LIMIT_ARGV_COUNT || bytes > LIMIT_ARGV_BYTES)
			return bus_reply_named(trial->call, "LimitExceeded", "a command has at most %u arguments and %u bytes", LIMIT_ARGV_COUNT, LIMIT_ARGV_BYTES);
		const char *copy = arena_strdup(trial->arena, word);
		LIST_APPEND(trial->arena, argv, copy);
	}
	r = r < 0 ? r : sd_bus_message_exit_container(trial->call);
	return r < 0 ? r : 0;
}

/* Whom the trial is judged for.  0, or what the handler returns. */
static int read_caller(Trial *trial)
{
	const uint64_t ids[] = { trial->uid, trial->gid };
	int64_t *targets[] = { &trial->caller.uid, &trial->caller.gid };
	const char *problem;

	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
		if (ids[i] != UINT64_MAX && ids[i] >= USER_NO_ID)
			return bus_reply_named(trial->call, "InvalidArgs", "%" G_GUINT64_FORMAT " is no uid and no gid", ids[i]);
		*targets[i] = ids[i] == UINT64_MAX ? -1 : (int64_t)ids[i];
	}
	if (trial->caller.groups.count > LIMIT_USER_GROUPS)
		return bus_reply_named(trial->call, "LimitExceeded", "a user has at most %u groups", LIMIT_USER_GROUPS);
	if (!caller_state(&trial->caller, trial->arena, &trial->facts.caller, &trial->facts.user, &problem))
		return bus_reply_named(trial->call, "InvalidArgs", "%s", problem);
	return 0;
}

#define CALLER_OPTIONS(trial)                                                                                                          \
	{ "user", OPTION_TEXT, &(trial)->caller.user }, { "uid", OPTION_NUMBER, &(trial)->uid }, { "gid", OPTION_NUMBER, &(trial)->gid }, \
	{ "groups", OPTION_WORDS, &(trial)->caller.groups }

/* 0: the first call is read; else what the handler returns. */
static int read_command(Trial *trial)
{
	ArgvContext *context = &trial->context;
	const BusOption options[] = {
		{ "policy", OPTION_TEXT, &trial->policy_name }, { "cwd", OPTION_TEXT, &context->cwd }, { "home", OPTION_TEXT, &context->home },
		{ "env", OPTION_PAIRS, &trial->env }, { "unset", OPTION_WORDS, &trial->unset }, { "files", OPTION_FILES, &trial->files },
		CALLER_OPTIONS(trial),
	};
	g_autoptr(GError) error = NULL;
	int r = read_argv(trial);

	if (r != 0 || (r = options_read(trial->call, options, G_N_ELEMENTS(options), trial->arena)) != 0 ||
		(r = read_caller(trial)) != 0)
		return r;
	context->env = &trial->env;
	context->files = &trial->files;
	context->unset = trial->unset.items ? &trial->unset : NULL;
	sight_use(&trial->sight);
	bool good = read_call(trial, 0, &error);
	sight_use(NULL);
	if (!good)
		return refuse(trial, error);
	trial->calls = trial->now.reading.calls;
	return 0;
}

int validate_argv(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	Trial *trial = trial_new(bus, call);
	int r = read_command(trial);

	(void)error;
	if (r == 0)
		return judge(trial);
	trial_free(trial);
	return r;
}

static int read_request(Trial *trial)
{
	const char *method, *uri;
	const void *body;
	size_t length;
	const BusOption options[] = { { "policy", OPTION_TEXT, &trial->policy_name }, CALLER_OPTIONS(trial) };
	int r = sd_bus_message_read(trial->call, "ss", &method, &uri);

	if (r < 0 || (r = sd_bus_message_read_array(trial->call, 'y', &body, &length)) < 0)
		return r;
	if (length > LIMIT_BODY_BYTES || strlen(uri) > LIMIT_URI_BYTES)
		return bus_reply_named(trial->call, "LimitExceeded", "a body has at most %u bytes, a URI %u", LIMIT_BODY_BYTES, LIMIT_URI_BYTES);
	ApiCall call = {
		.method = method, .uri = uri, .body = length ? body : NULL, .body_length = length, .content_type = length ? "application/json" : "",
		.content_length = length ? "1" : "0",
	};
	sight_use(&trial->sight);
	trial->now.reading.request = api_read(&call, trial->arena);
	sight_use(NULL);
	r = options_read(trial->call, options, G_N_ELEMENTS(options), trial->arena);
	return r != 0 ? r : read_caller(trial);
}

int validate_request(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	Trial *trial = trial_new(bus, call);
	int r = read_request(trial);

	(void)error;
	if (r == 0)
		return judge(trial);
	trial_free(trial);
	return r;
}
