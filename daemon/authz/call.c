/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>
#include "authz/call-internal.h"
#include "base/log.h"
#include "base/text.h"
#include "core/dockerd.h"
#include "policy/wants.h"
#include "request/api.h"
#include "request/list.h"
#include "request/print.h"

#define MICROSECONDS 1000000

static int64_t clock_us(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * MICROSECONDS + now.tv_nsec / 1000;
}

Situation call_situation(const Call *call, bool audit_down)
{
	return (Situation){
		.audit_down = audit_down, .refused = call->envelope.refused, .user = call->user, .caller = call->caller, .now_us = clock_us(CLOCK_REALTIME), .verdicts = (call->seen ? call->seen : call->world)->verdicts,
		.builder = call->builder, .own_paths = call->plugin->own_paths,
	};
}

void call_evaluate(Call *call, bool audit_down)
{
	const Situation situation = call_situation(call, audit_down);

	call->decision = policy_evaluate(call->policy, call->request, &situation, call->arena);
}

/* A question that this process asked Docker itself, for another call.  It can only look. */
static bool is_own(const Call *call)
{
	const Lookup *lookup = call->plugin->lookup;

	return lookup && *call->envelope.mark && !call->request->mutates && lookup->is_own(lookup->data, call->envelope.mark, call->envelope.call.body != NULL);
}

/* A question of ours that carries more than Docker reads: it closes that connection late, when our end is gone already, and would be
 * somebody unseen.  Looked at while it is there it is known as ours. */
static void remember_own(Call *call)
{
	const char *length = call->envelope.call.content_length;
	Caller unused;

	if (*length && strcmp(length, "0") != 0)
		(void)identity_user(call->plugin->identity, call->wait.docker, true, true, call->arena, &unused);
}

/* Docker says who it is only of those who came with a certificate. */
static const char *find_user(Call *call)
{
	Identity *identity = call->plugin->identity;

	if (call->envelope.caller)
		call->caller = *call->envelope.caller;
	if (*call->envelope.user || !identity)
		return call->envelope.user;
	if (is_own(call)) {
		remember_own(call);
		return call->envelope.user;
	}
	return identity_user(identity, call->wait.docker, call->looked, *call->envelope.mark, call->arena, &call->caller);
}

void call_look(Call *call)
{
	if (call->looked)
		return;
	call->looked = true;
	call->user = find_user(call);
	call_evaluate(call, false);
}

/* Who looks at something is not looked for, as long as it makes no difference. */
static void look_closer(Call *call)
{
	if (call->decision->finding_count)
		call_look(call);
}

static const Request *look_at_paths(const Call *call, const Request *request, bool again)
{
	return host_view_apply(call->plugin->view, call->wait.docker, policy_paths(call->policy), again, request, call->arena);
}

static const Request *mark_crowded(const Call *call)
{
	Request *marked = arena_alloc(call->arena, sizeof *marked);

	*marked = *call->request;
	LIST_APPEND(call->arena, &marked->unresolved, "whether its name is being pushed or given to another image (too many calls wait for that, or have names under way)");
	return marked;
}

void call_begin(Call *call)
{
	const Plugin *plugin = call->plugin;

	call->request = look_at_paths(call, api_read(&call->envelope.call, call->arena), call->waited);
	if (call->crowded)
		call->request = mark_crowded(call);
	call->resolve = (Resolve){
		.lookup = plugin->lookup, .policy = call->policy, .pulls = plugin->pulls, .request = call->request, .wants = policy_wants(call->policy, call->request), .arena = call->arena,
		.docker = call->wait.docker, .fresh = plugin->pushes && call->request->kind == KIND_IMAGE_PUSH,
	};
}

Call *call_new(const Plugin *plugin, const Envelope *envelope, const CallWait *wait, Arena *arena)
{
	Call *call = arena_alloc(arena, sizeof *call);

	*call = (Call){
		.plugin = plugin, .envelope = *envelope, .wait = *wait, .arena = arena, .started_us = clock_us(CLOCK_MONOTONIC),
		.world = envelope->world ? envelope->world : world_acquire(plugin->cell),
	};
	call->policy = envelope->world ? envelope->policy : call->world->policy;
	call_begin(call);
	call->looked = policy_wants_caller(call->policy, call->request);
	call->user = find_user(call);
	dockerd_notice(wait->docker);
	if (call->request->kind == KIND_BUILDKIT || builder_is_fallback(call->request)) {
		call->builder = arena_alloc(arena, sizeof *call->builder);
		*call->builder = dockerd_builder(wait->docker, arena);
	}
	call_evaluate(call, false);
	return call;
}

/* What a grant of this denial would fit is written down with it. */
static void find_fit(Call *call)
{
	Request *denied = arena_alloc(call->arena, sizeof *denied);

	*denied = *call->request;
	denied->fit = grant_fit(&call->envelope.call, denied, call->arena);
	call->request = denied;
}

/* A grant turns a denial into a warning: everything it found is still found and written down. */
static void apply_grant(Call *call)
{
	GrantBook *grants = call->plugin->grants;

	if (call->decision->allowed || !grants)
		return;
	find_fit(call);
	call->grant = grant_take(grants, call->request, call->decision, call->user, clock_us(CLOCK_REALTIME));
	if (!call->grant)
		return;
	if (call->request->kind == KIND_CONTAINER_CREATE || call->request->kind == KIND_EXEC_CREATE)
		grant_expect(grants, call->grant, call_print(&call->envelope.call, call->arena));
	Decision *granted = arena_alloc(call->arena, sizeof *granted);
	*granted = *call->decision;
	granted->allowed = true;
	granted->outcome = OUTCOME_WARNED;
	call->decision = granted;
}

/* Between the look and this another create may have taken a pin. */
static void take_pins(Call *call)
{
	Pinning *pinning = call->plugin->pinning;
	const Request *request = call->request;

	if (!call->decision->allowed || !pinning || request->kind != KIND_CONTAINER_CREATE)
		return;
	const char *print = call_print(&call->envelope.call, call->arena);
	call->request = pinning_compare(request, print, call->arena);
	if (call->request != request)
		call_evaluate(call, false);
	if (!call->decision->allowed || pinning_take(pinning, request, print))
		return;
	call->request = look_at_paths(call, request, true);
	call_evaluate(call, false);
}

/* Docker has called, so its events can be heard; what it does until they are is told by nobody. */
static void meet(const Call *call)
{
	const Lookup *lookup = call->plugin->lookup;
	bool heard = !lookup || lookup->met(lookup->data);

	if (!heard && call->decision->allowed && call->plugin->pinning)
		pinning_unheard(call->plugin->pinning, call->request);
}

/* Meanwhile the name may have become another image's. */
static void look_again(Call *call)
{
	call->seen = world_acquire(call->plugin->cell);
	call_begin(call);
	call_evaluate(call, false);
}

/* Who allows a call that gives images names, or makes them, keeps in mind that it runs. */
static void remember(const Call *call)
{
	const Plugin *plugin = call->plugin;
	const int64_t now_us = clock_us(CLOCK_MONOTONIC);

	if (plugin->pulls)
		pulls_begun(plugin->pulls, call->request, call->wait.docker, now_us);
	if (plugin->builds)
		builds_begun(plugin->builds, call->request, call->wait.docker, call->user, now_us);
}

static PluginAnswer denial(const Call *call)
{
	Buffer out = BUFFER_INIT(call->arena);

	buffer_puts(&out, "{\"Allow\":false,\"Msg\":");
	buffer_json_string(&out, decision_explain(call->decision, call->id, call->arena), 0);
	buffer_puts(&out, "}");
	return (PluginAnswer){ 200, out.data, out.length };
}

/* A grant of a denied create would go by the image's id, which the policy may not have wanted to know. */
static bool wants_image(const Call *call)
{
	return !call->decision->allowed && call->plugin->grants && call->request->kind == KIND_CONTAINER_CREATE && !(call->resolve.wants & WANT_IMAGE_ID);
}

/* False: Docker must be asked first.  Also about what is denied as it stands: whoever is told of a denial is told all of it, as
 * validate does, and a grant excuses what was found, not what was not looked for. */
static bool complete(Call *call)
{
	for (;;) {
		const Request *judged = resolve_step(&call->resolve);
		if (!judged)
			return false;
		judged = look_at_paths(call, judged, call->waited);
		if (judged != call->request) {
			call->request = judged;
			call_evaluate(call, false);
		}
		if (!wants_image(call))
			return true;
		call->resolve.wants |= WANT_IMAGE_ID;
	}
}

/* Whether a call may not wait (any more): nobody would answer what Docker asks about our question. */
static bool must_part(const Call *call)
{
	Leaving leaving = atomic_load(&call->plugin->leaving);

	return leaving == LEAVING_NOW || (leaving == LEAVING_SOON && !call->waited);
}

/* False: it waits for Docker, for a scan, or for others to leave. */
static bool is_ready(Call *call)
{
	if ((call->doubt.waits && call_doubt_lasts(call)) || !complete(call) || (call_wants_scan(call) && !must_part(call)))
		return false;
	look_closer(call);
	return !call_doubts(call);
}

/* True: it is judged or told to go, by `ret`. */
static bool judge(Call *call, PluginAnswer *ret)
{
	bool given_up = call->waited && must_part(call); /* what it waited for may be missing for no other reason */

	if (!given_up && is_ready(call)) {
		apply_grant(call);
		take_pins(call);
		meet(call);
		call_journal(call);
		call_tell(call, (uint64_t)(clock_us(CLOCK_MONOTONIC) - call->started_us));
		call_ask_for_scans(call);
		if (call->decision->allowed)
			call->entered = false; /* until Docker has done it */
		if (!call->decision->allowed)
			*ret = denial(call);
		else
			remember(call);
		return true;
	}
	if (!given_up && !must_part(call))
		return false;
	*ret = *call->plugin->parting;
	return true;
}

bool call_go_on(Call *call, PluginAnswer *ret)
{
	const Lookup *lookup = call->plugin->lookup;

	*ret = plugin_allowed;
	if (call->scanned && !call->seen)
		look_again(call);
	if (!is_own(call) && !call_take_turn(call))
		return false;
	if (is_own(call) || judge(call, ret)) {
		call_drop(call);
		return true;
	}
	call->waited = true;
	if (!call->doubt.waits && call_wants_scan(call)) {
		call_wait_for_scan(call);
		return false;
	}
	call->wait.park(call->wait.data);
	if (call->doubt.waits)
		patience_wait(call->plugin->patience, call->wait.resume, call->wait.data);
	else
		lookup->ask(lookup->data, &call->resolve.facts, call->arena, call->wait.resume, call->wait.data);
	return false;
}

const char *call_refuse(const Plugin *plugin, const Envelope *envelope, Arena *arena)
{
	Call *call = arena_alloc(arena, sizeof *call);

	*call = (Call){
		.plugin = plugin, .envelope = *envelope, .arena = arena, .started_us = clock_us(CLOCK_MONOTONIC), .world = envelope->world, .user = envelope->user,
		.request = api_read(&envelope->call, arena),
	};
	call_evaluate(call, false);
	call_journal(call);
	call_tell(call, (uint64_t)(clock_us(CLOCK_MONOTONIC) - call->started_us));
	call_drop(call);
	if (!call->id)
		log_warning("socket %s: refused, and not in the audit trail: %s", envelope->socket, call->decision->findings[0].message);
	return decision_explain(call->decision, call->id, arena);
}

void call_drop(Call *call)
{
	call_end_doubt(call);
	call_give_turn(call);
	if (call->world)
		world_release(call->world);
	if (call->seen)
		world_release(call->seen);
	call->world = call->seen = NULL;
}
