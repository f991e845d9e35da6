/* SPDX-License-Identifier: MIT
 *
 * Signatures: what is believed of programs that check them, and for how long.
 */
#include "core/verdict-file.h"
#include "signature-fixture.h"

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
		{ "echo 'Error: no matching attestations: failed to verify signature: hunter2' >&2; exit 1", SCAN_FOUND, "by what the policy believes" },
		{ "echo 'Error: no matching attestations: log of https://u:hunter2@r.net: dial tcp: connection refused' >&2; exit 1", SCAN_FAILED, "cannot be reached" },
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
		{ BY_ROOTS("ca.pem"), "cosign", { "--certificate-identity=me@x.net", "--ca-roots=", "--insecure-ignore-sct=true --private-infrastructure=true", "-- a.net/team/app@" DIGEST } },
		{ BY_ROOTS("t.json"), "cosign", { "--certificate-oidc-issuer=https://i.net", "--trusted-root=", "--insecure-ignore-sct=true --private-infrastructure=true", "" } },
		{ BY_ROOTS("logged.json"), "cosign", { "--certificate-identity=me@x.net", "--trusted-root=", "/roots --output=json", "" } },
		{ BY_ROOTS("odd.json"), "cosign", { "--certificate-identity=me@x.net", "--trusted-root=", "/roots --output=json", "" } },
		{ "[{registries: [a.net/team], keys: [DIR/a.pub], bundles: DIR}]", "cosign", { "--offline=true", "--payload=", "--signature=", "-- a.net/team/app@" DIGEST } },
		{ BY_SKOPEO, "skopeo", { "--policy=", "--registries.d=", "copy", "docker://a.net/team/app@" DIGEST } },
		{ "[{registries: [a.net/team], adapter: skopeo, containers_policy: DIR/c.json}]", "skopeo", { "--policy=", "--multi-arch=index-only", "docker://a.net/team/app@" DIGEST, "" } },
	};

	(void)data;
	begin(f);
	scratch_put(f->dir, "c.json", "{\"default\":[{\"type\":\"reject\"}]}");
	scratch_put(f->dir, "ca.pem", "-----BEGIN CERTIFICATE-----\n");
	scratch_put(f->dir, "t.json", "{\"certificateAuthorities\":[{\"certChain\":{}}],\"tlogs\":[]}");
	scratch_put(f->dir, "logged.json", "{\"tlogs\":[{\"baseUrl\":\"https://r.net\"}]}");
	scratch_put(f->dir, "odd.json", "{\"tlogs\":7}");
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
		if (strstr(seen, "--policy=") && strstr(seen, "--registries.d="))
			g_assert_nonnull(strstr(given, "{\"type\":\"sigstoreSigned\",\"keyData\":\"LS0t"));
	}
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

int main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(Fixture *f, gconstpointer data); } tests[] = {
		{ "/signature/cosign", test_cosign }, { "/signature/skopeo", test_skopeo }, { "/signature/call", test_call },
		{ "/signature/not-checked", test_not_checked }, { "/signature/again", test_again }, { "/signature/kept", test_kept },
		{ "/signature/lately", test_lately },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
	g_test_add_func("/signature/taken-over", test_taken_over);
	return g_test_run();
}
