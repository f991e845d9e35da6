/* SPDX-License-Identifier: MIT
 *
 * Policies.Learn: the text of a policy, with what it would need so that the recorded calls stay possible.
 */
#include <string.h>
#include "base/limits.h"
#include "base/users.h"
#include "bus/recorded-calls.h"
#include "bus/sight.h"
#include "bus/task.h"
#include "core/learn.h"
#include "policy/store.h"
#include "policy/templates.h"

#define DEFAULT_DURATION_S (90u * 24 * 3600)

typedef struct Learning {
	const char *yaml; /* of the message */
	const char *name, *owner, *user;
	uint64_t duration_s;
	CallRange range;
	GPtrArray *diagnostics;
	Policy *base, *reach;
	Learned learned;
	const char *draft;
} Learning;

static int read_arguments(Task *task)
{
	Learning *learning = task->work.data;
	const BusOption options[] = {
		{ "since", OPTION_NUMBER, &learning->range.since_us }, { "until", OPTION_NUMBER, &learning->range.until_us }, { "file", OPTION_FILE, &learning->range.file }, { "user", OPTION_TEXT, &learning->user },
		{ "name", OPTION_TEXT, &learning->name }, { "owner", OPTION_TEXT, &learning->owner }, { "duration", OPTION_NUMBER, &learning->duration_s },
	};
	int r = text_read(task, "a policy", LIMIT_POLICY_BYTES, &learning->yaml);

	learning->range.file = -1;
	learning->name = learning->owner = learning->user = "";
	learning->duration_s = DEFAULT_DURATION_S;
	r = r < 0 ? r : options_read(task, options, G_N_ELEMENTS(options));
	if (r >= 0 && *learning->name && !store_name_valid(learning->name))
		return work_fail(&task->work, "InvalidArgs", "\"%s\" is no name for a policy", learning->name);
	if (r >= 0 && (!learning->duration_s || learning->duration_s > LIMIT_EXCEPTION_S))
		return work_fail(&task->work, "InvalidArgs", "an exception holds 1 to %u seconds (duration)", LIMIT_EXCEPTION_S);
	return r;
}

const char *exception_end(uint64_t duration_s, Arena *arena)
{
	g_autoptr(GDateTime) end = g_date_time_new_from_unix_utc(g_get_real_time() / G_USEC_PER_SEC + (int64_t)duration_s);
	g_autofree char *text = g_date_time_format(end, "%Y-%m-%d");

	return arena_strdup(arena, text);
}

Policy *policy_of_reach(void)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();

	for (size_t i = 0; i < template_count; i++)
		if (!strcmp(templates[i].name, "production"))
			return policy_parse("production", templates[i].text, templates[i].length, diagnostics);
	return NULL;
}

static void see(void *data, const KeptCall *kept, const ReplayCall *call, Arena *scratch)
{
	if (!call->folded) /* nothing needs an exception to be let through again as it was */
		learn_add(data, kept, call, scratch);
}

static void prepare(Work *work, Learning *learning)
{
	g_autofree char *caller = user_name(USER_DATABASE, work->uid);

	learning->learned = (Learned){
		.arena = work->arena, .base = learning->base, .reach = learning->reach, .user = learning->user,
		.yaml = learning->yaml, .failures = learn_failures(learning->base, work->arena),
		.terms = { .owner = *learning->owner ? learning->owner : arena_strdup(work->arena, caller), .expires = exception_end(learning->duration_s, work->arena) },
	};
	if (!*learning->name)
		learning->name = arena_printf(work->arena, "%.*s-learned", (int)(LIMIT_POLICY_NAME - strlen("-learned")), policy_name(learning->base));
}

static void learn_work(Work *work)
{
	Learning *learning = work->data;
	const Insight sight = sight_of(work);
	const char *why;

	sight_use(&sight);
	learning->diagnostics = diagnostics_new();
	learning->base = policy_parse("policy.yaml", learning->yaml, strlen(learning->yaml), learning->diagnostics);
	learning->reach = policy_of_reach();
	sight_use(NULL);
	if (!learning->base)
		return;
	if (policy_mode(learning->base) != MODE_ENFORCE) {
		(void)work_fail(work, "InvalidArgs", "the policy %s denies nothing (mode: %s), so there is nothing to learn; take one with mode: enforce, such as production",
			policy_name(learning->base), mode_name(policy_mode(learning->base)));
		return;
	}
	prepare(work, learning);
	calls_walk(work, &learning->range, see, &learning->learned);
	if (work_failed(work))
		return;
	learning->draft = learn_draft(&learning->learned, learning->name, &why);
	if (!learning->draft)
		(void)work_fail(work, "InvalidArgs", "there is no draft: %s", why);
}

static int append_counts(sd_bus_message *reply, const Learned *learned)
{
	return sd_bus_message_append(reply, "a{st}", 6, "calls", learned->calls, "denied", learned->denied, "proposed", learned->proposed, "refused", learned->refused,
		"unknown", learned->unknown, "exceptions", (uint64_t)learned->cases.count);
}

static int answer(Task *task, sd_bus_message *reply)
{
	const Learning *learning = task->work.data;
	int r = bus_append_diagnostics(reply, learning->diagnostics);

	if (r >= 0)
		r = sd_bus_message_append_basic(reply, 's', learning->draft ? learning->draft : "");
	return r < 0 ? r : append_counts(reply, &learning->learned);
}

static void clear(void *data)
{
	const Learning *learning = data;

	if (learning->diagnostics)
		g_ptr_array_unref(learning->diagnostics);
	policy_unref(learning->base);
	policy_unref(learning->reach);
}

const Handler policies_learn = { sizeof(Learning), read_arguments, learn_work, answer, clear };
