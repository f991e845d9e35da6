/* SPDX-License-Identifier: MIT
 *
 * What calls do with a stored container: every endpoint that names one, and who acts then.
 */
#include <string.h>
#include "policy/wants.h"
#include "request/api.h"
#include "request/endpoint.h"
#include "request/facts.h"
#include "request/use.h"

typedef struct Row {
	const char *method, *path, *body;
	const char *user; /* NULL: the container's own */
	bool capable, gains, writes, foreign, as_made;
} Row;

static const Row rows[] = {
	{ "POST", "/containers/c/start", NULL, NULL, false, false, true, false, true },
	{ "POST", "/containers/c/restart", NULL, NULL, false, false, true, false, true },
	{ "POST", "/containers/c/unpause", NULL, NULL, false, false, true, false, true },
	{ "POST", "/containers/c/attach", NULL, NULL, false, false, true, false, true },
	{ "GET", "/containers/c/attach/ws", NULL, NULL, false, false, true, false, true },
	{ "POST", "/containers/c/update", "{}", NULL, false, false, true, false, true },
	{ "POST", "/containers/c/rename?name=d", NULL, NULL, false, false, true, false, true },
	{ "POST", "/containers/c/exec", "{}", NULL, false, false, true, false, false },
	{ "POST", "/containers/c/exec", "{\"User\":\"7\"}", "7", false, false, true, true, false },
	{ "POST", "/containers/c/exec", "{\"Privileged\":true}", NULL, true, false, true, false, false },
	{ "POST", "/containers/c/checkpoints", "{\"CheckpointID\":\"a\"}", NULL, false, false, true, false, true },
	{ "DELETE", "/containers/c/checkpoints/a", NULL, NULL, false, false, true, false, true },
	{ "GET", "/containers/c/checkpoints", NULL, "0", true, true, false, true, true },
	{ "GET", "/containers/c/archive?path=/", NULL, "0", true, true, false, true, true },
	{ "HEAD", "/containers/c/archive?path=/", NULL, "0", true, true, false, true, true },
	{ "PUT", "/containers/c/archive?path=/", NULL, "0", true, true, true, true, false },
	{ "GET", "/containers/c/export", NULL, "0", true, true, false, true, true },
	{ "POST", "/commit?container=c", NULL, "0", true, true, false, true, true },
};

/* They look at it, end it or change nothing of what it may do. */
static const char *const none[] = {
	"container.changes", "container.inspect", "container.logs", "container.stats", "container.top", "container.kill", "container.pause",
	"container.resize", "container.stop", "container.wait", "container.delete",
};

static const Request *read_call(const char *method, const char *uri, const char *body, Arena *arena)
{
	const ApiCall call = {
		.method = method, .uri = uri, .body = body, .body_length = body ? strlen(body) : 0, .content_type = body ? "application/json" : "", .content_length = body ? "2" : "0",
	};

	return api_read(&call, arena);
}

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		const Request *request = read_call(rows[i].method, rows[i].path, rows[i].body, arena);
		const Use *use = request->use;

		g_test_message("%s %s", rows[i].method, rows[i].path);
		g_assert_cmpint(request->problem, ==, PROBLEM_NONE);
		g_assert_cmpstr(request->subject, ==, "c");
		g_assert_true(request->mutates);
		g_assert_nonnull(use);
		g_assert_cmpstr(use->user, ==, rows[i].user);
		g_assert_cmpint(use->capable, ==, rows[i].capable);
		g_assert_cmpint(use->gains, ==, rows[i].gains);
		g_assert_cmpint(use->writes, ==, rows[i].writes);
		g_assert_cmpint(use->foreign, ==, rows[i].foreign);
		g_assert_cmpint(use->as_made, ==, rows[i].as_made);
	}
}

static bool listed(const char *id)
{
	for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
		if (!strcmp(none[i], id))
			return true;
	return false;
}

/* A new endpoint that names a container is a use or stands in the list above. */
static void test_complete(void)
{
	for (size_t i = 0; i < endpoint_count; i++) {
		bool names = g_str_has_prefix(endpoints[i].pattern, "/containers/{}") || !strcmp(endpoints[i].pattern, "/commit") || !strcmp(endpoints[i].id, "exec.start");
		bool used = use_of(endpoints[i].id) != NULL;
		g_test_message("%s", endpoints[i].id);
		g_assert_true(names ? used != listed(endpoints[i].id) : !used);
	}
}

static const char stored_json[] = "{\"Name\":\"/c\",\"Image\":\"sha256:9\",\"Config\":{\"Image\":\"busybox\",\"User\":\"1000\"},"
				  "\"HostConfig\":{\"Memory\":1024,\"Privileged\":true,\"RestartPolicy\":{\"Name\":\"always\"}}}";

static const Request *complete(const Request *request, FactState state, Arena *arena)
{
	FactList facts = { 0 };

	(void)facts_apply(request, WANT_STORED, &facts, arena);
	g_assert_cmpuint(facts.count, ==, 1);
	g_assert_cmpstr(facts.items[0].name, ==, "c");
	facts.items[0] = (Fact){ FACT_CONTAINER, "c", state, stored_json, sizeof stored_json - 1 };
	return facts_apply(request, WANT_STORED, &facts, arena);
}

/* Each use asks for what is stored, denies what that must not be, and denies when there is no answer. */
static void test_judged(void)
{
	static const char text[] = "name: p\nmode: enforce\nrules:\n  privileged: {action: block}\n";
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);

	g_assert_nonnull(policy);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		static const struct { FactState state; bool allowed; } answers[] = { { FACT_KNOWN, false }, { FACT_FAILED, false }, { FACT_ABSENT, true } };
		for (size_t a = 0; a < G_N_ELEMENTS(answers); a++) {
			g_autoptr(Arena) arena = arena_new();
			const Request *request = read_call(rows[i].method, rows[i].path, rows[i].body, arena);
			g_assert_true(policy_wants(policy, request) & WANT_STORED);
			const Request *judged = complete(request, answers[a].state, arena);
			const Decision *decision = policy_evaluate(policy, judged, &(Situation){ 0 }, arena);
			g_test_message("%s %s, answer %zu", rows[i].method, rows[i].path, a);
			bool asks_more = strstr(rows[i].body ? rows[i].body : "", "Privileged");
			g_assert_cmpint(decision->allowed, ==, answers[a].allowed && !asks_more);
			g_assert_true(!judged->stored || judged->stored->use == judged->use);
		}
	}
}

static void test_overlay(void)
{
	static const struct { const char *path, *body, *user, *restart; int64_t memory; } changes[] = {
		{ "/containers/c/start", NULL, "1000", "always", 1024 },
		{ "/containers/c/exec", "{}", "1000", "always", 1024 },
		{ "/containers/c/exec", "{\"User\":\"root\"}", "root", "always", 1024 },
		{ "/containers/c/update", "{\"Memory\":2048}", "1000", "always", 2048 },
		{ "/containers/c/update", "{\"RestartPolicy\":{\"Name\":\"no\"}}", "1000", "", 1024 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
		g_autoptr(Arena) arena = arena_new();
		const Request *judged = complete(read_call("POST", changes[i].path, changes[i].body, arena), FACT_KNOWN, arena);
		const ContainerSpec *spec = &judged->stored->container;
		g_test_message("%s %s", changes[i].path, changes[i].body);
		g_assert_cmpstr(spec->user, ==, changes[i].user);
		g_assert_cmpstr(judged->stored->image_user, ==, changes[i].user);
		g_assert_cmpstr(spec->restart_policy, ==, changes[i].restart);
		g_assert_cmpint(spec->memory, ==, changes[i].memory);
	}
}

/* An exec is started by whoever knows its id: judged by what it was made as, in the container that it was made in. */
static void test_exec_start(void)
{
	static const char text[] = "name: p\nmode: enforce\nrules:\n  privileged: {action: block}\n  exec: {privileged: {action: block}, root: {action: block}}\n";
	static const struct { FactState state; const char *exec, *container; bool allowed; } execs[] = {
		{ FACT_KNOWN, "{\"ContainerID\":\"c\",\"ProcessConfig\":{\"user\":\"7\"}}", "{\"Id\":\"c\",\"Name\":\"/c\"}", true },
		{ FACT_KNOWN, "{\"ContainerID\":\"c\",\"ProcessConfig\":{\"privileged\":false}}", "{\"Id\":\"c\",\"Name\":\"/c\"}", true },
		{ FACT_KNOWN, "{\"ContainerID\":\"c\",\"ProcessConfig\":{\"privileged\":true}}", "{\"Id\":\"c\",\"Name\":\"/c\"}", false },
		{ FACT_KNOWN, "{\"ContainerID\":\"c\",\"ProcessConfig\":{\"user\":\"root\"}}", "{\"Id\":\"c\",\"Name\":\"/c\"}", false },
		{ FACT_KNOWN, "{\"ContainerID\":\"c\",\"ProcessConfig\":{}}", stored_json, false },
		{ FACT_KNOWN, "{\"ContainerID\":\"c\"}", NULL, false },
		{ FACT_KNOWN, "{\"ProcessConfig\":{}}", NULL, false },
		{ FACT_KNOWN, "{", NULL, false },
		{ FACT_FAILED, "", NULL, false },
		{ FACT_ABSENT, "", NULL, true },
	};
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);

	g_assert_nonnull(policy);
	for (size_t i = 0; i < G_N_ELEMENTS(execs); i++) {
		g_autoptr(Arena) arena = arena_new();
		const Request *request = read_call("POST", "/exec/e/start", "{}", arena);
		FactList facts = { 0 };
		g_test_message("row %zu", i);
		(void)facts_apply(request, WANT_STORED, &facts, arena);
		g_assert_cmpuint(facts.count, ==, 1);
		g_assert_cmpint(facts.items[0].kind, ==, FACT_EXEC);
		g_assert_cmpstr(facts.items[0].name, ==, "e");
		facts.items[0] = (Fact){ FACT_EXEC, "e", execs[i].state, execs[i].exec, strlen(execs[i].exec) };
		const Request *judged = facts_apply(request, WANT_STORED, &facts, arena);
		if (facts_open(&facts)) {
			g_assert_cmpint(facts.items[1].kind, ==, FACT_CONTAINER);
			g_assert_cmpstr(facts.items[1].name, ==, "c");
			facts.items[1] = (Fact){ FACT_CONTAINER, "c", execs[i].container ? FACT_KNOWN : FACT_FAILED, execs[i].container, strlen(execs[i].container ? execs[i].container : "") };
			judged = facts_apply(request, WANT_STORED, &facts, arena);
		}
		g_assert_cmpint(policy_evaluate(policy, judged, &(Situation){ 0 }, arena)->allowed, ==, execs[i].allowed);
	}
}

/* What comes back is not what the call says. */
static void test_rollback(void)
{
	static const char text[] = "name: p\nmode: enforce\nrules:\n  capabilities: {default_action: block, allowed: [CHOWN]}\n";
	static const char body[] = "{\"Name\":\"s\",\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"busybox\"}}}";
	static const struct { const char *uri; FactState state; const char *json; bool asks, allowed; } services[] = {
		{ "/services/s/update?version=1", FACT_KNOWN, "", false, true },
		{ "/services/s/update?version=1&rollback=none", FACT_KNOWN, "", false, true },
		{ "/services/s/update?version=1&rollback=previous", FACT_KNOWN, "{\"ID\":\"s\"}", true, true },
		{ "/services/s/update?version=1&rollback=previous", FACT_KNOWN, "{\"PreviousSpec\":null}", true, true },
		{ "/services/s/update?version=1&rollback=previous", FACT_KNOWN, "{\"PreviousSpec\":{\"TaskTemplate\":{\"ContainerSpec\":{\"CapabilityAdd\":[\"CAP_CHOWN\"]}}}}", true, true },
		{ "/services/s/update?version=1&rollback=previous", FACT_KNOWN, "{\"PreviousSpec\":{\"TaskTemplate\":{\"ContainerSpec\":{\"CapabilityAdd\":[\"CAP_BPF\"]}}}}", true, false },
		{ "/services/s/update?version=1&rollback=previous", FACT_KNOWN, "{\"PreviousSpec\":7}", true, false },
		{ "/services/s/update?version=1&rollback=previous", FACT_FAILED, "", true, false },
		{ "/services/s/update?version=1&rollback=previous", FACT_ABSENT, "", true, true },
	};
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);

	g_assert_nonnull(policy);
	for (size_t i = 0; i < G_N_ELEMENTS(services); i++) {
		g_autoptr(Arena) arena = arena_new();
		const Request *request = read_call("POST", services[i].uri, body, arena);
		FactList facts = { 0 };
		g_test_message("row %zu", i);
		g_assert_cmpint(request->problem, ==, PROBLEM_NONE);
		g_assert_cmpint((policy_wants(policy, request) & WANT_STORED) != 0, ==, services[i].asks);
		(void)facts_apply(request, policy_wants(policy, request) & WANT_STORED, &facts, arena);
		g_assert_cmpuint(facts.count, ==, services[i].asks);
		if (services[i].asks) {
			g_assert_cmpint(facts.items[0].kind, ==, FACT_SERVICE);
			facts.items[0] = (Fact){ FACT_SERVICE, "s", services[i].state, services[i].json, strlen(services[i].json) };
		}
		const Request *judged = facts_apply(request, WANT_STORED, &facts, arena);
		g_assert_cmpint(policy_evaluate(policy, judged, &(Situation){ 0 }, arena)->allowed, ==, services[i].allowed);
	}
}

/* Directories of checkpoints are the host's. */
static void test_directories(void)
{
	static const struct { const char *method, *uri, *body, *path; bool read_only; } calls[] = {
		{ "POST", "/containers/c/checkpoints", "{\"CheckpointID\":\"a\",\"CheckpointDir\":\"/root/d\"}", "/root/d/a", false },
		{ "DELETE", "/containers/c/checkpoints/a?dir=/root", NULL, "/root", false },
		{ "GET", "/containers/c/checkpoints?dir=/root", NULL, "/root", true },
		{ "POST", "/containers/c/start?checkpoint=a&checkpoint-dir=%2froot", NULL, "/root/a/descriptors.json", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
		g_autoptr(Arena) arena = arena_new();
		const Request *request = read_call(calls[i].method, calls[i].uri, calls[i].body, arena);
		g_test_message("%s", calls[i].uri);
		g_assert_cmpint(request->problem, ==, PROBLEM_NONE);
		g_assert_cmpuint(request->container.mounts.count, ==, 1);
		g_assert_cmpstr(request->container.mounts.items[0].clean, ==, calls[i].path);
		g_assert_cmpint(request->container.mounts.items[0].read_only, ==, calls[i].read_only);
		/* It may lie in Docker's own, which is where Docker says. */
		FactList facts = { 0 };
		(void)facts_apply(request, WANT_STORED | WANT_ENGINE, &facts, arena);
		g_assert_cmpuint(facts.count, ==, 2);
		g_assert_cmpint(facts.items[1].kind, ==, FACT_ENGINE);
	}
}

/* Docker's own router takes these; a container has a name of one part. */
static void test_refused(void)
{
	static const struct { const char *method, *uri; } calls[] = {
		{ "GET", "/containers/a/b/archive?path=/" }, { "HEAD", "/containers/a/b/archive?path=/" }, { "GET", "/containers/a/b/export" },
		{ "GET", "/containers/a/b/checkpoints" }, { "POST", "/containers/a/b/attach" }, { "DELETE", "/containers/a/checkpoints/b/c?dir=/root" },
		{ "GET", "/containers/a%2fb/export" }, { "GET", "/containers/a/checkpoints?dir=/x&dir=/y" },
		{ "POST", "/containers/a/start?checkpoint=../../../../../../srv/mine" }, { "POST", "/containers/a/start?checkpoint=..&checkpoint-dir=/srv" },
		{ "POST", "/containers/a/start?checkpoint=a%2fb" },
		{ "GET", "/containers/a/top?ps_args=-eorss%3DPID,args" }, { "GET", "/containers/a/top?ps_args=-e+-o+rss=A%09PID" }, { "GET", "/v1.20/containers/a/top?ps_args=-e" },
		{ "GET", "/containers/a/top?ps_args=-e&ps_args=-orss%3DPID" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_test_message("%s %s", calls[i].method, calls[i].uri);
		g_assert_cmpint(read_call(calls[i].method, calls[i].uri, NULL, arena)->problem, ==, PROBLEM_UNKNOWN_ENDPOINT);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/use/rows", test_rows);
	g_test_add_func("/use/complete", test_complete);
	g_test_add_func("/use/judged", test_judged);
	g_test_add_func("/use/overlay", test_overlay);
	g_test_add_func("/use/exec-start", test_exec_start);
	g_test_add_func("/use/rollback", test_rollback);
	g_test_add_func("/use/directories", test_directories);
	g_test_add_func("/use/refused", test_refused);
	return g_test_run();
}
