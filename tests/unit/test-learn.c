/* SPDX-License-Identifier: MIT
 *
 * What is learned of recorded calls: under the draft they are let through but for what was not proposed, and nothing else is.
 */
#include <string.h>
#include <glib.h>
#include "base/limits.h"
#include "core/learn.h"
#include "policy/store.h"
#include "policy/verdict.h"
#include "policy/wants.h"
#include "request/api.h"
#include "request/host-view.h"
#include "captured.h"
#include "templates-fixture.h"

static Policy *parse(const char *text)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	Policy *policy = policy_parse("test.yaml", text, strlen(text), diagnostics);
	g_autofree char *problem = diagnostics_first_error(diagnostics);

	g_assert_cmpstr(problem, ==, NULL);
	return policy;
}

static const KeptCall *kept_of(const Request *request, const char *user, unsigned wants, Arena *arena)
{
	const Situation situation = { .user = user, .now_us = 1 };
	KeptCall *back = arena_alloc(arena, sizeof *back);
	Buffer out = BUFFER_INIT(arena);

	kept_put(&out, kept_new(request, &situation, wants, ~0u, NULL, arena));
	Json json = json_begin(out.data, out.length, arena);
	g_assert_true(kept_get(&json, back));
	return back;
}

static ReplayCall call_by(const char *user, uint64_t id)
{
	return (ReplayCall){ .id = id, .time_us = (int64_t)id * G_USEC_PER_SEC, .user = user, .command = "docker x", .image = "", .allowed = true };
}

static Learned learned_by(const Policy *base, const Policy *reach, const char *yaml, Arena *arena)
{
	return (Learned){ .arena = arena, .base = base, .reach = reach, .yaml = yaml, .user = "", .terms = { .owner = "operations", .expires = "2090-12-31" } };
}

/* What `policy` makes of all the captured calls by `user`; with `hard` the calls that the reach policy denies in any case and this one does not. */
static ReplayReport replay(const Policy *policy, const char *user, unsigned wants, char **rows, Arena *arena)
{
	ReplayReport report = { .arena = arena };

	for (size_t i = 0; rows[i]; i++) {
		g_autoptr(Arena) scratch = arena_new();
		const ReplayCall call = call_by(user, i + 1);
		replay_add(&report, policy, kept_of(captured_call(rows[i], scratch), user, wants, scratch), &call, scratch);
	}
	return report;
}

static void round_trip(const char *base_name, const char *user, unsigned wants, char **rows)
{
	g_autoptr(Policy) base = parse(template_text(base_name)), reach = parse(template_text("production"));
	g_autoptr(Arena) arena = arena_new();
	Learned learned = learned_by(base, reach, template_text(base_name), arena);
	const char *why;

	for (size_t i = 0; rows[i]; i++) {
		g_autoptr(Arena) scratch = arena_new();
		const ReplayCall call = call_by(user, i + 1);
		learn_add(&learned, kept_of(captured_call(rows[i], scratch), user, wants, scratch), &call, scratch);
	}
	const char *text = learn_draft(&learned, "draft", &why);
	g_assert_cmpstr(why, ==, NULL);
	g_autoptr(Policy) draft = parse(text);
	g_assert_cmpstr(policy_name(draft), ==, "draft");
	const ReplayReport before = replay(base, user, wants, rows, arena), after = replay(draft, user, wants, rows, arena), stranger = replay(draft, "mallory", wants, rows, arena);
	g_test_message("%s for %s: %" G_GUINT64_FORMAT " denied, %" G_GUINT64_FORMAT " proposed, %" G_GUINT64_FORMAT " refused, %zu exceptions", base_name, user, learned.denied,
		learned.proposed, learned.refused, learned.cases.count);
	g_assert_cmpuint(learned.denied, ==, before.counts[REPLAY_DENIED]);
	g_assert_cmpuint(learned.proposed, >, 0);
	g_assert_cmpuint(learned.refused, >, 0);
	g_assert_cmpuint(learned.denied, ==, learned.proposed + learned.refused);
	g_assert_cmpuint(after.counts[REPLAY_DENIED], ==, learned.refused);
	g_assert_cmpuint(after.counts[REPLAY_UNKNOWN], <=, learned.unknown); /* what an exception lets through needs no answer */
	if (!strcmp(user, "alice"))
		g_assert_cmpuint(stranger.counts[REPLAY_DENIED], ==, before.counts[REPLAY_DENIED]);
}

static void test_round_trip(void)
{
	static const struct { const char *base, *user; unsigned wants; } cases[] = {
		{ "production", "alice", ~0u }, { "strict", "alice", ~0u }, { "strict", "", ~0u }, { "strict", "one-of:alice,root", ~0u }, { "production", "alice", ~0u & ~WANT_ORIGIN },
	};
	g_auto(GStrv) rows = captured();

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		round_trip(cases[i].base, cases[i].user, cases[i].wants, rows);
}

/* One call, and what is proposed for it: the whole element, or a part of why there is none. */
static const struct { const char *body, *user; unsigned wants; const char *element, *why; } ones[] = {
	{ "{\"Image\":\"nginx:1\",\"HostConfig\":{\"Binds\":[\"/var/backups:/b:ro\"]}}", "alice", ~0u,
		"  - rules: [mounts.default]\n    values: [\"/var/backups\"]\n    read_only: true\n    images: [\"docker.io/library/nginx:1\"]\n    users: [\"alice\"]\n", NULL },
	{ "{\"Image\":\"nginx:1\",\"HostConfig\":{\"Binds\":[\"/var/backups:/b:ro\"]}}", "one-of:alice,bob", ~0u,
		"  - rules: [mounts.default]\n    values: [\"/var/backups\"]\n    read_only: true\n    images: [\"docker.io/library/nginx:1\"]\n    reason:", NULL },
	{ "{\"Image\":\"nginx:1\",\"HostConfig\":{\"Binds\":[\"/var/backups:/b:ro\"]}}", "alice", ~0u & ~WANT_ORIGIN,
		"  - rules: [mounts.default]\n    values: [\"/var/backups\"]\n    read_only: true\n    users: [\"alice\"]\n", NULL },
	{ "{\"Image\":\"registry.example.com/a/b:1\"}", "tls:ci", ~0u,
		"  - rules: [images.allowed_registries]\n    values: [\"registry.example.com/a/b:1\"]\n    images: [\"registry.example.com/a/b:1\"]\n    users: [\"tls:ci\"]\n", NULL },
	{ "{\"Image\":\"nginx:1\",\"HostConfig\":{\"CapAdd\":[\"SYS_ADMIN\"]}}", "alice", ~0u, NULL, "capabilities.blocked: SYS_ADMIN lets a container take over the host" },
	{ "{\"Image\":\"nginx:1\",\"HostConfig\":{\"CapAdd\":[\"WAKE_ALARM\"]}}", "alice", ~0u, NULL, "capabilities.default: " },
	{ "{\"Image\":\"nginx:1\",\"HostConfig\":{\"Privileged\":true}}", "alice", ~0u, NULL, "privileged: Privileged containers are not allowed (it gives the host away)" },
	{ "{\"Image\":\"nginx:1\",\"HostConfig\":{\"Binds\":[\"/var/run/docker.sock:/s:ro\"]}}", "alice", ~0u, NULL, "mounts.blocked: " },
	{ "{\"Image\":\"nginx:1\",\"HostConfig\":{\"Binds\":[\"/srv/x:/s\"]}}", "alice", ~0u, NULL, "mounts.no_way_back: " },
	{ "{\"Image\":\"nginx:1\",\"HostConfig\":{\"PidMode\":\"host\"}}", "alice", ~0u, NULL, "host_namespaces.pid: " },
	{ "{\"Image\":\"nginx:1\",\"HostConfig\":{\"Devices\":[{\"PathOnHost\":\"/dev/kvm\"}]}}", "alice", ~0u, NULL, "devices: " },
	{ "{\"Image\":\"nginx:1\",\"HostConfig\":{\"Privileged\":true,\"Binds\":[\"/var/backups:/b:ro\"]}}", "alice", ~0u, NULL, "privileged: " },
};

static void test_ones(void)
{
	g_autoptr(Policy) base = parse(template_text("production"));

	for (size_t i = 0; i < G_N_ELEMENTS(ones); i++) {
		g_autoptr(Arena) arena = arena_new();
		Learned learned = learned_by(base, base, template_text("production"), arena);
		const CapturedCall row = { "POST", "/v1.41/containers/create", ones[i].body };
		const ReplayCall call = call_by(ones[i].user, 7);
		const char *why;
		learn_add(&learned, kept_of(captured_assume(&row, arena), ones[i].user, ones[i].wants, arena), &call, arena);
		g_assert_cmpuint(learned.denied, ==, 1);
		const char *text = learn_draft(&learned, "draft", &why);
		g_assert_nonnull(text);
		if (ones[i].element && !strstr(text, ones[i].element))
			g_error("row %zu: %s", i, text + strlen(text) - 600);
		if (ones[i].why && (learned.cases.count || learned.refusals.count != 1 || !strstr(learned.refusals.items[0].why, ones[i].why)))
			g_error("row %zu: %zu exceptions, %s", i, learned.cases.count, learned.refusals.count ? learned.refusals.items[0].why : "no reason");
		if (ones[i].why)
			g_assert_nonnull(strstr(text, learned.refusals.items[0].why));
	}
}

/* A weaker policy of one's own does not make the host's files a proposal. */
static void test_reach(void)
{
	static const char own[] = "name: own\nmode: enforce\nrules:\n  mounts: {default: block}\n";
	static const char *const paths[] = { "/", "/etc/shadow", "/root", "/var/lib/docker", "/run/docker.sock", "/proc", "/home/bob" };
	g_autoptr(Policy) base = parse(own), reach = parse(template_text("production"));

	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autoptr(Arena) arena = arena_new();
		Learned learned = learned_by(base, reach, own, arena);
		const CapturedCall row = { "POST", "/v1.41/containers/create", arena_printf(arena, "{\"Image\":\"a:1\",\"HostConfig\":{\"Binds\":[\"%s:/x:ro\"]}}", paths[i]) };
		const ReplayCall call = call_by("alice", 1);
		learn_add(&learned, kept_of(captured_assume(&row, arena), "alice", ~0u, arena), &call, arena);
		if (learned.proposed || !learned.refused)
			g_error("%s was proposed", paths[i]);
	}
}

/* Users, exceptions and reasons have an end, and a call beyond it is told of. */
static void test_limits(void)
{
	g_autoptr(Policy) base = parse(template_text("production"));
	g_autoptr(Arena) arena = arena_new();
	Learned learned = learned_by(base, base, template_text("production"), arena), users = learned_by(base, base, template_text("production"), arena);

	for (unsigned i = 0; i < LIMIT_LEARN_CASES + 3; i++) {
		const CapturedCall row = { "POST", "/v1.41/containers/create", arena_printf(arena, "{\"Image\":\"nginx:1\",\"HostConfig\":{\"Binds\":[\"/var/backups/%u:/b:ro\"]}}", i) };
		const ReplayCall call = call_by("alice", i + 1);
		learn_add(&learned, kept_of(captured_assume(&row, arena), "alice", ~0u, arena), &call, arena);
	}
	g_assert_cmpuint(learned.cases.count, ==, LIMIT_LEARN_CASES);
	g_assert_cmpuint(learned.proposed, ==, LIMIT_LEARN_CASES);
	g_assert_cmpuint(learned.refused, ==, 3);
	for (unsigned i = 0; i < LIMIT_LEARN_USERS + 2; i++) {
		const CapturedCall row = { "POST", "/v1.41/containers/create", "{\"Image\":\"nginx:1\",\"HostConfig\":{\"Binds\":[\"/var/backups:/b:ro\"]}}" };
		const char *user = arena_printf(arena, "user%u", i);
		const ReplayCall call = call_by(user, i + 1);
		learn_add(&users, kept_of(captured_assume(&row, arena), user, ~0u, arena), &call, arena);
	}
	g_assert_cmpuint(users.proposed, ==, LIMIT_LEARN_USERS);
	g_assert_cmpuint(users.refused, ==, 2);
}

/* A reason more is only counted. */
static void test_refusals(void)
{
	g_autoptr(Policy) base = parse(template_text("production"));
	g_autoptr(Arena) arena = arena_new();
	Learned learned = learned_by(base, base, template_text("production"), arena);

	for (unsigned i = 0; i < LIMIT_LEARN_REFUSALS + 1; i++) {
		g_autoptr(Arena) scratch = arena_new();
		const CapturedCall row = { "POST", "/v1.41/containers/create", arena_printf(scratch, "{\"Image\":\"nginx:1\",\"HostConfig\":{\"Binds\":[\"/etc/%u:/e\"]}}", i) };
		const ReplayCall call = call_by("alice", i + 1);
		g_assert_cmpuint(learned.refusals.count, ==, i);
		learn_add(&learned, kept_of(captured_assume(&row, scratch), "alice", ~0u, scratch), &call, scratch);
	}
	g_assert_cmpuint(learned.refusals.count, ==, LIMIT_LEARN_REFUSALS);
	g_assert_cmpuint(learned.refused, ==, LIMIT_LEARN_REFUSALS + 1);
}

/* Where the list goes in what people have written. */
static const struct { const char *before, *after; } texts[] = {
	{ "name: p\nmode: enforce\n", "name: p\nmode: enforce\n\nexceptions:\nITEM\n" },
	{ "name: p\nmode: enforce", "name: p\nmode: enforce\n\nexceptions:\nITEM\n" },
	{ "exceptions:\n- rules: [privileged]\n  users: [a]\nname: p\nmode: enforce\n", "exceptions:\n- rules: [privileged]\n  users: [a]\nITEM\nname: p\nmode: enforce\n" },
	{ "name: p\nmode: enforce\nexceptions:\n    -   rules: [privileged]\n        users: [a]\n", "name: p\nmode: enforce\nexceptions:\n    -   rules: [privileged]\n        users: [a]\nITEM\n" },
	{ "{name: p, mode: enforce}\n", NULL },
	{ "name: p\nmode: enforce\nexceptions: [{rules: [privileged], users: [a]}]\n", NULL },
	{ "name: p\nmode: enforce\n...\n", NULL },
};

static void test_texts(void)
{
	static const unsigned indents[] = { 2, 2, 0, 4 };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(Policy) policy = parse(texts[i].before);
		const char *why, *text = policy_text_with(policy, texts[i].before, "ITEM\n", arena, &why);
		g_assert_cmpstr(text, ==, texts[i].after);
		g_assert_true((why == NULL) == (text != NULL));
		if (text)
			g_assert_cmpuint(policy_exceptions_indent(policy, texts[i].before), ==, indents[i]);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/learn/round-trip", test_round_trip);
	g_test_add_func("/learn/ones", test_ones);
	g_test_add_func("/learn/reach", test_reach);
	g_test_add_func("/learn/limits", test_limits);
	g_test_add_func("/learn/refusals", test_refusals);
	g_test_add_func("/learn/texts", test_texts);
	return g_test_run();
}
