/* SPDX-License-Identifier: MIT
 *
 * What verdicts make of requests.
 */
#include <string.h>
#include "base/scanner-names.h"
#include "request/list.h"
#include "verdict-fixture.h"

static Decision *judge(const Policy *policy, RequestKind kind, const char *image, const char *id, const VerdictTable *table, Arena *arena)
{
	Request *request = request_new(arena);
	const Situation situation = { .now_us = FIXTURE_NOW, .verdicts = table };

	request->kind = kind;
	request->method = "POST";
	request->has_container = kind != KIND_IMAGE_PUSH;
	request->image.text = request->image.repository = image;
	request->image.registry = "docker.io";
	request->image.tag = strchr(image, ':') ? strchr(image, ':') + 1 : "";
	request->image_id = id;
	return policy_evaluate(policy, request, &situation, arena);
}

typedef struct Row {
	const char *settings;
	RequestKind kind;
	const char *image, *id;
	unsigned table; /* which */
	bool allowed;
	unsigned scans, score;
	const char *message; /* in the first finding; "" : there is none */
} Row;

#define REQUIRE "require_image_scan: true"
#define LIMITS "image_scanning: {enabled: true, scanners: [trivy], max_critical: 0, max_high: 2}"
#define SECRETS "secret_scanning: {enabled: true, scanner: trufflehog"
#define RUN KIND_CONTAINER_CREATE
#define PUSH KIND_IMAGE_PUSH

enum { OFF, NONE, CLEAN, BAD, OLD, BROKEN, FUTURE, ELSEWHERE, SECOND, PARTLY, PARTLY_BAD, TABLES };

static const Row rows[] = {
	/* What must be scanned runs only with a whole answer that is young, of this image. */
	{ REQUIRE, RUN, "a:1", ID, CLEAN, true, 0, 0, "" },
	{ REQUIRE, RUN, "a:1", ID, NONE, false, SCANS_IMAGE, 25, "was not scanned yet; the scan is queued" },
	{ REQUIRE, RUN, "a:1", ID, OFF, false, SCANS_IMAGE, 25, "scanning is switched off" },
	{ REQUIRE, RUN, "a:1", ID, OLD, false, SCANS_IMAGE, 25, "is too old" },
	{ REQUIRE, RUN, "a:1", ID, FUTURE, false, SCANS_IMAGE, 25, "is too old" },
	{ REQUIRE, RUN, "a:1", ID, BROKEN, false, SCANS_IMAGE, 25, "trivy is not installed" },
	{ REQUIRE, RUN, "a:1", ID, ELSEWHERE, false, SCANS_IMAGE, 25, "was not scanned yet" },
	{ REQUIRE, RUN, "a:1", "", CLEAN, false, 0, 25, "does not say which image" },
	{ REQUIRE, KIND_SERVICE, "a:1", ID, NONE, false, SCANS_IMAGE, 25, "was not scanned yet" },
	{ REQUIRE ", image_scanning: {scanners: [trivy, grype]}", RUN, "a:1", ID, CLEAN, false, SCANS_IMAGE, 25, "was not scanned yet by grype" },
	{ REQUIRE ", image_scanning: {scanners: [docker-scout]}", RUN, "a:1", ID, CLEAN, false, SCANS_IMAGE, 25, "was not scanned yet by scout" },
	{ REQUIRE ", image_scanning: {cache_duration: 72h}", RUN, "a:1", ID, OLD, true, 0, 0, "" },
	{ REQUIRE, KIND_IMAGE_PULL, "a:1", ID, NONE, true, 0, 0, "" },
	/* Limits. */
	{ LIMITS, RUN, "a:1", ID, CLEAN, true, 0, 0, "" },
	{ LIMITS, RUN, "a:1", ID, NONE, true, SCANS_IMAGE, 0, "" },
	{ LIMITS, RUN, "a:1", ID, BAD, false, 0, 65, "Found 1 critical finding(s) in the image a:1, at most 0 are allowed" },
	{ LIMITS, RUN, "a:1", "", BAD, true, 0, 0, "" },
	{ "image_scanning: {enabled: true, max_critical: 1, max_high: 3}", RUN, "a:1", ID, BAD, true, 0, 0, "" },
	/* Where any scanner will do, the one that found most counts. */
	{ "image_scanning: {enabled: true, max_critical: 0}", RUN, "a:1", ID, SECOND, false, 0, 40, "Found 2 critical" },
	{ "image_scanning: {enabled: true, scanners: [trivy], max_critical: 0}", RUN, "a:1", ID, SECOND, true, 0, 0, "" },
	{ "image_scanning: {enabled: false, max_critical: 0}", RUN, "a:1", ID, BAD, true, 0, 0, "" },
	{ REQUIRE ", image_scanning: {max_critical: 0}", RUN, "a:1", ID, BAD, false, 0, 40, "Found 1 critical" },
	/* Secrets hold a push up. */
	{ SECRETS "}", PUSH, "a:1", ID, CLEAN, true, 0, 0, "" },
	{ SECRETS "}", PUSH, "a:1", ID, NONE, false, SCANS_SECRETS, 25, "was not scanned yet by trufflehog" },
	{ SECRETS "}", PUSH, "a:1", ID, OFF, false, SCANS_SECRETS, 25, "switched off" },
	{ SECRETS "}", PUSH, "a:1", ID, BROKEN, false, SCANS_SECRETS, 25, "trivy: trivy is not installed (looked for it in /usr/bin); the scan is queued anew, try again in a minute" },
	{ SECRETS "}", PUSH, "a:1", "", CLEAN, false, 0, 25, "does not say which image" },
	{ SECRETS "}", PUSH, "a", ID, CLEAN, false, 0, 25, "push them one by one" },
	{ SECRETS "}", RUN, "a:1", ID, NONE, true, 0, 0, "" },
	/* 1 verified and critical, 1 critical, 1 high, 2 medium */
	{ SECRETS "}", PUSH, "a:1", ID, BAD, false, 0, 100, "Found 1 VERIFIED (active) secret(s) in image! a:1: AWS in /root/.env line 7" },
	{ SECRETS ", max_critical: 1, max_high: 1}", PUSH, "a:1", ID, BAD, false, 0, 55, "Found 1 VERIFIED (active)" },
	{ SECRETS ", verified_secret_score: 7, max_critical: 1, max_high: 1}", PUSH, "a:1", ID, BAD, false, 0, 22, "Found 1 VERIFIED (active)" },
	{ SECRETS ", block_on_verified: false, max_critical: 2, max_high: 1}", PUSH, "a:1", ID, BAD, true, 0, 55, "Found 1 VERIFIED (active)" },
	{ SECRETS ", block_on_verified: false, max_high: 1}", PUSH, "a:1", ID, BAD, false, 0, 95, "Found 2 critical secret(s) in the image a:1: AWS in /root/.env line 7, Stripe in etc/app" },
	{ SECRETS ", block_on_verified: false, critical_secret_score: 3, high_secret_score: 2, max_critical: 1}", PUSH, "a:1", ID, BAD, false, 0, 60, "Found 2 critical" },
	{ SECRETS ", ignore_detectors: [aws, Stripe]}", PUSH, "a:1", ID, BAD, false, 0, 40, "Found 1 high" },
	{ SECRETS ", ignore_detectors: [aws, Stripe], exclude_paths: [\"/opt/*\"]}", PUSH, "a:1", ID, BAD, true, 0, 15, "Found 2 medium" },
	/* What was not looked at, all of it, may be excused by its path; what was found counts. */
	{ SECRETS "}", PUSH, "a:1", ID, PARTLY, false, SCANS_SECRETS, 25, "could not be scanned" },
	{ SECRETS ", incomplete_paths: [\"/models/*\"]}", PUSH, "a:1", ID, PARTLY, false, SCANS_SECRETS, 25, "could not be scanned" },
	{ SECRETS ", incomplete_paths: [\"/models/*\", \"/data/*.db\"]}", PUSH, "a:1", ID, PARTLY, true, 0, 0, "which the policy excuses: 2 file(s), /models/a.bin, /data/b.db" },
	{ SECRETS ", incomplete_paths: [\"models/*\"], exclude_paths: [\"/data/*\"]}", PUSH, "a:1", ID, PARTLY, true, 0, 0, "which the policy excuses" },
	{ SECRETS ", incomplete_paths: [\"*\"]}", PUSH, "a:1", ID, PARTLY_BAD, false, 0, 25, "Found 1 high secret(s)" },
	{ SECRETS ", incomplete_paths: [\"*\"]}", PUSH, "a:1", ID, BROKEN, false, SCANS_SECRETS, 25, "is not installed" },
	{ SECRETS ", exclude_paths: [\"*\"], max_medium: 0}", PUSH, "a:1", ID, BAD, false, 0, 15, "Found 2 medium" },
};

static void make_tables(VerdictTable **tables)
{
	static const VerdictSecret secrets[] = {
		{ "AWS", "/root/.env", true, false, false, true, 7 }, { "Stripe", "etc/app", true, false, false, false, 0 }, { "PrivateKey", "opt/key", false, true, false, false, 0 },
	};

	static const char *const gaps[] = { "/models/a.bin", "/data/b.db" };

	for (unsigned i = NONE; i < TABLES; i++) {
		tables[i] = verdict_table_new();
		for (unsigned kind = 0; kind < 2 && i != NONE; kind++) {
			const char *image = i == ELSEWHERE ? OTHER : ID, *scanner = kind ? "trufflehog" : "trivy";
			Verdict *v = verdict(image, scanner, kind, i != BROKEN, i == OLD ? 30 : i == FUTURE ? -1 : 1, 0, 0, 0);
			if (i >= PARTLY) {
				v->whole = false;
				v->high = i == PARTLY_BAD;
				LIST_APPEND(v->arena, &v->gaps, gaps[0]);
				LIST_APPEND(v->arena, &v->gaps, gaps[1]);
			}
			if (i == BAD) {
				v->critical = kind ? 2 : 1;
				v->high = kind ? 1 : 3;
				v->medium = kind ? 2 : 0;
				v->verified = kind;
			}
			for (size_t s = 0; i == BAD && kind && s < G_N_ELEMENTS(secrets); s++)
				LIST_APPEND(v->arena, &v->listed, secrets[s]);
			put(&tables[i], v);
		}
		if (i == SECOND)
			put(&tables[i], verdict(ID, "grype", false, true, 3, 2, 0, 0));
	}
}

static void test_decisions(void)
{
	VerdictTable *tables[TABLES] = { NULL };

	make_tables(tables);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		const Row *row = &rows[i];
		g_autofree char *text = g_strdup_printf("settings: {%s}\n", row->settings);
		g_autoptr(Policy) policy = fixture_policy(text);
		const Decision *decision = judge(policy, row->kind, row->image, row->id, tables[row->table], arena);
		const char *message = decision->finding_count ? decision->findings[0].message : "";
		g_test_message("%s, table %u: %s", row->settings, row->table, message);
		g_assert_cmpint(decision->allowed, ==, row->allowed);
		g_assert_cmpuint(decision->scans, ==, row->scans);
		g_assert_cmpuint(decision->score, ==, row->score);
		g_assert_cmpint(*message != 0, ==, *row->message != 0);
		g_assert_nonnull(strstr(message, row->message));
		g_assert_cmpstr(decision->scan_image, ==, row->scans ? row->id : "");
		/* Who waits for a scan has nothing to remove. */
		if (strstr(message, "not scanned yet") && !decision->allowed) {
			g_assert_cmpuint(decision->mitigation_count, ==, 1);
			g_assert_true(g_str_has_prefix(decision->mitigations[0], "Wait for the scan"));
		}
	}
	for (unsigned i = 0; i < TABLES; i++)
		verdict_table_unref(tables[i]);
}

/* The value of each finding about secrets, which an answer in JSON has as its own. */
static void test_values(void)
{
	static const char *const values[] = { "a:1 (" ID "): 1 verified", "a:1 (" ID "): 1 critical", "a:1 (" ID "): 1 high", "a:1 (" ID "): 2 medium" };
	VerdictTable *tables[TABLES] = { NULL };
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(Policy) policy = fixture_policy("settings: {" SECRETS ", max_medium: 0}}\n");

	make_tables(tables);
	const Decision *decision = judge(policy, PUSH, "a:1", ID, tables[BAD], arena);
	g_assert_cmpuint(decision->finding_count, ==, G_N_ELEMENTS(values));
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
		g_assert_cmpstr(decision->findings[i].what, ==, values[i]);
	for (unsigned i = 0; i < TABLES; i++)
		verdict_table_unref(tables[i]);
}

/* When a policy names no scanner the findings of each count that looks for vulnerabilities; one that is named by any of its names counts. */
static void test_every_scanner(void)
{
	g_autoptr(Policy) any = fixture_policy("settings: {image_scanning: {enabled: true, max_critical: 0}}\n");

	for (size_t i = 0; i < SCANNER_NAMES; i++) {
		const ScannerName *scanner = &scanner_names[i];
		g_autoptr(Arena) arena = arena_new();
		VerdictTable *table = verdict_table_new();
		put(&table, verdict(ID, scanner->name, !scanner->vulnerabilities, true, 1, 3, 0, 0));
		g_test_message("%s", scanner->name);
		g_assert_cmpint(judge(any, RUN, "a:1", ID, table, arena)->allowed, ==, !scanner->vulnerabilities);
		g_assert_true(scanner->vulnerabilities || scanner->secrets);
		g_assert_true(scanner_name_find(scanner->name) == scanner);
		if (scanner->other) {
			g_autofree char *text = g_strdup_printf("settings: {image_scanning: {enabled: true, max_critical: 0, scanners: [%s]}}\n", scanner->other);
			g_autoptr(Policy) named = fixture_policy(text);
			g_assert_false(judge(named, RUN, "a:1", ID, table, arena)->allowed);
		}
		verdict_table_unref(table);
	}
	g_assert_null(scanner_name_find("nessus"));
}

#define KNOWN "image_scanning: {enabled: true, scanners: [trivy], max_critical: 0, max_high: 0"
#define EXCEPT(rest) KNOWN ", exceptions: [{reason: not reachable, " rest "}]}"
#define VEX(products) "{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"statements\":[{\"vulnerability\":{\"name\":\"CVE-1\"},\"status\":\"fixed\",\"products\":[" products "]}]}"

/* CVE-1 in openssl is critical and has a fix, CVE-2 in zlib is high and has none. */
static const struct { const char *settings, *message, *waived; } aside_rows[] = {
	{ KNOWN "}", "Found 1 critical", NULL },
	{ KNOWN ", ignore_unfixed: true}", "Found 1 critical", "CVE-2 in zlib: there is no version without it (ignore_unfixed)" },
	{ EXCEPT("vulnerabilities: [CVE-1, CVE-2]"), "", "CVE-1 in openssl, CVE-2 in zlib: an exception: not reachable" },
	{ EXCEPT("vulnerabilities: [CVE-1], owner: ann, expires: 2026-06-30"), "Found 1 high", "CVE-1 in openssl: an exception until 2026-06-30: not reachable" },
	{ EXCEPT("vulnerabilities: [CVE-1], expires: 2025-12-31"), "Found 1 critical", NULL }, /* it has ended */
	{ EXCEPT("vulnerabilities: [CVE-3]"), "Found 1 critical", NULL },
	{ EXCEPT("vulnerabilities: [CVE-1], packages: [openssl]"), "Found 1 high", "CVE-1 in openssl" },
	{ EXCEPT("vulnerabilities: [CVE-1], packages: [zlib]"), "Found 1 critical", NULL },
	{ EXCEPT("vulnerabilities: [CVE-1], images: [\"*\"]"), "Found 1 high", "CVE-1 in openssl" },
	{ EXCEPT("vulnerabilities: [CVE-1], images: [b]"), "Found 1 critical", NULL },
	{ KNOWN ", vex: true}", "Found 1 high", "CVE-1 in openssl: fixed by v.json" },
	{ KNOWN ", vex: false}", "Found 1 critical", NULL },
	{ KNOWN ", vex: true, ignore_unfixed: true}", "", "CVE-1 in openssl: fixed by v.json" },
	{ "image_scanning: {enabled: true, end_of_life: warn}", "a:1 is of debian 9, which is at its end of life", NULL },
	{ "image_scanning: {enabled: true, end_of_life: block}", "a:1 is of debian 9, which is at its end of life", NULL },
	{ "image_scanning: {enabled: true, end_of_life: allow, max_critical: 1}", "", NULL },
	{ REQUIRE ", image_scanning: {max_database_age: 7d}", "", NULL },
	{ REQUIRE ", image_scanning: {max_database_age: 2d}", "was scanned by trivy with a database of 2025-12-29T00:00:00Z, which is too old (max_database_age); it is scanned again", NULL },
	{ "image_scanning: {enabled: true, max_critical: 1, max_database_age: 2d}", "", NULL },
};

static VerdictTable *make_known(const char *database)
{
	static const VerdictVulnerability known[] = {
		{ "CVE-1", "openssl", "3.0", "pkg:deb/debian/openssl@3.0", true, false, false, true }, { "CVE-2", "zlib", "1.2", "", false, true, false, false },
	};
	static const char vex[] = VEX("{\"@id\":\"pkg:deb/debian/openssl\"}");
	VerdictTable *table = verdict_table_new();
	VexTable *said = vex_new();
	const char *problem = "";
	Verdict *v = verdict(ID, "trivy", false, true, 0, 1, 1, 0);

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		LIST_APPEND(v->arena, &v->known, known[i]);
	v->end_of_life = "debian 9";
	v->database = database;
	put(&table, v);
	g_assert_true(vex_add(said, "v.json", vex, strlen(vex), &problem));
	vex_end(said);
	VerdictTable *with = verdict_table_with_vex(table, said);
	verdict_table_unref(table);
	vex_unref(said);
	return with;
}

/* What the policy does not count is not counted, and the decision says so. */
static void test_aside(void)
{
	VerdictTable *table = make_known("2025-12-29T00:00:00Z");

	for (size_t i = 0; i < G_N_ELEMENTS(aside_rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autofree char *text = g_strdup_printf("settings: {%s}\n", aside_rows[i].settings);
		g_autoptr(Policy) policy = fixture_policy(text);
		const Decision *decision = judge(policy, RUN, "a:1", ID, table, arena);
		const char *message = decision->finding_count ? decision->findings[0].message : "", *waived = decision->waived_count ? decision->waived[0].reason : "";
		g_test_message("%s: %s; %s", aside_rows[i].settings, message, waived);
		g_assert_nonnull(strstr(message, aside_rows[i].message));
		g_assert_cmpint(*message != 0, ==, *aside_rows[i].message != 0);
		g_assert_cmpint(decision->waived_count != 0, ==, aside_rows[i].waived != NULL);
		g_assert_true(g_str_has_prefix(waived, aside_rows[i].waived ? aside_rows[i].waived : ""));
		g_assert_cmpint(decision->allowed, ==, !*message || strstr(aside_rows[i].settings, "warn"));
	}
	verdict_table_unref(table);
}

/* Who does not say how old its database is has an old one, but for Scout, which asks a service each time. */
static void test_database(void)
{
	static const struct { const char *database; bool allowed; } ages[] = {
		{ "", false }, { "yesterday", false }, { "2025-12-31T01:00:00Z", true }, { "2025-12-30T23:00:00Z", false }, { "2025-12-31T01:00:00.123456789Z", true },
	};
	g_autoptr(Policy) policy = fixture_policy("settings: {require_image_scan: true, image_scanning: {max_database_age: 1d}}\n");
	g_autoptr(Arena) arena = arena_new();

	for (size_t i = 0; i < G_N_ELEMENTS(ages); i++) {
		VerdictTable *table = make_known(ages[i].database);
		const Decision *decision = judge(policy, RUN, "a:1", ID, table, arena);
		g_test_message("%s", ages[i].database);
		g_assert_cmpint(decision->allowed, ==, ages[i].allowed);
		g_assert_cmpuint(decision->scans, ==, 0); /* not again at once */
		verdict_table_unref(table);
	}
	VerdictTable *table = verdict_table_new();
	put(&table, verdict(ID, "scout", false, true, 0, 0, 0, 0));
	g_assert_true(judge(policy, RUN, "a:1", ID, table, arena)->allowed);
	verdict_table_unref(table);
}

/* A trial says the same, but nobody queues anything for it. */
static void test_trial(void)
{
	g_autoptr(Policy) policy = fixture_policy("settings: {require_image_scan: true}\n");
	g_autoptr(Arena) arena = arena_new();
	VerdictTable *table = verdict_table_new();
	Request *request = request_new(arena);
	const Situation situation = { .now_us = FIXTURE_NOW, .verdicts = table, .trial = true };

	request->kind = KIND_CONTAINER_CREATE;
	request->image.text = "a:1";
	request->image_id = ID;
	const Decision *decision = policy_evaluate(policy, request, &situation, arena);
	g_assert_false(decision->allowed);
	g_assert_nonnull(strstr(decision->findings[0].message, "queued when Docker asks"));
	request->image_absent = true;
	g_assert_true(policy_evaluate(policy, request, &situation, arena)->allowed);
	request->container_id = "c1"; /* one that is there runs all the same */
	g_assert_false(policy_evaluate(policy, request, &situation, arena)->allowed);
	request->container_id = "";
	request->kind = KIND_SERVICE;
	g_assert_false(policy_evaluate(policy, request, &situation, arena)->allowed);
	verdict_table_unref(table);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/verdict/decisions", test_decisions);
	g_test_add_func("/verdict/values", test_values);
	g_test_add_func("/verdict/every-scanner", test_every_scanner);
	g_test_add_func("/verdict/trial", test_trial);
	g_test_add_func("/verdict/aside", test_aside);
	g_test_add_func("/verdict/database", test_database);
	return g_test_run();
}
