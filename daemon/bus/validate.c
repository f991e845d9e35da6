/* SPDX-License-Identifier: MIT
 *
 * Trials: what the policy would say.  Nothing is decided and nothing goes to the journal.
 */
#include <string.h>
#include "base/error.h"
#include "base/limits.h"
#include "bus/cause.h"
#include "bus/internal.h"
#include "policy/store.h"
#include "policy/wants.h"
#include "request/api.h"
#include "request/argv/argv.h"
#include "request/list.h"

/* One trial, also on its way through the worker when it names a policy that must be read first. */
typedef struct Trial {
	Bus *bus;
	sd_bus_message *call;
	Arena *arena;
	Request *request;
	Resolve resolve;
	StringList argv; /* empty: the request came as API bytes */
	VerdictTable *verdicts; /* of the World in which it was begun; NULL: nothing is scanned */
	PairList env, files;
	StringList unset;
	ArgvContext context;
	ArgvReading reading;
	const char *policy_name; /* "" : the one in force */
	char *policies_dir;
	Policy *policy; /* NULL: there is none in force */
	GPtrArray *diagnostics;
} Trial;

static Trial *trial_new(Bus *bus, sd_bus_message *call)
{
	Trial *trial = g_new0(Trial, 1);

	*trial = (Trial){ .bus = bus, .call = sd_bus_message_ref(call), .arena = arena_new(), .policy_name = "" };
	return trial;
}

static void trial_free(Trial *trial)
{
	sd_bus_message_unref(trial->call);
	arena_free(trial->arena);
	g_free(trial->policies_dir);
	policy_unref(trial->policy);
	verdict_table_unref(trial->verdicts);
	if (trial->diagnostics)
		g_ptr_array_unref(trial->diagnostics);
	g_free(trial);
}

static int append_findings(sd_bus_message *reply, const Decision *decision)
{
	int r = sd_bus_message_open_container(reply, 'a', "(sssss)");

	for (size_t i = 0; r >= 0 && i < decision->finding_count; i++) {
		const Finding *f = &decision->findings[i];
		r = sd_bus_message_append(reply, "(sssss)", f->rule, severity_name(f->severity), f->category, action_name(f->action), f->message);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_numbers(sd_bus_message *reply, const char *name, const int32_t *numbers, size_t count)
{
	int r;

	if ((r = sd_bus_message_open_container(reply, 'e', "sv")) < 0 || (r = sd_bus_message_append_basic(reply, 's', name)) < 0 ||
		(r = sd_bus_message_open_container(reply, 'v', "ai")) < 0 ||
		(r = sd_bus_message_append_array(reply, 'i', numbers, count * sizeof *numbers)) < 0 ||
		(r = sd_bus_message_close_container(reply)) < 0)
		return r;
	return sd_bus_message_close_container(reply);
}

static int append_strings(sd_bus_message *reply, const char *const *strings, size_t count)
{
	int r = sd_bus_message_open_container(reply, 'a', "s");

	for (size_t i = 0; r >= 0 && i < count; i++)
		r = sd_bus_message_append_basic(reply, 's', strings[i]);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* A list with one string a finding, in their order: what (sssss) has no place for. */
static int append_column(sd_bus_message *reply, const char *name, const char *const *strings, size_t count)
{
	int r;

	if ((r = sd_bus_message_open_container(reply, 'e', "sv")) < 0 || (r = sd_bus_message_append_basic(reply, 's', name)) < 0 ||
		(r = sd_bus_message_open_container(reply, 'v', "as")) < 0 || (r = append_strings(reply, strings, count)) < 0 ||
		(r = sd_bus_message_close_container(reply)) < 0)
		return r;
	return sd_bus_message_close_container(reply);
}

/* Where in the caller's words the findings come from. */
static int append_causes(sd_bus_message *reply, const Trial *trial, const Decision *decision)
{
	const Cause cause = {
		.policy = trial->policy, .facts = { .now_us = g_get_real_time(), .verdicts = trial->verdicts, .trial = true }, .argv = trial->argv.items, .argc = trial->argv.count,
		.context = &trial->context, .reading = &trial->reading,
		.arena = trial->arena,
	};
	const int32_t *indexes;
	int r;

	if (!trial->argv.count)
		return 0;
	indexes = cause_find(&cause, decision);
	if ((r = sd_bus_message_append(reply, "{sv}", "logged", "s", trial->request->summary)) < 0 ||
		(r = append_column(reply, "words", trial->reading.words.items, trial->reading.words.count)) < 0 ||
		(r = append_numbers(reply, "argument_index", indexes, decision->finding_count)) < 0)
		return r;
	return append_numbers(reply, "argument_words", cause_widths(&cause, indexes, decision->finding_count), decision->finding_count);
}

static int append_columns(sd_bus_message *reply, const Decision *decision, Arena *arena)
{
	const char **arguments = arena_alloc(arena, (decision->finding_count + 1) * sizeof *arguments);
	const char **references = arena_alloc(arena, (decision->finding_count + 1) * sizeof *references);

	for (size_t i = 0; i < decision->finding_count; i++) {
		arguments[i] = decision->findings[i].argument;
		references[i] = decision->findings[i].references;
	}
	int r = append_column(reply, "arguments", arguments, decision->finding_count);
	return r < 0 ? r : append_column(reply, "references", references, decision->finding_count);
}

static int append_details(sd_bus_message *reply, const Trial *trial, const Decision *decision)
{
	int r = sd_bus_message_open_container(reply, 'a', "{sv}");

	if (r >= 0)
		r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}", "policy", "s", decision->policy, "mode", "s", mode_name(decision->mode), "max_score", "u",
			decision->max_score, "outcome", "s", outcome_name(decision->outcome), "command", "s",
			trial->argv.count ? trial->reading.command : trial->request->summary);
	if (r >= 0)
		r = append_columns(reply, decision, trial->arena);
	if (r >= 0)
		r = append_causes(reply, trial, decision);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int answer(Trial *trial, const Request *request)
{
	const Facts facts = { .now_us = g_get_real_time(), .verdicts = trial->verdicts, .trial = true };
	const Decision *decision = policy_evaluate(trial->policy, request, &facts, trial->arena);
	sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(trial->call, &reply);

	if (r >= 0)
		r = sd_bus_message_append(reply, "bu", (int)decision->allowed, decision->score);
	if (r >= 0)
		r = append_findings(reply, decision);
	if (r >= 0)
		r = append_strings(reply, decision->mitigations, decision->mitigation_count);
	if (r >= 0)
		r = append_details(reply, trial, decision);
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r < 0 ? r : 1;
}

/* Takes the trial.  As the plugin does it: Docker is asked about what the request only names. */
static void go_on(void *data)
{
	Trial *trial = data;
	const Request *request = resolve_step(&trial->resolve);
	const Lookup *lookup = trial->resolve.lookup;

	if (!request) {
		lookup->ask(lookup->data, &trial->resolve.facts, trial->arena, go_on, trial);
		return;
	}
	(void)answer(trial, request);
	trial_free(trial);
}

static void begin(Trial *trial)
{
	const World *world = world_acquire(trial->bus->context->cell);

	trial->verdicts = world->verdicts ? verdict_table_ref(world->verdicts) : NULL;
	world_release(world);
	trial->resolve = (Resolve){
		.lookup = trial->bus->context->lookup, .request = trial->request, .wants = policy_wants(trial->policy, trial->request), .arena = trial->arena,
	};
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

/* 0: trial->request is there; else what the handler returns. */
static int read_command(Trial *trial)
{
	ArgvContext *context = &trial->context;
	const BusOption options[] = {
		{ "policy", OPTION_TEXT, &trial->policy_name }, { "cwd", OPTION_TEXT, &context->cwd }, { "home", OPTION_TEXT, &context->home },
		{ "env", OPTION_PAIRS, &trial->env }, { "unset", OPTION_WORDS, &trial->unset }, { "files", OPTION_FILES, &trial->files },
	};
	g_autoptr(GError) error = NULL;
	int r = read_argv(trial);

	if (r != 0 || (r = options_read(trial->call, options, G_N_ELEMENTS(options), trial->arena)) != 0)
		return r;
	context->env = &trial->env;
	context->files = &trial->files;
	context->unset = trial->unset.items ? &trial->unset : NULL;
	if (argv_read_line(trial->argv.items, trial->argv.count, context, trial->arena, &trial->reading, &error)) {
		trial->request = trial->reading.request;
		return 0;
	}
	if (error->code == SENTINEL_ERROR_INVALID)
		return bus_reply_named(trial->call, "InvalidCommand", "%s", error->message);
	return bus_reply_error(trial->call, error);
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
	const BusOption options[] = { { "policy", OPTION_TEXT, &trial->policy_name } };
	int r = sd_bus_message_read(trial->call, "ss", &method, &uri);

	if (r < 0 || (r = sd_bus_message_read_array(trial->call, 'y', &body, &length)) < 0)
		return r;
	if (length > LIMIT_BODY_BYTES || strlen(uri) > LIMIT_URI_BYTES)
		return bus_reply_named(trial->call, "LimitExceeded", "a body has at most %u bytes, a URI %u", LIMIT_BODY_BYTES, LIMIT_URI_BYTES);
	ApiCall call = {
		.method = method, .uri = uri, .body = length ? body : NULL, .body_length = length, .content_type = length ? "application/json" : "",
		.content_length = length ? "1" : "0",
	};
	trial->request = api_read(&call, trial->arena);
	return options_read(trial->call, options, G_N_ELEMENTS(options), trial->arena);
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
