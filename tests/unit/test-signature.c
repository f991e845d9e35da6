/* SPDX-License-Identifier: MIT
 *
 * Signatures: what is believed of programs that check them, and what a decision makes of it.  Whatever could not be checked is not signed.
 */
#include "core/verdict-file.h"
#include "policy/containers-policy.h"
#include "policy/signature.h"
#include "policy/store-keys.h"
#include "policy/store.h"
#include "request/list.h"
#include "scan-fixture.h"
#include "scan/signers.h"
#include "scan/verify.h"

#define DIGEST "sha256:00000000000000000000000000000000000000000000000000000000000000dd"
#define OTHER_DIGEST "sha256:00000000000000000000000000000000000000000000000000000000000000ee"
#define PAYLOAD(digest) "{\"critical\":{\"identity\":{\"docker-reference\":\"a.net/team/app\"},\"image\":{\"docker-manifest-digest\":\"" digest "\"},\"type\":\"cosign container image signature\"},\"optional\":null}"
#define GOOD "echo '[" PAYLOAD(DIGEST) "]'"
#define KEY "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
#define CREATE "/v1.43/containers/create"

static StringList names;

static bool name_images(void *data, const char *image_id, const _Atomic bool *cancelled, Arena *arena, StringList *ret, GError **error)
{
	(void)data;
	(void)cancelled;
	(void)arena;
	if (!names.count)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "Docker is gone");
	g_assert_cmpstr(image_id, ==, ID);
	*ret = names;
	return names.count > 0;
}

static const char *one_name[] = { "a.net/team/app@" DIGEST };

/* The policy of DIR/p.yaml with this list of images.signatures; its file of a key is DIR/a.pub. */
static Policy *load(const Fixture *f, const char *signatures)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(GString) text = g_string_new("name: p\nmode: enforce\nrules:\n  images:\n    require_signed: true\n    signatures: ");

	g_string_append(text, signatures);
	(void)g_string_replace(text, "DIR", f->dir, 0);
	scratch_put(f->dir, "p.yaml", text->str);
	Policy *policy = store_load(f->dir, "p", diagnostics);
	g_autofree char *problem = diagnostics_first_error(diagnostics);
	g_assert_cmpstr(problem, ==, NULL);
	return policy;
}

static bool loads(const Fixture *f, const char *signatures)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autofree char *text = g_strconcat("name: p\nmode: enforce\nrules: {images: {require_signed: true, signatures: ", signatures, "}}\n", NULL);

	(void)f;
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);
	return policy != NULL;
}

/* Of what is known of other names only so much. */
static void test_taken_over(void)
{
	g_autoptr(Verdict) old = verdict_new();
	g_autoptr(Verdict) now = verdict_new();

	for (unsigned i = 0; i <= LIMIT_SIGNATURE_VOUCHED; i++) {
		const VerdictSigned one = { arena_printf(old->arena, "a.net/%u", i), "r", 10 + (i == 1), i != 2, true };
		LIST_APPEND(old->arena, &old->names, one);
	}
	verdict_take_over(now, old, 11);
	g_assert_cmpuint(now->names.count, ==, 1); /* the others are too old */
	g_assert_cmpstr(now->names.items[0].image, ==, "a.net/1");
	verdict_take_over(now, old, 0);
	g_assert_cmpuint(now->names.count, ==, LIMIT_SIGNATURE_VOUCHED); /* one was not good */
	g_autoptr(Verdict) full = verdict_new();
	old->names.items[2].good = true;
	verdict_take_over(full, old, 0);
	g_assert_cmpuint(full->names.count, ==, LIMIT_SIGNATURE_VOUCHED);
}

static void use(Fixture *f, const char *signatures)
{
	g_autoptr(Policy) policy = load(f, signatures);

	world_publish(f->cell, policy, FAIL_CLOSED, LOG_READS_NONE);
}

#define BY_KEY "[{registries: [a.net/team], keys: [DIR/a.pub]}]"
#define BY_TWO "[{registries: [a.net/team], keys: [DIR/a.pub, DIR/b.pub]}]"
#define BY_SKOPEO "[{registries: [a.net/team], adapter: skopeo, keys: [DIR/a.pub]}]"

static void begin(Fixture *f)
{
	names = (StringList){ one_name, 1 };
	f->source.names = name_images;
	scratch_put(f->dir, "a.pub", KEY);
	scratch_put(f->dir, "b.pub", KEY "\n");
}

static ScanReport check_as(Fixture *f, const char *image_id, const char *image)
{
	const ScanOrder plan = { .image_id = image_id, .image = image, .steps = { { &signature_scanner, SCAN_SIGNATURE } }, .step_count = 1 };
	const ScanJob *job = jobs_add(f->jobs, &plan, NULL);

	g_assert_nonnull(job);
	wait_for(f, job);
	return job->reports[0];
}

static ScanReport check(Fixture *f)
{
	return check_as(f, ID, "a.net/team/app:1");
}

/* What a call of this image is told; "" : it is allowed. */
static const char *judge_as(Fixture *f, const char *image, const char *image_id, int64_t later_us, Arena *arena)
{
	const char *body = arena_printf(arena, "{\"Image\":\"%s\"}", image);
	const ApiCall call = { .method = "POST", .uri = CREATE, .body = body, .body_length = strlen(body), .content_type = "application/json", .content_length = "2" };
	const World *world = world_acquire(f->cell);
	const Situation situation = { .now_us = g_get_real_time() + later_us, .verdicts = world->verdicts };
	Request *request = api_read(&call, arena);

	request->image_id = image_id;
	const Decision *decision = policy_evaluate(world->policy, request, &situation, arena);
	const char *message = "";
	for (size_t i = 0; i < decision->finding_count; i++)
		if (!strcmp(decision->findings[i].rule, "images.require_signed"))
			message = arena_strdup(arena, decision->findings[i].message);
	world_release(world);
	return message;
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

static const char *judge(Fixture *f, Arena *arena)
{
	return judge_as(f, "a.net/team/app:1", ID, 0, arena);
}

/* Whatever cosign does: signed only when it says so of this digest, and ends well. */
static void test_cosign(Fixture *f, gconstpointer data)
{
	static const struct { const char *script; ScanOutcome outcome; const char *why; } rows[] = {
		{ GOOD, SCAN_CLEAN, "" },
		{ "sleep 60 & " GOOD, SCAN_CLEAN, "" },
		{ "echo '[" PAYLOAD(DIGEST) "," PAYLOAD(DIGEST) "]'", SCAN_CLEAN, "" },
		{ "exit 10", SCAN_FOUND, "has no signature" },
		{ GOOD "; exit 12", SCAN_FOUND, "by what the policy believes" },
		{ GOOD "; exit 1", SCAN_FAILED, "ended with status 1" },
		{ GOOD "; exit 255", SCAN_FAILED, "ended with status 255" },
		{ GOOD "; kill -9 $$", SCAN_FAILED, "was killed" },
		{ "exit 0", SCAN_FAILED, "cannot be read" },
		{ "echo null", SCAN_FAILED, "cannot be read" },
		{ "echo '[]'", SCAN_FAILED, "cannot be read" },
		{ "echo '[null]'", SCAN_FAILED, "cannot be read" },
		{ "echo '{}'", SCAN_FAILED, "cannot be read" },
		{ "echo '[{}]'", SCAN_FAILED, "cannot be read" },
		{ "echo '" PAYLOAD(DIGEST) "'", SCAN_FAILED, "cannot be read" },
		{ "echo '[" PAYLOAD(DIGEST) "'", SCAN_FAILED, "cannot be read" },
		{ GOOD "; echo '[]'", SCAN_FAILED, "cannot be read" },
		{ "echo '[" PAYLOAD(OTHER_DIGEST) "]'", SCAN_FAILED, "not of this image" },
		{ "echo '[" PAYLOAD(DIGEST) "," PAYLOAD(OTHER_DIGEST) "]'", SCAN_FAILED, "not of this image" },
		{ "echo '[{\"critical\":{\"image\":\"" DIGEST "\"}}]'", SCAN_FAILED, "cannot be read" },
		{ "echo '[{\"optional\":{\"image\":{\"docker-manifest-digest\":\"" DIGEST "\"}}}]'", SCAN_FAILED, "cannot be read" },
		{ "printf '\\000'; " GOOD, SCAN_FAILED, "cannot be read" },
		{ "yes '[" PAYLOAD(DIGEST) "]'", SCAN_FAILED, "wrote more than it may" },
		{ "sleep 60", SCAN_FAILED, "did not end in time" },
		{ "echo 'Error: Get https://u:hunter2@a.net/v2/: dial tcp: connection refused' >&2; exit 1", SCAN_FAILED, "the registry cannot be reached" },
		{ "echo 'hunter2' >&2; exit 1", SCAN_FAILED, "ended with status 1" },
	};
	g_autoptr(Arena) arena = arena_new();

	(void)data;
	begin(f);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		put_file(f, "cosign", rows[i].script);
		configure(f, true, strcmp(rows[i].script, "sleep 60") ? 60 : 1);
		use(f, i % 2 ? BY_KEY : BY_TWO); /* another revision each time: nothing is left of the row before */
		const ScanReport report = check(f);
		const char *why = report.count ? report.items[0].title : report.detail, *told = judge(f, arena);
		g_test_message("%s: %s; %s", rows[i].script, why, told);
		g_assert_cmpint(report.outcome, ==, rows[i].outcome);
		g_assert_nonnull(strstr(why, rows[i].why));
		g_assert_null(strstr(told, "hunter2"));
		g_assert_cmpint(*told == 0, ==, rows[i].outcome == SCAN_CLEAN);
		g_assert_nonnull(strstr(told, rows[i].why));
	}
}

/* skopeo shows by the manifest that it copied which image it has checked. */
static void test_skopeo(Fixture *f, gconstpointer data)
{
	static const struct { const char *script; bool of_it; ScanOutcome outcome; } rows[] = {
		{ "printf '{\"schemaVersion\":2}' > \"$out/manifest.json\"", true, SCAN_CLEAN },
		{ "printf '{\"schemaVersion\":2}' > \"$out/manifest.json\"", false, SCAN_FAILED },
		{ "printf '{\"schemaVersion\":2}' > \"$out/manifest.json\"; exit 1", true, SCAN_FAILED },
		{ ": > \"$out/manifest.json\"", true, SCAN_FAILED },
		{ "printf '{\"schemaVersion\":2}'", true, SCAN_FAILED },
		{ "ln -s /etc/passwd \"$out/manifest.json\"", true, SCAN_FAILED },
		{ "rmdir \"$out\"", true, SCAN_FAILED },
		{ "echo 'Source image rejected: none' >&2; exit 1", true, SCAN_FOUND },
		{ "echo 'Source image rejected: none' >&2; printf '{\"schemaVersion\":2}' > \"$out/manifest.json\"", false, SCAN_FAILED },
	};
	g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "{\"schemaVersion\":2}", -1), *its = g_strconcat("a.net/team/app@sha256:", sum, NULL);

	(void)data;
	begin(f);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *name = rows[i].of_it ? its : one_name[0];
		g_autofree char *script = g_strconcat("for a; do out=${a#dir:}; done; rm -rf \"$out\"; mkdir \"$out\" || exit 9\n", rows[i].script, NULL);
		names = (StringList){ &name, 1 };
		put_file(f, "skopeo", script);
		use(f, BY_SKOPEO);
		const ScanReport report = check(f);
		g_test_message("%s: %s", rows[i].script, report.detail);
		g_assert_cmpint(report.outcome, ==, rows[i].outcome);
	}
}

/* What a program is given: the key's bytes as the guard read them, no name that leads to them, the digest. */
static void test_call(Fixture *f, gconstpointer data)
{
	static const struct { const char *signatures, *program, *words[4]; } rows[] = {
		{ BY_KEY, "cosign", { "verify", "/key", "--private-infrastructure=true", "-- a.net/team/app@" DIGEST } },
		{ "[{registries: [a.net], identity: me@x.net, issuer: \"https://i.net\"}]", "cosign",
			{ "--certificate-identity=me@x.net", "--certificate-oidc-issuer=https://i.net", "-- a.net/team/app@" DIGEST, "" } },
		{ "[{registries: [a.net/team], keys: [DIR/a.pub], bundles: DIR}]", "cosign", { "--offline=true", "--payload=", "--signature=", "-- a.net/team/app@" DIGEST } },
		{ BY_SKOPEO, "skopeo", { "--policy=", "--registries.d=", "copy", "docker://a.net/team/app@" DIGEST } },
		{ "[{registries: [a.net/team], adapter: skopeo, containers_policy: DIR/c.json}]", "skopeo", { "--policy=", "--multi-arch=index-only", "docker://a.net/team/app@" DIGEST, "" } },
	};

	(void)data;
	begin(f);
	scratch_put(f->dir, "c.json", "{\"default\":[{\"type\":\"reject\"}]}");
	scratch_put(f->dir, &(DIGEST ".payload")[strlen("sha256:")], "p");
	scratch_put(f->dir, &(DIGEST ".sig")[strlen("sha256:")], "s");
	g_autofree char *script = g_strdup_printf("echo \"$*\" > %s/seen; for a; do case $a in --key=*) cat \"${a#--key=}\" ;; --policy=*) cat \"${a#--policy=}\" ;; esac; done > %s/given", f->dir, f->dir);
	put_file(f, "cosign", script);
	put_file(f, "skopeo", script);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		use(f, rows[i].signatures);
		(void)check(f);
		g_autofree char *seen = scratch_get(f->dir, "seen"), *given = scratch_get(f->dir, "given");
		g_test_message("%s", seen);
		for (size_t w = 0; w < G_N_ELEMENTS(rows[i].words); w++)
			g_assert_nonnull(strstr(seen, rows[i].words[w]));
		g_assert_null(strstr(seen, "a.pub"));
		if (i == 0)
			g_assert_cmpstr(given, ==, KEY);
		if (i == 3)
			g_assert_nonnull(strstr(given, "{\"type\":\"sigstoreSigned\",\"keyData\":\"LS0t"));
	}
}

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

/* No program, no Docker, no name, another registry's name alone. */
static void test_not_checked(Fixture *f, gconstpointer data)
{
	static const char *foreign[] = { "b.net/team/app@" DIGEST, "a.net/team/app", "@" DIGEST };
	g_autoptr(Arena) arena = arena_new();

	(void)data;
	begin(f);
	use(f, BY_KEY);
	char *const nowhere[] = { f->dir, NULL };
	const ScanSettings settings = { .enabled = true, .offline = OFFLINE_YES, .timeout_s = 20, .program_dirs = (char **)(uintptr_t)nowhere };
	jobs_configure(f->jobs, &settings, false);
	if (access("/usr/bin/cosign", X_OK) < 0) {
		const ScanReport report = check(f);
		g_assert_cmpint(report.outcome, ==, SCAN_FAILED);
		g_assert_cmpstr(report.detail, ==, "cosign is not installed");
		g_assert_nonnull(strstr(judge(f, arena), "cosign is not installed"));
	}
	configure(f, true, 20);
	put_file(f, "cosign", GOOD);
	names.count = 0;
	use(f, BY_TWO);
	g_assert_cmpstr(check(f).detail, ==, "Docker is gone");
	names = (StringList){ foreign, G_N_ELEMENTS(foreign) };
	g_assert_cmpint(check(f).outcome, ==, SCAN_FOUND);
	g_assert_nonnull(strstr(judge(f, arena), "nothing shows a registry"));
	world_publish(f->cell, NULL, FAIL_CLOSED, LOG_READS_NONE);
	g_assert_cmpint(check(f).outcome, ==, SCAN_FAILED);
}

/* A registry that is gone takes nothing away until it is too old; a signature that is gone does. */
static void test_again(Fixture *f, gconstpointer data)
{
	g_autoptr(Arena) arena = arena_new();

	(void)data;
	begin(f);
	use(f, BY_KEY);
	put_file(f, "cosign", GOOD);
	g_assert_cmpint(check(f).outcome, ==, SCAN_CLEAN);
	put_file(f, "cosign", "echo 'connection refused' >&2; exit 1");
	g_assert_cmpint(check(f).outcome, ==, SCAN_FAILED);
	g_assert_cmpstr(judge(f, arena), ==, "");
	/* Another name of the same digest is asked about by itself. */
	put_file(f, "cosign", "exit 10");
	g_assert_cmpint(check_as(f, DIGEST, "a.net/team/copy@" DIGEST).outcome, ==, SCAN_FOUND);
	put_file(f, "cosign", GOOD);
	g_assert_cmpint(check_as(f, DIGEST, one_name[0]).outcome, ==, SCAN_CLEAN);
	put_file(f, "cosign", "exit 10");
	g_assert_cmpint(check_as(f, DIGEST, "a.net/team/copy@" DIGEST).outcome, ==, SCAN_FOUND);
	g_assert_cmpstr(judge_as(f, one_name[0], "", 0, arena), ==, "");
	g_assert_nonnull(strstr(judge_as(f, "a.net/team/copy@" DIGEST, "", 0, arena), "has no signature"));
	g_assert_cmpint(check(f).outcome, ==, SCAN_FOUND);
	g_assert_cmpstr(judge(f, arena), !=, "");
}

/* After a restart: what was signed, by the same keys. */
static void test_kept(Fixture *f, gconstpointer data)
{
	g_autoptr(Arena) arena = arena_new();

	(void)data;
	begin(f);
	put_file(f, "cosign", GOOD);
	use(f, BY_KEY);
	g_assert_cmpint(check(f).outcome, ==, SCAN_CLEAN);
	jobs_free(f->jobs);
	f->jobs = jobs_new(f->event, f->cell, f->dir, &f->source, NULL);
	configure(f, true, 20);
	g_assert_cmpstr(judge(f, arena), ==, "");
	scratch_put(f->dir, "a.pub", KEY KEY);
	use(f, BY_KEY);
	g_assert_nonnull(strstr(judge(f, arena), "by the keys of now"));
	/* It is no scan of the image. */
	const World *world = world_acquire(f->cell);
	g_assert_null(verdict_table_find(world->verdicts, ID, NULL, false));
	g_assert_nonnull(verdict_table_find(world->verdicts, ID, VERDICT_SIGNATURES, false));
	world_release(world);
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

/* What was asked just now is not asked again at once; another name, or by other keys, is. */
static void test_lately(Fixture *f, gconstpointer data)
{
	static const struct { const char *signatures, *image; bool lately; } rows[] = {
		{ BY_KEY, "a.net/team/app:1", true }, { BY_KEY, ID, true }, { BY_KEY, "a.net/team/other:1", false }, { BY_TWO, "a.net/team/app:1", false },
	};

	(void)data;
	begin(f);
	put_file(f, "cosign", "exit 10");
	use(f, BY_KEY);
	(void)check(f);
	const World *world = world_acquire(f->cell);
	const Verdict *verdict = verdict_table_find(world->verdicts, ID, VERDICT_SIGNATURES, false);
	g_assert_nonnull(verdict);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Policy) policy = load(f, rows[i].signatures);
		g_assert_cmpint(verify_made_lately(verdict, policy, rows[i].image), ==, rows[i].lately);
	}
	world_release(world);
	put_file(f, "cosign", GOOD);
	(void)check(f);
	const World *now = world_acquire(f->cell);
	g_autoptr(Policy) policy = load(f, BY_KEY);
	g_assert_false(verify_made_lately(verdict_table_find(now->verdicts, ID, VERDICT_SIGNATURES, false), policy, "a.net/team/app:1"));
	world_release(now);
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

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*test)(Fixture *f, gconstpointer data); } rows[] = {
		{ "/signature/cosign", test_cosign }, { "/signature/skopeo", test_skopeo }, { "/signature/call", test_call }, { "/signature/not-signed", test_not_signed },
		{ "/signature/off", test_off }, { "/signature/absent", test_absent }, { "/signature/not-checked", test_not_checked }, { "/signature/again", test_again }, { "/signature/kept", test_kept },
		{ "/signature/changed", test_changed }, { "/signature/lately", test_lately }, { "/signature/limits", test_limits },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_test_add(rows[i].name, Fixture, NULL, set_up, rows[i].test, tear_down);
	g_test_add_func("/signature/containers-policy", test_containers_policy);
	g_test_add_func("/signature/taken-over", test_taken_over);
	return g_test_run();
}
