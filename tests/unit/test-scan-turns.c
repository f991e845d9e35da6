/* SPDX-License-Identifier: MIT
 *
 * Whose scans wait, and whose are next.
 */
#include "scan-fixture.h"

/* Scans of images that differ, all wanted by one user. */
static void want_many(const ScanQueue *queue, unsigned first, unsigned count, const char *user)
{
	const StringList who = { &user, 1 };

	for (unsigned i = first; i < first + count; i++) {
		g_autofree char *id = g_strdup_printf("sha256:%064x", i);
		queue->want(queue->data, id, user, SCANS_SECRETS, &who);
	}
}

static unsigned count_jobs(const ScanJobs *jobs, JobState state, const char *image)
{
	unsigned count = 0;

	for (uint64_t number = 1; jobs_find(jobs, number); number++)
		count += jobs_find(jobs, number)->state == state && !strcmp(jobs_find(jobs, number)->order.image, image);
	return count;
}

/* Runs the loop until so many are in that state. */
static void run_until(Fixture *f, JobState state, const char *image, unsigned count)
{
	const gint64 until = g_get_monotonic_time() + 30 * G_USEC_PER_SEC;

	while (count_jobs(f->jobs, state, image) != count && g_get_monotonic_time() < until)
		(void)sd_event_run(f->event, 100000);
	g_assert_cmpuint(count_jobs(f->jobs, state, image), ==, count);
}

/* Who has many images scanned leaves room in the queue, and others' turns come before. */
static void test_users(Fixture *f, gconstpointer data)
{
	g_autoptr(Policy) policy = fixture_policy("settings: {secret_scanning: {enabled: true, scanner: trufflehog}}\n");
	const ScanQueue *queue = jobs_queue(f->jobs);

	(void)data;
	put_program(f, "trufflehog", "sleep 60");
	(void)world_publish(f->cell, policy, FAIL_CLOSED, LOG_READS_ALL);
	want_many(queue, 0, LIMIT_SCAN_QUEUE, "alice");
	run_until(f, JOB_RUNNING, "alice", LIMIT_SCANS);
	run_until(f, JOB_QUEUED, "alice", LIMIT_SCAN_QUEUE_PER_USER - LIMIT_SCANS);
	want_many(queue, LIMIT_SCAN_QUEUE, LIMIT_SCANS + 1, "alice");
	want_many(queue, 1000, 2, "bob");
	run_until(f, JOB_QUEUED, "bob", 2);
	run_until(f, JOB_QUEUED, "alice", LIMIT_SCAN_QUEUE_PER_USER);
	jobs_cancel(f->jobs, 1);
	run_until(f, JOB_RUNNING, "bob", 1);
	run_until(f, JOB_RUNNING, "alice", LIMIT_SCANS - 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/scan-turns/users", Fixture, NULL, set_up, test_users, tear_down);
	return g_test_run();
}
