/* SPDX-License-Identifier: MIT
 *
 * Signatures that a policy asks for: what a decision makes of them.  Whatever could not be checked is not signed.
 */
#include "core/kept.h"
#include "core/replay.h"
#include "policy/containers-policy.h"
#include "policy/store-keys.h"
#include "signature-fixture.h"

/* The table of SECURITY: what is not signed, whoever checks it. */
static void test_not_signed(Fixture *f, gconstpointer data)
{
	static const struct { const char *signatures, *image, *image_id, *why; int64_t later_us; } rows[] = {
		{ BY_KEY, "a.net/team/app:1", ID, "", 0 },
		{ BY_KEY, "a.net/team/app@" DIGEST, "", "nobody has checked it yet", 0 },
		{ BY_KEY, ID, ID, "", 0 },
		{ BY_KEY, "a.net/team/other:1", ID, "under this name", 0 }, /* docker tag */
		{ BY_KEY, "a.net/team/app:2", "sha256:00000000000000000000000000000000000000000000000000000000000000ab", "nobody has checked it yet", 0 }, /* a moved tag */
		{ BY_KEY, "b.net/team/app:1", ID, "no entry of images.signatures is for it", 0 },
		{ BY_KEY, "a.net/teams/app:1", ID, "no entry of images.signatures is for it", 0 },
		{ BY_KEY, "a.net/team/app:1", "", "Docker does not say which image that is", 0 },
		{ BY_KEY, "a.net/team/app@sha512:" "00000000000000000000000000000000000000000000000000000000000000dd00000000000000000000000000000000000000000000000000000000000000dd", ID,
			"no", 0 },
		{ BY_KEY, "a.net/team/app:1", ID, "too long ago", INT64_C(25) * 3600 * 1000 * 1000 },
		{ BY_KEY, "a.net/team/app:1", ID, "too long ago", -INT64_C(3600) * 1000 * 1000 },
		{ BY_TWO, "a.net/team/app:1", ID, "by the keys of now", 0 },
		{ BY_SKOPEO, "a.net/team/app:1", ID, "by the keys of now", 0 },
		{ "[{registries: [a.net/team/app], keys: [DIR/none.pub]}, {registries: [a.net/team], keys: [DIR/a.pub]}]", "a.net/team/app:1", ID, "none.pub cannot be read", 0 },
		{ "[{registries: [a.net/team], keys: [DIR/bin]}]", "a.net/team/app:1", ID, "not a regular file", 0 },
		{ "[{registries: [a.net/team], adapter: skopeo, containers_policy: DIR/any.json}]", "a.net/team/app:1", ID, "asks for no signature", 0 },
		{ "[]", "a.net/team/app:1", ID, "no entry of images.signatures is for it", 0 },
	};
	g_autoptr(Arena) arena = arena_new();

	(void)data;
	begin(f);
	scratch_put(f->dir, "any.json", "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");
	put_file(f, "cosign", GOOD);
	use(f, BY_KEY);
	g_assert_cmpint(check(f).outcome, ==, SCAN_CLEAN);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		use(f, rows[i].signatures);
		const char *told = judge_as(f, rows[i].image, rows[i].image_id, rows[i].later_us, arena);
		g_test_message("%zu: %s: %s", i, rows[i].image, told);
		g_assert_cmpint(*told == 0, ==, *rows[i].why == 0);
		g_assert_nonnull(strstr(told, rows[i].why));
	}
}

/* An image that Docker does not have is Docker's to refuse; a container that it has was made of one, whatever its name is now. */
static void test_absent(Fixture *f, gconstpointer data)
{
	static const struct { bool absent; const char *image_id; bool allowed; } rows[] = { { true, "", true }, { true, ID, false }, { false, "", false } };
	g_autoptr(Arena) arena = arena_new();
	const ApiCall call = { .method = "POST", .uri = CREATE, .body = "{\"Image\":\"a.net/team/app:1\"}", .body_length = 28, .content_type = "application/json", .content_length = "2" };

	(void)data;
	begin(f);
	g_autoptr(Policy) policy = load(f, BY_KEY);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Request *request = api_read(&call, arena);
		request->image_absent = rows[i].absent;
		request->image_id = rows[i].image_id;
		g_assert_cmpint(policy_evaluate(policy, request, &(Situation){ .now_us = 1 }, arena)->allowed, ==, rows[i].allowed);
	}
}

static void test_off(Fixture *f, gconstpointer data)
{
	g_autoptr(Arena) arena = arena_new();

	(void)data;
	begin(f);
	put_file(f, "cosign", GOOD);
	use(f, BY_KEY);
	g_assert_cmpint(check(f).outcome, ==, SCAN_CLEAN);
	configure(f, false, 20);
	g_assert_nonnull(strstr(judge(f, arena), "scanning is switched off"));
}

static void test_changed(Fixture *f, gconstpointer data)
{
	(void)data;
	begin(f);
	g_autoptr(Policy) policy = load(f, BY_KEY);
	g_autofree char *key = g_build_filename(f->dir, "a.pub", NULL);
	g_assert_false(store_keys_changed(policy));
	scratch_put(f->dir, "a.pub", KEY "x");
	g_assert_true(store_keys_changed(policy));
	g_assert_cmpint(remove(key), ==, 0);
	g_assert_true(store_keys_changed(policy));
	g_autoptr(Policy) without = load(f, BY_KEY);
	g_assert_false(store_keys_changed(without));
}

static void test_containers_policy(void)
{
	static const struct { const char *text, *problem; size_t keys; } rows[] = {
		{ "{\"default\":[{\"type\":\"reject\"}]}", NULL, 0 },
		{ "{\"default\":[{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\",\"keyPath\":\"/a\"}],\"transports\":{\"docker\":{\"a.net\":[{\"type\":\"sigstoreSigned\",\"keyPaths\":[\"/b\",\"/c\"]}]}}}", NULL, 3 },
		{ "{\"default\":[{\"type\":\"reject\"}],\"transports\":{\"docker-daemon\":{\"\":[{\"type\":\"insecureAcceptAnything\"}]}}}", NULL, 0 },
		{ "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}", "asks for no signature", 0 },
		{ "{\"default\":[{\"type\":\"reject\"}],\"transports\":{\"docker\":{\"a.net\":[{\"type\":\"insecureAcceptAnything\"}]}}}", "asks for no signature", 0 },
		{ "{\"default\":[{\"type\":\"acceptAll\"}]}", "unknown type", 0 },
		{ "{\"default\":[]}", "without a requirement", 0 },
		{ "{\"default\":null}", "without a requirement", 0 },
		{ "{\"default\":[null]}", "unknown type", 0 },
		{ "{\"transports\":{}}", "no default", 0 },
		{ "{\"default\":[{\"type\":\"signedBy\",\"keyPath\":\"a\"}]}", "does not begin with /", 1 },
		{ "", "", 0 }, { "[]", "", 0 }, { "null", "no default", 0 }, { "{\"default\":[{\"type\":\"reject\"}]} x", "", 0 },
		{ "{\"default\":[{\"type\":\"reject\"}],\"default\":[{\"type\":\"insecureAcceptAnything\"}]}", "", 0 },
	};
	g_autoptr(Arena) arena = arena_new();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		StringList keys = { 0 };
		const char *problem = containers_policy_read(rows[i].text, strlen(rows[i].text), arena, &keys);
		g_test_message("%s: %s", rows[i].text, problem ? problem : "good");
		g_assert_cmpint(problem != NULL, ==, rows[i].problem != NULL);
		g_assert_true(!problem || strstr(problem, rows[i].problem));
		if (!problem)
			g_assert_cmpuint(keys.count, ==, rows[i].keys);
	}
}

static bool loads(const Fixture *f, const char *signatures)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autofree char *text = g_strconcat("name: p\nmode: enforce\nrules: {images: {require_signed: true, signatures: ", signatures, "}}\n", NULL);

	(void)f;
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);
	return policy != NULL;
}

static void test_limits(Fixture *f, gconstpointer data)
{
	(void)data;
	begin(f);
	for (unsigned more = 0; more < 2; more++) {
		g_autofree char *bytes = g_strnfill(LIMIT_SIGNATURE_FILE_BYTES + more, 'k');
		scratch_put(f->dir, "a.pub", bytes);
		g_autoptr(Policy) policy = load(f, BY_KEY);
		g_assert_cmpint(*policy_signature_entry(policy, 0)->problem != 0, ==, more);
	}
	scratch_put(f->dir, "a.pub", KEY);
	for (unsigned more = 0; more < 2; more++) {
		g_autoptr(GString) rows = g_string_new("[{registries: [a.net], keys: [/a.pub]}"), keys = g_string_new("[{registries: [a.net], keys: [/a.pub");
		for (unsigned i = 1; i < LIMIT_SIGNATURE_ROWS + more; i++)
			g_string_append(rows, ", {registries: [a.net], keys: [/a.pub]}");
		for (unsigned i = 1; i < LIMIT_SIGNATURE_KEYS + more; i++)
			g_string_append(keys, ", /a.pub");
		g_string_append(rows, "]");
		g_string_append(keys, "]}]");
		g_assert_cmpint(loads(f, rows->str), ==, !more);
		g_assert_cmpint(loads(f, keys->str), ==, !more);
	}
	/* Names that are asked about. */
	const char *many[LIMIT_SIGNATURE_NAMES + 1];
	put_file(f, "cosign", GOOD);
	use(f, BY_KEY);
	for (unsigned i = 0; i <= LIMIT_SIGNATURE_NAMES; i++)
		many[i] = one_name[0];
	names = (StringList){ many, LIMIT_SIGNATURE_NAMES + 1 };
	(void)check(f);
	const World *world = world_acquire(f->cell);
	g_assert_cmpuint(verdict_table_find(world->verdicts, ID, VERDICT_SIGNATURES, false)->names.count, ==, LIMIT_SIGNATURE_NAMES);
	world_release(world);
	scratch_put(f->dir, "a.pub", "");
	g_autoptr(Policy) empty = load(f, BY_KEY);
	g_assert_nonnull(strstr(policy_signature_entry(empty, 0)->problem, "it is empty"));
}

/* A call as its record has it. */
static const KeptCall *keep(Fixture *f, const char *image, Arena *arena)
{
	const char *body = arena_printf(arena, "{\"Image\":\"%s\"}", image);
	const ApiCall call = { .method = "POST", .uri = CREATE, .body = body, .body_length = strlen(body), .content_type = "application/json", .content_length = "2" };
	const World *world = world_acquire(f->cell);
	const Situation situation = { .user = "", .now_us = g_get_real_time(), .verdicts = world->verdicts };
	Request *request = api_read(&call, arena);
	KeptCall *back = arena_alloc(arena, sizeof *back);
	Buffer out = BUFFER_INIT(arena);

	request->image_id = ID;
	kept_put(&out, kept_new(request, &situation, ~0u, ~0u, NULL, arena));
	world_release(world);
	Json json = json_begin(out.data, out.length, arena);
	g_assert_true(kept_get(&json, back));
	return back;
}

/* What was known of a signature then says what another policy would have made of the call; by other keys, or too long ago, nobody knows. */
static void test_replay(Fixture *f, gconstpointer data)
{
#define OTHERS "[{registries: [b.net], keys: [DIR/a.pub]}]"
	static const struct { const char *what, *script, *image, *signatures; int64_t later_us; ReplayEffect effect; } rows[] = {
		{ "signed", GOOD, "a.net/team/app:1", BY_KEY, 0, REPLAY_SAME },
		{ "... by its digest", GOOD, "a.net/team/app@" DIGEST, BY_KEY, 0, REPLAY_SAME },
		{ "... by its id", GOOD, ID, BY_KEY, 0, REPLAY_SAME },
		{ "by another name", GOOD, "a.net/team/other:1", BY_KEY, 0, REPLAY_UNKNOWN },
		{ "other keys", GOOD, "a.net/team/app:1", BY_TWO, 0, REPLAY_UNKNOWN },
		{ "too long ago", GOOD, "a.net/team/app:1", BY_KEY, INT64_C(25) * 3600 * 1000 * 1000, REPLAY_UNKNOWN },
		{ "no entry is for it", GOOD, "a.net/team/app:1", OTHERS, 0, REPLAY_DENIED },
		{ "not signed", "exit 10", "a.net/team/app:1", BY_KEY, 0, REPLAY_DENIED },
		{ "nobody knew", "exit 1", "a.net/team/app:1", BY_KEY, 0, REPLAY_UNKNOWN },
	};

	(void)data;
	begin(f);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		const Decision *decision;
		const char *why;
		world_publish_verdicts(f->cell, NULL);
		jobs_free(f->jobs);
		f->jobs = jobs_new(f->event, f->cell, f->dir, &f->source, NULL);
		configure(f, true, 20);
		put_file(f, "cosign", rows[i].script);
		use(f, BY_KEY);
		(void)check(f);
		const KeptCall *kept = keep(f, rows[i].image, arena);
		g_autoptr(Policy) policy = load(f, rows[i].signatures);
		const ReplayCall call = { .id = 1, .time_us = g_get_real_time() + rows[i].later_us, .user = "", .command = "", .image = "", .allowed = true };
		const ReplayEffect effect = replay_judge(policy, kept, &call, arena, &decision, &why);
		g_test_message("%s: %s", rows[i].what, replay_effect_name(effect));
		g_assert_cmpint(effect, ==, rows[i].effect);
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_autofree char *file = g_build_filename(f->dir, "p.yaml", NULL), *text = NULL;
		g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
		g_autoptr(Policy) unread = policy_parse("p", text, strlen(text), diagnostics); /* its keys were not read */
		if (strcmp(rows[i].signatures, OTHERS) != 0)
			g_assert_cmpint(replay_judge(unread, kept, &call, arena, &decision, &why), ==, REPLAY_UNKNOWN);
	}
}

int main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(Fixture *f, gconstpointer data); } tests[] = {
		{ "/signature/not-signed", test_not_signed }, { "/signature/absent", test_absent }, { "/signature/off", test_off },
		{ "/signature/replay", test_replay }, { "/signature/changed", test_changed }, { "/signature/limits", test_limits },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
	g_test_add_func("/signature/containers-policy", test_containers_policy);
	return g_test_run();
}
