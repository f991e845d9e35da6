/* SPDX-License-Identifier: MIT
 *
 * Which scans are made: what is wanted, who waits, how many there are room for, and what is left of them after a restart.
 */
#include "core/metrics.h"
#include "scan-fixture.h"

static void test_off(Fixture *f, gconstpointer data)
{
	const ScanOrder plan = { .image_id = ID, .image = "a:1", .steps = { { scanner_find("trivy"), SCAN_VULNERABILITY } }, .step_count = 1 };
	ScanOrder strange = plan;
	g_autoptr(GError) error = NULL;

	(void)data;
	strange.image_id = "--help";
	g_assert_null(jobs_add(f->jobs, &strange, NULL));
	configure(f, false, 20);
	g_assert_null(jobs_add(f->jobs, &plan, &error));
	g_assert_nonnull(strstr(error->message, "switched off"));
	const World *world = world_acquire(f->cell);
	g_assert_null(world->verdicts);
	world_release(world);
}

static void test_full(Fixture *f, gconstpointer data)
{
	const ScanOrder plan = { .image_id = ID, .image = "a:1", .steps = { { scanner_find("trivy"), SCAN_VULNERABILITY } }, .step_count = 1 };
	unsigned taken = 0;

	(void)data;
	while (jobs_add(f->jobs, &plan, NULL))
		taken++;
	g_assert_cmpuint(taken, ==, LIMIT_SCAN_QUEUE);
}

/* Jobs that have ended make room for new ones. */
static void test_room(Fixture *f, gconstpointer data)
{
	(void)data;
	for (unsigned i = 0; i < LIMIT_SCAN_JOBS + 10; i++)
		jobs_cancel(f->jobs, order(f, "trivy", SCAN_VULNERABILITY)->number);
	g_assert_null(jobs_find(f->jobs, 1));
	g_assert_nonnull(jobs_find(f->jobs, LIMIT_SCAN_JOBS));
}

static const StringList nobody;

/* What a decision wants is scanned once, with the policy's scanners, and not again at once when it failed. */
static void test_wishes(Fixture *f, gconstpointer data)
{
	g_autoptr(Policy) policy = fixture_policy("settings: {require_image_scan: true, image_scanning: {scanners: [trivy, grype]}, secret_scanning: {enabled: true, scanner: trufflehog}}\n");
	const ScanQueue *queue = jobs_queue(f->jobs);
	gint64 until = g_get_monotonic_time() + 30 * G_USEC_PER_SEC;

	(void)data;
	put_program(f, "trivy", "echo '" REPORT "'");
	(void)world_publish(f->cell, policy, FAIL_CLOSED, LOG_READS_ALL);
	for (int i = 0; i < 5; i++)
		queue->want(queue->data, ID, "a:1", SCANS_IMAGE | SCANS_SECRETS, &nobody);
	const World *world = world_acquire(f->cell);
	while (!verdict_table_find(world->verdicts, ID, "trufflehog", true) && g_get_monotonic_time() < until) {
		world_release(world);
		(void)sd_event_run(f->event, 100000);
		world = world_acquire(f->cell);
	}
	g_assert_true(verdict_table_find(world->verdicts, ID, "trivy", false)->whole);
	g_assert_false(verdict_table_find(world->verdicts, ID, "grype", false)->whole);
	g_assert_false(verdict_table_find(world->verdicts, ID, "trufflehog", true)->whole);
	world_release(world);
	g_assert_cmpuint(f->saved, ==, 1);
	queue->want(queue->data, ID, "a:1", SCANS_SECRETS, &nobody);
	(void)sd_event_run(f->event, 100000);
	g_assert_null(jobs_find(f->jobs, 2));
}

static void on_waited(void *data)
{
	++*(unsigned *)data;
}

/* Runs the loop until so many were told. */
static void run_until(Fixture *f, const unsigned *told, unsigned count)
{
	gint64 until = g_get_monotonic_time() + 30 * G_USEC_PER_SEC;

	while (*told < count && g_get_monotonic_time() < until)
		(void)sd_event_run(f->event, 100000);
	g_assert_cmpuint(*told, ==, count);
}

static bool wait_as(const ScanQueue *queue, const char *user, unsigned *told)
{
	const StringList who = { &user, 1 };

	return queue->wait(queue->data, ID, "a:1", SCANS_SECRETS, &who, on_waited, told);
}

/* Who waits for a scan is told when its verdict is there, when there will be none, when the time is over, and when nobody may wait any more. */
static void test_wait(Fixture *f, gconstpointer data)
{
	g_autoptr(Policy) policy = fixture_policy("settings: {secret_scanning: {enabled: true, scanner: trufflehog}}\n");
	const ScanQueue *queue = jobs_queue(f->jobs);
	unsigned told = 0;

	(void)data;
	(void)world_publish(f->cell, policy, FAIL_CLOSED, LOG_READS_ALL);
	configure_wait(f, true, 60);
	put_program(f, "trufflehog", "echo '{\"level\":\"info-0\",\"msg\":\"finished scanning\"}' >&2");
	for (int i = 0; i < 3; i++)
		g_assert_true(wait_as(queue, "alice", &told));
	g_assert_cmpuint(told, ==, 0);
	run_until(f, &told, 3);
	const World *world = world_acquire(f->cell);
	g_assert_true(verdict_table_find(world->verdicts, ID, "trufflehog", true)->whole);
	world_release(world);
	g_assert_cmpuint(f->saved, ==, 1);
	put_program(f, "trufflehog", "sleep 60");
	configure_wait(f, true, 1);
	const ScanJob *job = order(f, "trufflehog", SCAN_SECRET);
	g_assert_true(wait_as(queue, "alice", &told));
	run_until(f, &told, 4);
	g_assert_cmpint(job->state, ==, JOB_RUNNING);
	configure_wait(f, true, 60);
	for (unsigned i = 0; i < LIMIT_SCAN_WAITS; i++) {
		g_autofree char *user = g_strdup_printf("user%u", i / LIMIT_SCAN_WAITS_PER_USER);
		g_assert_true(wait_as(queue, user, &told));
		if ((i + 1) % LIMIT_SCAN_WAITS_PER_USER == 0)
			g_assert_false(wait_as(queue, user, &told));
	}
	g_assert_false(wait_as(queue, "alice", &told));
	jobs_cancel(f->jobs, job->number);
	run_until(f, &told, 4 + LIMIT_SCAN_WAITS);
	configure_wait(f, false, 60);
	g_assert_true(wait_as(queue, "alice", &told));
	run_until(f, &told, 5 + LIMIT_SCAN_WAITS);
	g_assert_true(wait_as(queue, "alice", &told));
	jobs_wait_no_more(f->jobs);
	g_assert_cmpuint(told, ==, 6 + LIMIT_SCAN_WAITS);
	g_assert_false(wait_as(queue, "alice", &told));
}

static void start_again(Fixture *f)
{
	jobs_free(f->jobs);
	world_publish_verdicts(f->cell, NULL);
	f->jobs = jobs_new(f->event, f->cell, f->dir, &f->source, NULL);
	configure(f, true, 20);
}

/* What was found yesterday still counts when today's scan does not work, but not against what that found; after a restart, too. */
static void test_relapse(Fixture *f, gconstpointer data)
{
	static const struct { const char *script; bool whole; } rows[] = {
		{ "echo '" REPORT "'", true }, { "exit 1", true },
		{ "echo '{\"SchemaVersion\":2,\"ArtifactName\":\"a\",\"Results\":[7,{\"Target\":\"t\",\"Vulnerabilities\":[{\"VulnerabilityID\":\"C\",\"PkgName\":\"p\",\"Severity\":\"HIGH\"}]}]}'", false },
		{ "exit 1", false },
	};
	g_autoptr(Policy) policy = fixture_policy("settings: {require_image_scan: true}\n");

	(void)data;
	(void)world_publish(f->cell, policy, FAIL_CLOSED, LOG_READS_ALL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		put_program(f, "trivy", rows[i].script);
		(void)scan(f, "trivy", SCAN_VULNERABILITY);
		for (int again = 0; again < 2; again++) {
			const World *world = world_acquire(f->cell);
			const Verdict *verdict = verdict_table_find(world->verdicts, ID, "trivy", false);
			g_assert_cmpint(verdict->whole, ==, rows[i].whole);
			g_assert_cmpuint(verdict->high, ==, 1);
			world_release(world);
			start_again(f);
		}
	}
}

/* Verdicts outlive the process. */
static void test_kept(Fixture *f, gconstpointer data)
{
	(void)data;
	put_program(f, "trivy", "echo '" REPORT "'");
	(void)scan(f, "trivy", SCAN_VULNERABILITY);
	start_again(f);
	const World *world = world_acquire(f->cell);
	g_assert_cmpuint(verdict_table_find(world->verdicts, ID, "trivy", false)->high, ==, 1);
	world_release(world);
}

/* What a thread looks at stays while the settings change. */
static gpointer look_often(gpointer data)
{
	Fixture *f = data;

	for (unsigned i = 0; i < 2000; i++) {
		g_auto(GStrv) dirs = jobs_program_dirs(f->jobs);
		g_assert_cmpstr(dirs[0], ==, f->bin);
		g_assert_nonnull(dirs[1]);
	}
	return NULL;
}

static void test_directories(Fixture *f, gconstpointer data)
{
	char elsewhere_dir[] = "/elsewhere", *others[] = { elsewhere_dir, NULL };
	const ScanSettings elsewhere = { .enabled = true, .timeout_s = 20, .program_dirs = others };
	GThread *thread = g_thread_new("reader", look_often, f);

	(void)data;
	for (unsigned i = 0; i < 50; i++)
		configure(f, true, 20);
	g_thread_join(thread);
	g_auto(GStrv) dirs = jobs_program_dirs(f->jobs);
	jobs_configure(f->jobs, &elsewhere, false);
	g_assert_cmpstr(dirs[0], ==, f->bin);
}

int main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(Fixture *f, gconstpointer data); } tests[] = {
		{ "/scan-jobs/off", test_off }, { "/scan-jobs/full", test_full }, { "/scan-jobs/room", test_room },
		{ "/scan-jobs/wishes", test_wishes }, { "/scan-jobs/wait", test_wait }, { "/scan-jobs/relapse", test_relapse },
		{ "/scan-jobs/kept", test_kept }, { "/scan-jobs/directories", test_directories },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
