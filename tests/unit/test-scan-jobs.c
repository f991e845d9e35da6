/* SPDX-License-Identifier: MIT
 *
 * How a scan goes, and what its report becomes.  Which scans are made: test-scan-queue.c.
 */
#include "core/metrics.h"
#include "scan-fixture.h"

/* What the script sees: its arguments, what is on its stdin, its environment; and the archive is the image. */
static void test_call(Fixture *f, gconstpointer data)
{
	(void)data;
	g_autofree char *seen = g_build_filename(f->dir, "seen", NULL);
	g_autofree char *script = g_strdup_printf("{ echo \"$*\"; env | sort; for a; do last=$a; done; cat \"$last\"; cat; ls /proc/self/fd | wc -l; } > %s\necho '" REPORT "'", seen);
	g_assert_true(g_setenv("SENTINEL_TEST_SECRET", "hunter2", TRUE));
	put_program(f, "trivy", script);
	const ScanReport report = scan(f, "trivy", SCAN_VULNERABILITY);

	g_assert_cmpint(report.outcome, ==, SCAN_FOUND);
	g_autofree char *text = scratch_get(f->dir, "seen");
	g_assert_nonnull(strstr(text, "image --format json --quiet --scanners vuln --timeout 20s"));
	g_assert_nonnull(strstr(text, "--skip-db-update --skip-java-db-update --offline-scan"));
	g_assert_nonnull(strstr(text, "NO_COLOR=1"));
	g_assert_null(strstr(text, "hunter2"));
	g_assert_cmpuint(f->saved, ==, 1);
	/* Nothing of the scan is left. */
	g_autofree char *scans = g_build_filename(f->dir, "scans", NULL);
	g_assert_cmpint(rmdir(scans), ==, 0);
}

/* Trivy looks at an image's environment and labels only when it is told to. */
static void test_trivy_secrets(Fixture *f, gconstpointer data)
{
	static const struct { ScanKind kind; bool told; } rows[] = { { SCAN_SECRET, true }, { SCAN_VULNERABILITY, false } };
	g_autofree char *seen = g_build_filename(f->dir, "seen", NULL), *script = g_strdup_printf("env > %s\necho '" REPORT "'", seen);

	(void)data;
	put_program(f, "trivy", script);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_cmpint(scan(f, "trivy", rows[i].kind).outcome, ==, SCAN_FOUND);
		g_autofree char *text = scratch_get(f->dir, "seen");
		g_assert_cmpint(strstr(text, "TRIVY_IMAGE_CONFIG_SCANNERS=secret\n") != NULL, ==, rows[i].told);
	}
}

/* Whatever a scanner does: a report, and never a clean one. */
static void test_trouble(Fixture *f, gconstpointer data)
{
	static const struct { const char *script, *detail; ScanOutcome outcome; unsigned timeout_s; } rows[] = {
		{ "echo '" REPORT "'; exit 1", "ended with status 1", SCAN_FAILED },
		{ "echo no database >&2; exit 1", "status 1: no database", SCAN_FAILED },
		{ "echo '" REPORT "'; kill -9 $$", "was killed", SCAN_FAILED },
		{ "kill -TERM $$", "was killed", SCAN_FAILED },
		{ "exit 0", "cannot be read", SCAN_FAILED },
		{ "echo '<html>'", "cannot be read", SCAN_FAILED },
		{ "yes 0123456789012345678901234567890123456789", "wrote more than it may", SCAN_FAILED },
		{ "yes complaint | head -c 300000 >&2; echo '" REPORT "'", "", SCAN_FOUND },
		{ "sleep 60", "did not end in time", SCAN_FAILED, 4 },
		{ "sleep 60 & echo '" REPORT "'", "", SCAN_FOUND },
		{ "trap '' TERM HUP INT; sleep 60", "did not end in time", SCAN_FAILED, 4 },
	};
	Metrics *metrics = metrics_new();
	g_autoptr(Arena) arena = arena_new();

	(void)data;
	jobs_set_metrics(f->jobs, metrics);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		put_program(f, "trivy", rows[i].script);
		configure(f, true, rows[i].timeout_s ? rows[i].timeout_s : 60); /* what is slow here is the machine */
		const ScanReport report = scan(f, "trivy", SCAN_VULNERABILITY);
		g_test_message("%s: %s", rows[i].script, report.detail);
		g_assert_cmpint(report.outcome, ==, rows[i].outcome);
		g_assert_nonnull(strstr(report.detail, rows[i].detail));
		const World *world = world_acquire(f->cell);
		g_assert_cmpint(verdict_table_find(world->verdicts, ID, "trivy", false)->whole, ==, rows[i].outcome == SCAN_FOUND);
		world_release(world);
	}
	const char *text = metrics_text(metrics, &(MetricsNow){ .version = "", .state = "" }, METRICS_PLAIN, arena);
	g_assert_nonnull(strstr(text, "{scanner=\"trivy\",kind=\"vulnerability\",result=\"done\"} 2\n"));
	g_assert_nonnull(strstr(text, "{scanner=\"trivy\",kind=\"vulnerability\",result=\"failed\"} 9\n"));
	g_assert_nonnull(strstr(text, "sentinel_scan_seconds_count{scanner=\"trivy\"} 11\n"));
	jobs_set_metrics(f->jobs, NULL);
	metrics_free(metrics);
}

/* What a scanner of secrets says is not repeated. */
static void test_discretion(Fixture *f, gconstpointer data)
{
	(void)data;
	put_program(f, "trufflehog", "echo 'cannot verify hunter2' >&2; exit 3");
	const ScanReport report = scan(f, "trufflehog", SCAN_SECRET);

	g_assert_cmpint(report.outcome, ==, SCAN_FAILED);
	g_assert_null(strstr(report.detail, "hunter2"));
	g_assert_nonnull(strstr(report.detail, "status 3"));
}

/* So many secrets are kept by name, and all are counted. */
static void test_many_secrets(Fixture *f, gconstpointer data)
{
	(void)data;
	for (unsigned count = LIMIT_VERDICT_SECRETS; count <= LIMIT_VERDICT_SECRETS + 1; count++) {
		g_autofree char *script = g_strdup_printf("seq %u | sed 's/.*/{\"DetectorName\":\"Mapbox\",\"Raw\":\"&\"}/'\n"
							  "echo '{\"level\":\"info-0\",\"msg\":\"finished scanning\"}' >&2", count);
		put_program(f, "trufflehog", script);
		g_assert_cmpint(scan(f, "trufflehog", SCAN_SECRET).outcome, ==, SCAN_FOUND);
		const World *world = world_acquire(f->cell);
		const Verdict *verdict = verdict_table_find(world->verdicts, ID, "trufflehog", true);
		g_assert_cmpuint(verdict->listed.count, ==, LIMIT_VERDICT_SECRETS);
		g_assert_cmpuint(verdict->critical + verdict->high + verdict->medium, ==, count);
		world_release(world);
	}
}

/* The same of vulnerabilities, the worst first. */
static void test_many_known(Fixture *f, gconstpointer data)
{
	(void)data;
	g_autofree char *script = g_strdup_printf("echo '{\"matches\":[{\"vulnerability\":{\"id\":\"LAST\",\"severity\":\"Low\"},\"artifact\":{\"name\":\"n\"}},'\n"
						  "seq %u | sed 's/.*/{\"vulnerability\":{\"id\":\"C&\",\"severity\":\"Medium\"},\"artifact\":{\"name\":\"n\"}},/'\n"
						  "echo '{\"vulnerability\":{\"id\":\"WORST\",\"severity\":\"High\",\"fix\":{\"versions\":[\"2\"]}},\"artifact\":{\"name\":\"n\"}}]}'", LIMIT_VERDICT_KNOWN);
	put_program(f, "grype", script);
	g_assert_cmpint(scan(f, "grype", SCAN_VULNERABILITY).outcome, ==, SCAN_FOUND);
	const World *world = world_acquire(f->cell);
	const Verdict *verdict = verdict_table_find(world->verdicts, ID, "grype", false);
	g_assert_cmpuint(verdict->known.count, ==, LIMIT_VERDICT_KNOWN);
	g_assert_cmpstr(verdict->known.items[0].id, ==, "WORST");
	g_assert_true(verdict->known.items[0].fixed && !verdict->known.items[1].fixed);
	g_assert_cmpuint(verdict->medium, ==, LIMIT_VERDICT_KNOWN);
	world_release(world);
}

/* Trivy's report does not say how old its database is; a file beside it does. */
static void test_database(Fixture *f, gconstpointer data)
{
	(void)data;
	put_program(f, "trivy", "mkdir -p \"$HOME/trivy/db\"; echo '{\"Version\":2,\"UpdatedAt\":\"2026-01-02T03:04:05.6Z\"}' > \"$HOME/trivy/db/metadata.json\"; echo '" REPORT "'");
	const ScanReport report = scan(f, "trivy", SCAN_VULNERABILITY);
	g_assert_cmpstr(report.database, ==, "2026-01-02T03:04:05.6Z");
	put_program(f, "trivy", "echo '{\"UpdatedAt\":7}' > \"$HOME/trivy/db/metadata.json\"; echo '" REPORT "'");
	g_assert_cmpstr(scan(f, "trivy", SCAN_VULNERABILITY).database, ==, "");
}

static bool counts(const Fixture *f, const Policy *policy)
{
	g_autoptr(Arena) arena = arena_new();
	const World *world = world_acquire(f->cell);
	const Situation situation = { .now_us = FIXTURE_NOW, .verdicts = world->verdicts };
	Request *request = request_new(arena);

	request->kind = KIND_CONTAINER_CREATE;
	request->method = "POST";
	request->image.text = "a:1";
	request->image_id = ID;
	bool allowed = policy_evaluate(policy, request, &situation, arena)->allowed;
	world_release(world);
	return !allowed;
}

/* Documents count as soon as they are there, and no longer than that. */
static void test_vex(Fixture *f, gconstpointer data)
{
	static const char said[] = "{\"@context\":\"https://openvex.dev/ns\",\"statements\":[{\"vulnerability\":\"CVE-1\",\"status\":\"fixed\",\"products\":[\"pkg:npm/p\"]}]}";
	g_autoptr(Policy) policy = fixture_policy("settings: {image_scanning: {enabled: true, max_high: 0, vex: true}}\n");
	g_autofree char *dir = g_build_filename(f->dir, "vex", NULL);

	(void)data;
	g_assert_cmpint(mkdir(dir, 0755), ==, 0);
	jobs_use_vex(f->jobs, dir);
	put_program(f, "grype", "echo '{\"matches\":[{\"vulnerability\":{\"id\":\"CVE-1\",\"severity\":\"High\"},\"artifact\":{\"name\":\"p\",\"version\":\"1\",\"purl\":\"pkg:npm/p@1\"}}]}'");
	g_assert_cmpint(scan(f, "grype", SCAN_VULNERABILITY).outcome, ==, SCAN_FOUND);
	g_assert_true(counts(f, policy));
	scratch_put(dir, "a.json", said);
	jobs_use_vex(f->jobs, dir);
	g_assert_false(counts(f, policy));
	g_autofree char *file = g_build_filename(dir, "a.json", NULL);
	g_assert_cmpint(remove(file), ==, 0);
	for (gint64 until = g_get_monotonic_time() + 20 * G_USEC_PER_SEC; !counts(f, policy) && g_get_monotonic_time() < until;)
		(void)sd_event_run(f->event, 100000);
	g_assert_true(counts(f, policy));
}

static void test_missing(Fixture *f, gconstpointer data)
{
	(void)data;
	const ScanReport report = scan(f, "grype", SCAN_VULNERABILITY);
	g_assert_cmpint(report.outcome, ==, SCAN_FAILED);
	g_assert_nonnull(strstr(report.detail, "grype is not installed (looked for it in"));
	put_program(f, "grype", "echo '{\"matches\":[]}'");
	g_autofree char *path = g_build_filename(f->bin, "grype", NULL);
	g_assert_cmpint(chmod(path, 0777), ==, 0); /* anybody could have written it */
	g_assert_cmpint(scan(f, "grype", SCAN_VULNERABILITY).outcome, ==, SCAN_FAILED);
	g_assert_cmpint(chmod(path, 0755), ==, 0);
	g_assert_cmpint(scan(f, "grype", SCAN_VULNERABILITY).outcome, ==, SCAN_CLEAN);
	f->docker_gone = true;
	g_assert_nonnull(strstr(scan(f, "grype", SCAN_VULNERABILITY).detail, "Docker is gone"));
}

static void test_answer_file(Fixture *f, gconstpointer data)
{
	static const char out[] = "while [ $# -gt 0 ]; do case $1 in --output|--report-path) f=$2;; esac; shift; done\n";
	g_autofree char *scout = g_strconcat(out, "echo '{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"docker scout\"}}}]}' > \"$f\"; echo noise; exit 255", NULL);
	g_autofree char *gitleaks = g_strconcat(out, "echo '[]' > \"$f\"", NULL);

	(void)data;
	put_program(f, "docker", scout);
	put_program(f, "gitleaks", gitleaks);
	g_assert_cmpint(scan(f, "scout", SCAN_VULNERABILITY).outcome, ==, SCAN_INCOMPLETE);
	g_assert_cmpint(scan(f, "gitleaks", SCAN_SECRET).outcome, ==, SCAN_FAILED); /* what was saved here is no image: there is nothing to unpack */
}

/* What is done at this moment, with what is known of the image. */
static void test_phase(Fixture *f, gconstpointer data)
{
	(void)data;
	put_program(f, "trivy", "sleep 60");
	const ScanJob *job = order(f, "trivy", SCAN_VULNERABILITY);
	g_autofree char *queued = job_phase(job), *phase = NULL;

	g_assert_cmpstr(queued, ==, "");
	for (gint64 until = g_get_monotonic_time() + 20 * G_USEC_PER_SEC; (!phase || !g_str_has_prefix(phase, "trivy")) && g_get_monotonic_time() < until;) {
		(void)sd_event_run(f->event, 10000);
		g_free(phase);
		phase = job_phase(job);
	}
	g_assert_cmpstr(phase, ==, "trivy, 1 of 1: 120 MB in 7 layers");
	jobs_cancel(f->jobs, job->number);
	wait_for(f, job);
	g_autofree char *ended = job_phase(job);
	g_assert_cmpstr(ended, ==, "");
}

static void test_cancel(Fixture *f, gconstpointer data)
{
	(void)data;
	put_program(f, "trivy", "sleep 60");
	const ScanJob *first = order(f, "trivy", SCAN_VULNERABILITY), *second = order(f, "trivy", SCAN_VULNERABILITY), *third = order(f, "trivy", SCAN_VULNERABILITY);

	while (second->state == JOB_QUEUED)
		(void)sd_event_run(f->event, 100000);
	g_assert_cmpint(third->state, ==, JOB_QUEUED); /* LIMIT_SCANS run */
	jobs_cancel(f->jobs, third->number);
	jobs_cancel(f->jobs, first->number);
	wait_for(f, first);
	g_assert_cmpint(first->state, ==, JOB_CANCELLED);
	g_assert_cmpint(third->state, ==, JOB_CANCELLED);
	g_assert_cmpint(second->state, ==, JOB_RUNNING);
	const World *world = world_acquire(f->cell);
	g_assert_null(verdict_table_find(world->verdicts, ID, "trivy", false));
	world_release(world);
}

int main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(Fixture *f, gconstpointer data); } tests[] = {
		{ "/scan-jobs/call", test_call }, { "/scan-jobs/trouble", test_trouble }, { "/scan-jobs/trivy-secrets", test_trivy_secrets }, { "/scan-jobs/discretion", test_discretion },
		{ "/scan-jobs/many-secrets", test_many_secrets },
		{ "/scan-jobs/many-known", test_many_known },
		{ "/scan-jobs/database", test_database },
		{ "/scan-jobs/vex", test_vex },
		{ "/scan-jobs/phase", test_phase },
		{ "/scan-jobs/missing", test_missing }, { "/scan-jobs/answer-file", test_answer_file }, { "/scan-jobs/cancel", test_cancel },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
