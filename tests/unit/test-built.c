/* SPDX-License-Identifier: MIT
 *
 * Images that somebody has built here: who did, what is said of them, and that it is said of each.
 */
#include "core/builds.h"
#include "request/api.h"
#include "request/list.h"
#include "scan-fixture.h"
#include "service/built.h"

#define DOCKER 100
#define SECOND ((int64_t)1000 * 1000)
#define OTHER_ID "sha256:00000000000000000000000000000000000000000000000000000000000000bb"
#define FINISHED "echo '{\"level\":\"info-0\",\"msg\":\"finished scanning\"}' >&2"
#define LEAK "echo '{\"SourceMetadata\":{\"Data\":{\"Docker\":{\"file\":\"/app/.env\",\"line\":3}}},\"DetectorName\":\"AWS\",\"Verified\":true,\"Raw\":\"AKIAHUNTER2\"}'\n" FINISHED
#define SECRETS "settings: {secret_scanning: {enabled: true, scanner: trufflehog}}\n"

/* Letters: a and b a build of alice's and of bob's begins, c a commit of alice's, n one of nobody's that is known, o of one of two, g a BuildKit channel of
 * alice's, p a pull; capital ones: it ends.  w eleven seconds, s two seconds, d another dockerd. */
static char *play(const char *story)
{
	static const struct { char letter; const char *uri, *user; } calls[] = {
		{ 'a', "/v1.41/build?t=a:1", "alice" }, { 'b', "/v1.41/build?t=b:1", "bob" }, { 'c', "/v1.41/commit?container=c&repo=x", "alice" },
		{ 'n', "/v1.41/build?t=n:1", "" }, { 'o', "/v1.41/build?t=n:1", "one-of:alice,root" }, { 'g', "/grpc", "alice" },
		{ 'p', "/v1.41/images/create?fromImage=nginx&tag=1", "bob" },
	};
	g_autoptr(Arena) arena = arena_new();
	Builds *builds = builds_new();
	int64_t now_us = 1000 * SECOND;
	pid_t docker = DOCKER;

	for (const char *at = story; *at; at++) {
		now_us += *at == 'w' ? 11 * SECOND : *at == 's' ? 2 * SECOND : SECOND / 1000;
		docker += *at == 'd';
		for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
			const ApiCall call = { .method = "POST", .uri = calls[i].uri, .content_type = "", .content_length = "0" };
			const Request *request = api_read(&call, arena);
			if (*at == calls[i].letter)
				builds_begun(builds, request, docker, calls[i].user, now_us);
			else if (*at == g_ascii_toupper(calls[i].letter))
				builds_ended(builds, request, now_us);
		}
	}
	char *maker = builds_maker(builds, now_us);
	builds_free(builds);
	return maker;
}

static void test_maker(void)
{
	static const struct { const char *story, *maker; } rows[] = {
		{ "", NULL }, { "p", NULL }, { "a", "alice" }, { "c", "alice" }, { "g", "alice" }, { "aA", "alice" }, { "aAs", "alice" }, { "aAw", NULL }, { "aw", "alice" },
		{ "ab", "one-of:alice,bob" }, { "abB", "one-of:alice,bob" }, { "abA", "one-of:alice,bob" }, { "aAb", "one-of:alice,bob" }, { "aAwb", "bob" },
		{ "aa", "alice" }, { "aaA", "alice" }, { "aaAw", "alice" }, { "n", "" }, { "an", "one-of:alice,?" }, { "o", "one-of:alice,root" }, { "bo", "one-of:bob,alice,root" },
		{ "adb", "bob" }, { "aP", "alice" }, { "A", NULL }, { "apPAw", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *maker = play(rows[i].story);
		g_test_message("%s", rows[i].story);
		g_assert_cmpstr(maker, ==, rows[i].maker);
	}
}

/* More users than are told apart: it may also be somebody else. */
static void test_builders(void)
{
	const ApiCall call = { .method = "POST", .uri = "/build?t=a:1", .content_type = "", .content_length = "0" };
	g_autoptr(Arena) arena = arena_new();
	Builds *builds = builds_new();

	for (unsigned i = 0; i <= LIMIT_BUILDERS; i++) {
		g_autofree char *before = builds_maker(builds, SECOND), *user = g_strdup_printf("u%u", i);
		g_assert_false(before && g_str_has_suffix(before, ",?"));
		builds_begun(builds, api_read(&call, arena), DOCKER, user, SECOND);
	}
	g_autofree char *maker = builds_maker(builds, SECOND);
	g_assert_true(g_str_has_suffix(maker, ",?"));
	builds_free(builds);
}

static VerdictTable *put(VerdictTable *table, const char *scanner, bool secrets, bool whole, unsigned high)
{
	static const VerdictSecret secret = { "AWS", "/app/.env", false, true, false, false, 3 };
	Verdict *verdict = verdict_new();

	verdict->image_id = ID;
	verdict->scanner = scanner;
	verdict->secrets = secrets;
	verdict->whole = whole;
	verdict->detail = whole ? "" : "it was killed";
	verdict->time_us = g_get_real_time();
	verdict->high = high;
	if (secrets && high)
		LIST_APPEND(verdict->arena, &verdict->listed, secret);
	VerdictTable *changed = verdict_table_with(table, verdict);
	verdict_table_unref(table);
	return changed;
}

static void test_judge(void)
{
	enum { NONE, CLEAN, LEAKY, KILLED, KILLED_LEAKY, HOLES, TABLES };
	static const char both[] = "settings: {secret_scanning: {enabled: true}, image_scanning: {enabled: true, scanners: [trivy], max_high: 0}}\n";
	static const char secrets[] = "settings: {secret_scanning: {enabled: true}}\n";
	static const struct { const char *policy; unsigned table; BuiltOutcome outcome; const char *severity, *summary; } rows[] = {
		{ secrets, CLEAN, BUILT_PASSED, "", "" },
		{ secrets, NONE, BUILT_UNSCANNED, "high", "The image app:1 was not scanned yet by builtin" },
		{ secrets, LEAKY, BUILT_FOUND, "high", "Found 1 high secret(s) in the image app:1: AWS in /app/.env line 3" },
		{ secrets, KILLED, BUILT_UNSCANNED, "high", "The image app:1 could not be scanned: it was killed" },
		{ secrets, KILLED_LEAKY, BUILT_UNSCANNED, "high", "; Found 1 high secret(s) in the image app:1: AWS in /app/.env line 3" },
		{ "settings: {secret_scanning: {enabled: true, exclude_paths: [\"/app/*\"]}}\n", LEAKY, BUILT_PASSED, "", "" },
		{ both, CLEAN, BUILT_PASSED, "", "" },
		{ both, HOLES, BUILT_FOUND, "high", "Found 2 high finding(s) in the image app:1, at most 0 are allowed" },
		{ both, LEAKY, BUILT_UNSCANNED, "high", "was not scanned yet by trivy" }, /* also where it may run all the same */
		{ "settings: {image_scanning: {enabled: true, scanners: [trivy], max_high: 2}}\n", HOLES, BUILT_PASSED, "", "" },
		{ "rules: {}\n", LEAKY, BUILT_PASSED, "", "" },
	};
	VerdictTable *tables[TABLES];

	for (unsigned i = 0; i < TABLES; i++) {
		tables[i] = verdict_table_new();
		if (i != NONE)
			tables[i] = put(tables[i], "builtin", true, i != KILLED && i != KILLED_LEAKY, i == LEAKY || i == KILLED_LEAKY);
		if (i == CLEAN || i == HOLES)
			tables[i] = put(tables[i], "trivy", false, true, i == HOLES ? 2 : 0);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(Policy) policy = fixture_policy(rows[i].policy);
		const Situation situation = { .now_us = g_get_real_time(), .verdicts = tables[rows[i].table] };
		const BuiltWord word = built_judge(policy, "app:1", ID, &situation, arena);
		g_test_message("%s %u: %s", rows[i].policy, rows[i].table, word.summary);
		g_assert_cmpstr(built_outcome_name(word.outcome), ==, built_outcome_name(rows[i].outcome));
		g_assert_cmpstr(word.severity, ==, rows[i].severity);
		g_assert_nonnull(strstr(word.summary, rows[i].summary));
		g_assert_cmpint(*word.summary != 0, ==, *rows[i].summary != 0);
		/* Without a name. */
		g_assert_cmpint(built_judge(policy, ID, ID, &situation, arena).outcome, ==, rows[i].outcome);
	}
	for (unsigned i = 0; i < TABLES; i++)
		verdict_table_unref(tables[i]);
}

typedef struct Heard {
	unsigned count, outcomes[BUILT_OUTCOME_COUNT];
	char last[512];
} Heard;

static void on_told(const BuiltTold *told, void *data)
{
	Heard *heard = data;

	heard->count++;
	heard->outcomes[told->word.outcome]++;
	(void)g_snprintf(heard->last, sizeof heard->last, "%s %s %s %s", told->image, told->maker, built_outcome_name(told->word.outcome), told->word.summary);
}

/* Secrets are looked for, and what is found is told to `heard`. */
static Built begin(const Fixture *f, Heard *heard)
{
	g_autoptr(Policy) policy = fixture_policy(SECRETS);

	(void)world_publish(f->cell, policy, FAIL_CLOSED, LOG_READS_ALL);
	return (Built){ .cell = f->cell, .jobs = f->jobs, .tell = on_told, .data = heard };
}

static void run_until(Fixture *f, const Heard *heard, unsigned count)
{
	gint64 until = g_get_monotonic_time() + 30 * G_USEC_PER_SEC;

	while (heard->count < count && g_get_monotonic_time() < until)
		(void)sd_event_run(f->event, 100000);
	g_assert_cmpuint(heard->count, ==, count);
}

/* What comes of a scan is told once, by the image's name, and so is that nothing came of it. */
static void test_told(Fixture *f, gconstpointer data)
{
	static const struct { const char *script, *last; } rows[] = {
		{ LEAK, "app:1 alice found Found 1 VERIFIED (active) secret(s) in image! app:1: AWS in /app/.env line 3" },
		{ FINISHED, "app:1 alice passed " },
		{ "kill -9 $$", "app:1 alice unscanned The image app:1 could not be scanned: " },
		{ "exit 0", "app:1 alice unscanned The image app:1 could not be scanned: " },
	};
	Heard heard = { 0 };
	Built built = begin(f, &heard);

	(void)data;
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *id = g_strdup_printf("sha256:%064x", i + 1); /* one that failed is not tried again at once */
		put_program(f, "trufflehog", rows[i].script);
		built_add(&built, id, id, "alice", SCANS_SECRETS); /* Docker tells of it twice */
		built_add(&built, id, "app:1", "alice", SCANS_SECRETS);
		run_until(f, &heard, i + 1);
		g_assert_true(g_str_has_prefix(heard.last, rows[i].last));
		g_assert_null(strstr(heard.last, "HUNTER2"));
	}
	g_assert_cmpuint(f->saved, ==, G_N_ELEMENTS(rows));
	g_assert_true(g_queue_is_empty(&built.waiting));
}

/* A step of a build has no name: of it is told only what is to be said. */
static void test_nameless(Fixture *f, gconstpointer data)
{
	Heard heard = { 0 };
	Built built = begin(f, &heard);

	(void)data;
	put_program(f, "trufflehog", FINISHED);
	built_add(&built, ID, ID, "alice", SCANS_SECRETS);
	while (!g_queue_is_empty(&built.waiting))
		(void)sd_event_run(f->event, 100000);
	g_assert_cmpuint(f->saved, ==, 1);
	g_assert_cmpuint(heard.count, ==, 0);
	put_program(f, "trufflehog", LEAK);
	built_add(&built, OTHER_ID, OTHER_ID, "alice", SCANS_SECRETS);
	run_until(f, &heard, 1);
	g_assert_true(g_str_has_prefix(heard.last, OTHER_ID " alice found "));
}

/* Nobody is told for another one. */
static void test_two_makers(Fixture *f, gconstpointer data)
{
	Heard heard = { 0 };
	Built built = begin(f, &heard);

	(void)data;
	put_program(f, "trufflehog", FINISHED);
	built_add(&built, ID, "app:1", "alice", SCANS_SECRETS);
	built_add(&built, ID, "app:1", "bob", SCANS_SECRETS);
	run_until(f, &heard, 1);
	g_assert_cmpstr(heard.last, ==, "app:1  passed ");
}

/* So many of one user's wait, so many of all, and the next one is told of at once; also what waits when the service ends. */
static void test_bounds(Fixture *f, gconstpointer data)
{
	Heard heard = { 0 };
	Built built = begin(f, &heard);

	(void)data;
	put_program(f, "trufflehog", "sleep 60");
	for (unsigned i = 0; i < LIMIT_BUILT; i++) {
		g_autofree char *id = g_strdup_printf("sha256:%064x", i + 1), *maker = g_strdup_printf("u%u", i / LIMIT_BUILT_PER_USER);
		if (i == LIMIT_BUILT_PER_USER) {
			built_add(&built, OTHER_ID, "b:1", "u0", SCANS_SECRETS);
			g_assert_cmpuint(heard.count, ==, 1);
			g_assert_nonnull(strstr(heard.last, "b:1 u0 unscanned The image b:1 was not scanned: so many images of this user"));
		}
		built_add(&built, id, "a:1", maker, SCANS_SECRETS);
	}
	g_assert_cmpuint(heard.count, ==, 1);
	built_add(&built, OTHER_ID, "b:1", "others", SCANS_SECRETS);
	g_assert_cmpuint(heard.count, ==, 2);
	g_assert_nonnull(strstr(heard.last, "so many images wait"));
	jobs_wait_no_more(f->jobs);
	g_assert_cmpuint(heard.count, ==, 2 + LIMIT_BUILT);
	g_assert_cmpuint(heard.outcomes[BUILT_UNSCANNED], ==, heard.count);
	built_add(&built, OTHER_ID, "b:1", "others", SCANS_SECRETS);
	g_assert_cmpuint(heard.outcomes[BUILT_UNSCANNED], ==, 3 + LIMIT_BUILT);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/builds/maker", test_maker);
	g_test_add_func("/builds/builders", test_builders);
	g_test_add_func("/built/judge", test_judge);
	g_test_add("/built/told", Fixture, NULL, set_up, test_told, tear_down);
	g_test_add("/built/nameless", Fixture, NULL, set_up, test_nameless, tear_down);
	g_test_add("/built/two-makers", Fixture, NULL, set_up, test_two_makers, tear_down);
	g_test_add("/built/bounds", Fixture, NULL, set_up, test_bounds, tear_down);
	return g_test_run();
}
