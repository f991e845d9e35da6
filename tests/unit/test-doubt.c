/* SPDX-License-Identifier: MIT
 *
 * Calls that wait until it is certain who asks: when they do, what ends it, and that what was found before counts no more.  Who asks, and how
 * time goes by, is the test's.
 */
#include "plugin-fixture.h"
#include "authz/doubt.h"

#define WAITS_MOST (DOUBT_TRIES + 1)

static const Candidate alice[] = { { "alice", 1001, 1001, NULL, 0 } }, bob[] = { { "bob", 1002, 1002, NULL, 0 } };
static const Candidate both[] = { { "alice", 1001, 1001, NULL, 0 }, { "bob", 1002, 1002, NULL, 0 } };
static const Candidate others[] = { { "bob", 1002, 1002, NULL, 0 }, { "carol", 1003, 1003, NULL, 0 } };
static const Caller is_alice = { alice, 1, true }, is_bob = { bob, 1, true }, is_either = { both, 2, true }, is_other = { others, 2, true },
		    is_unseen = { alice, 1, false }, is_nobody = { NULL, 0, true };

/* What each look sees, the last for good; a call that waits, and what it asks of Docker. */
static struct {
	const Caller *looks[3];
	unsigned looked, waits, admitted, left, asked;
	bool full, blind, marked;
	FactList *facts;
} world;

static const char *see(Caller *ret)
{
	const Caller *seen = world.looks[MIN(world.looked, G_N_ELEMENTS(world.looks) - 1)];

	world.looked++;
	*ret = *seen;
	return seen->complete && seen->count == 1 ? seen->candidates->name : "one-of:";
}

const char *identity_user(Identity *identity, pid_t docker, bool fresh, bool marked, Arena *arena, Caller *ret_caller)
{
	(void)identity, (void)docker, (void)arena;
	world.marked = marked;
	g_assert_true(fresh);
	return see(ret_caller);
}

const FirstHeld *identity_first(Identity *identity, pid_t docker, Arena *arena)
{
	static const FirstHeld nothing;

	(void)identity, (void)docker, (void)arena;
	return world.blind ? NULL : &nothing;
}

const char *identity_again(Identity *identity, pid_t docker, const FirstHeld *first, bool marked, Arena *arena, Caller *ret_caller)
{
	(void)identity, (void)docker, (void)arena;
	world.marked = marked;
	g_assert_nonnull(first);
	return see(ret_caller);
}

bool patience_admit(Patience *patience, Parked *waiter)
{
	(void)patience;
	g_assert_cmpuint(waiter->caller.count, >, 0);
	world.admitted += !world.full;
	return !world.full;
}

void patience_leave(Patience *patience, Parked *waiter)
{
	(void)patience, (void)waiter;
	world.left++;
}

void patience_wait(Patience *patience, LookupFn resume, void *data)
{
	(void)patience, (void)resume, (void)data;
	world.waits++;
}

static bool recall_nothing(void *data, FactList *facts, Arena *arena)
{
	(void)data, (void)facts, (void)arena;
	return false;
}

static void ask_docker(void *data, FactList *facts, Arena *arena, LookupFn done, void *done_data)
{
	(void)data, (void)arena, (void)done, (void)done_data;
	world.asked++;
	world.facts = facts;
}

static bool hears(void *data)
{
	(void)data;
	return true;
}

static const Lookup docker = { .recall = recall_nothing, .ask = ask_docker, .met = hears };

static void nothing(void *data)
{
	(void)data;
}

static void publish_exception(Fixture *f)
{
	static const char text[] = "name: p\nmode: enforce\nrules:\n  privileged: {action: block, exceptions: [{users: [alice], reason: hers}]}\n  mounts: {blocked: [{path: /etc}]}\n";
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);

	g_assert_nonnull(policy);
	(void)world_publish(f->plugin.cell, policy, FAIL_CLOSED, LOG_READS_ALL);
	f->plugin.identity = (Identity *)f; /* nobody looks into it, nor into this: */
	f->plugin.patience = (Patience *)f;
}

static PluginAnswer begin(Fixture *f, const char *body, Call **ret_call)
{
	const CallWait wait = { nothing, nothing, NULL, 1 };
	const char *message = envelope(f, "POST", "/v1.41/containers/create", body);

	return plugin_answer(&f->plugin, REQUEST, message, strlen(message), &wait, f->arena, ret_call);
}

static bool is_allowed(const PluginAnswer *answer)
{
	return g_str_has_prefix(answer->body, "{\"Allow\":true");
}

static void test_waits(Fixture *f, gconstpointer data)
{
	static const struct { const char *what; const Caller *looks[3]; bool full, blind, allowed; unsigned waits; } rows[] = {
		{ "the other leaves", { &is_either, &is_either, &is_alice }, false, false, true, 2 },
		{ "the other leaves at once", { &is_either, &is_alice, &is_alice }, false, false, true, 1 },
		{ "the one who might leaves", { &is_either, &is_bob, &is_alice }, false, false, false, 1 },
		{ "somebody else is seen", { &is_either, &is_other, &is_alice }, false, false, false, 1 },
		{ "both leave", { &is_either, &is_nobody, &is_alice }, false, false, false, 1 },
		{ "nobody leaves", { &is_either, &is_either, &is_either }, false, false, false, DOUBT_TRIES },
		{ "one who is not seen leaves", { &is_unseen, &is_unseen, &is_alice }, false, false, true, 2 },
		{ "one who is not seen stays", { &is_unseen, &is_unseen, &is_unseen }, false, false, false, DOUBT_TRIES },
		{ "none of them might", { &is_other, &is_alice, &is_alice }, false, false, false, 0 },
		{ "certain", { &is_bob, &is_alice, &is_alice }, false, false, false, 0 },
		{ "nobody", { &is_nobody, &is_alice, &is_alice }, false, false, false, 0 },
		{ "too many wait", { &is_either, &is_alice, &is_alice }, true, false, false, 0 },
		{ "nobody will be certain", { &is_either, &is_alice, &is_alice }, false, true, false, 0 },
	};

	(void)data;
	publish_exception(f);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		unsigned lines = f->memory.lines;
		Call *call;

		memset(&world, 0, sizeof world);
		memcpy(world.looks, rows[i].looks, sizeof world.looks);
		world.full = rows[i].full;
		world.blind = rows[i].blind;
		PluginAnswer answer = begin(f, privileged, &call);
		g_assert_cmpuint(f->memory.lines - lines, ==, call == NULL);
		for (unsigned left = WAITS_MOST; call && left; left--)
			if (call_go_on(call, &answer))
				call = NULL;
		if (call || is_allowed(&answer) != rows[i].allowed || world.waits != rows[i].waits || world.admitted != world.left)
			g_error("%s: %s after %u", rows[i].what, answer.body, world.waits);
		g_assert_cmpuint(f->memory.lines - lines, ==, 1);
	}
}

/* What Docker said before it was certain is asked again: meanwhile a name may mean something else. */
static void test_again(Fixture *f, gconstpointer data)
{
	static const char body[] = "{\"Image\":\"ubuntu\",\"HostConfig\":{\"Privileged\":true,\"Binds\":[\"data:/x\"]}}";
	static const char plain[] = "{\"Driver\":\"local\",\"Options\":null}", evil[] = "{\"Driver\":\"local\",\"Options\":{\"type\":\"none\",\"o\":\"bind\",\"device\":\"/etc\"}}";

	(void)data;
	publish_exception(f);
	f->plugin.lookup = &docker;
	for (unsigned i = 0; i < 2; i++) {
		const char *answers[] = { plain, i ? evil : plain };
		PluginAnswer answer;
		Call *call;

		memset(&world, 0, sizeof world);
		memcpy(world.looks, (const Caller *[]){ &is_either, &is_alice, &is_alice }, sizeof world.looks);
		answer = begin(f, body, &call);
		for (unsigned k = 0; k < 2; k++) {
			g_assert_cmpuint(world.asked, ==, k + 1);
			g_assert_cmpuint(world.waits, ==, k);
			world.facts->items[0].state = FACT_KNOWN;
			world.facts->items[0].json = answers[k];
			world.facts->items[0].length = strlen(answers[k]);
			g_assert_true(call_go_on(call, &answer) == (k == 1));
			if (k == 0)
				g_assert_false(call_go_on(call, &answer)); /* alice, certainly */
		}
		g_assert_true(is_allowed(&answer) == (i == 0));
		g_assert_cmpuint(world.left, ==, 1);
	}
}

/* Whose Docker has gone, or who is told to end, waits no more. */
static void test_ends(Fixture *f, gconstpointer data)
{
	PluginAnswer answer;
	Call *call;

	(void)data;
	publish_exception(f);
	memset(&world, 0, sizeof world);
	memcpy(world.looks, (const Caller *[]){ &is_either, &is_either, &is_either }, sizeof world.looks);
	(void)begin(f, privileged, &call);
	call_drop(call);
	g_assert_cmpuint(world.left, ==, 1);
	(void)begin(f, privileged, &call);
	f->plugin.parting = &plugin_again;
	f->plugin.leaving = LEAVING_NOW;
	g_assert_true(call_go_on(call, &answer));
	g_assert_cmpuint(answer.http_status, ==, PLUGIN_AGAIN);
	g_assert_cmpuint(world.left, ==, 2);
}

/* Only what has no mark did not come by a socket of Sentinel's: also one that nobody gave. */
static void test_marked(Fixture *f, gconstpointer data)
{
	static const struct { const char *header; bool marked; } rows[] = { { "", false }, { ",\"X-Sentinel-Call\":\"\"", false }, { ",\"X-Sentinel-Call\":\"forged\"", true } };
	const CallWait wait = { nothing, nothing, NULL, 1 };
	PluginAnswer answer;
	Call *call;

	(void)data;
	publish_exception(f);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (unsigned left = 0; left < 2; left++) {
			const char *message = arena_printf(f->arena, "{\"RequestMethod\":\"POST\",\"RequestUri\":\"/v1.41/containers/create\",\"RequestBody\":\"%s\",\"RequestHeaders\":{\"Content-Type\":\"application/json\"%s}}\n",
				"eyJJbWFnZSI6InVidW50dSIsIkhvc3RDb25maWciOnsiUHJpdmlsZWdlZCI6dHJ1ZX19", rows[i].header);
			memset(&world, 0, sizeof world);
			memcpy(world.looks, (const Caller *[]){ &is_either, left ? &is_alice : &is_bob, &is_bob }, sizeof world.looks);
			answer = plugin_answer(&f->plugin, REQUEST, message, strlen(message), &wait, f->arena, &call);
			g_assert_cmpint(world.marked, ==, rows[i].marked);
			world.marked = !rows[i].marked;
			while (call && !call_go_on(call, &answer))
				;
			g_assert_cmpint(world.marked, ==, rows[i].marked);
			g_assert_true(is_allowed(&answer) == left);
		}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/doubt/waits", Fixture, NULL, set_up, test_waits, tear_down);
	g_test_add("/doubt/again", Fixture, NULL, set_up, test_again, tear_down);
	g_test_add("/doubt/marked", Fixture, NULL, set_up, test_marked, tear_down);
	g_test_add("/doubt/ends", Fixture, NULL, set_up, test_ends, tear_down);
	return g_test_run();
}
