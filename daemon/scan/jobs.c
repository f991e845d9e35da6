/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/timer.h"
#include "core/verdict-file.h"
#include "scan/jobs-internal.h"
#include "scan/plan.h"
#include "scan/verify.h"

#define SECOND_US ((int64_t)1000 * 1000)
#define MS_S 1000u

const char *job_state_name(JobState state)
{
	static const char *const names[JOB_STATE_COUNT] = {
		[JOB_QUEUED] = "queued", [JOB_RUNNING] = "running", [JOB_DONE] = "done", [JOB_CANCELLED] = "cancelled",
	};

	return names[state];
}

void jobs_wake(void *data)
{
	(void)eventfd_write(((ScanJobs *)data)->wakeup, 1);
}

static void tell(const ScanJobs *jobs, const HeldJob *held, bool gone)
{
	if (jobs->observer)
		jobs->observer(&held->job, gone, jobs->observer_data);
}

void jobs_publish(ScanJobs *jobs)
{
	world_publish_verdicts(jobs->cell, jobs->settings.enabled ? jobs->verdicts : NULL);
}

void held_job_free(HeldJob *held)
{
	arena_free(held->work.arena);
	g_free(held->work.scans_dir);
	g_free(held->work.verdicts_dir);
	g_free(held->work.rules_file);
	g_free(held->work.cache);
	g_strfreev(held->work.program_dirs);
	policy_unref(held->work.policy);
	for (size_t i = 0; i < SCAN_STEPS; i++)
		if (held->work.verdicts[i])
			verdict_free(held->work.verdicts[i]);
	g_free(held);
}

static void *run(void *data)
{
	HeldJob *held = data;

	work_run(&held->work);
	atomic_store(&held->finished, true);
	jobs_wake(held->jobs);
	return NULL;
}

/* Whether a socket of the network can be had at all: the service of the package has none. */
static bool has_network(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

static void prepare(const ScanJobs *jobs, ScanWork *work)
{
	const ScanSettings *settings = &jobs->settings;

	work->source = jobs->source;
	work->scans_dir = g_strdup(jobs->scans_dir);
	work->verdicts_dir = g_strdup(jobs->verdicts_dir);
	work->cache = g_strdup(jobs->cache);
	work->rules_file = g_strdup(jobs->rules_file);
	work->program_dirs = g_strdupv(jobs->program_dirs);
	memcpy(work->key, jobs->key, sizeof work->key);
	work->offline = settings->offline == OFFLINE_YES || (settings->offline == OFFLINE_AUTO && !has_network());
	work->verify = settings->verify_secrets;
	const World *world = world_acquire(jobs->cell);
	work->policy = world->policy ? policy_ref((Policy *)(uintptr_t)world->policy) : NULL;
	world_release(world);
	work->timeout_ms = settings->timeout_s * MS_S;
	work->on_progress = jobs_wake;
	work->data = (void *)(uintptr_t)jobs;
}

static void end_job(ScanJobs *jobs, HeldJob *held, JobState state)
{
	held->job.state = state;
	held->ended_us = g_get_monotonic_time();
	memcpy(held->job.reports, held->work.reports, sizeof held->job.reports);
	tell(jobs, held, false);
}

static void start_next(ScanJobs *jobs)
{
	for (HeldJob *held; jobs->running < LIMIT_SCANS && (held = jobs_next(jobs));) {
		prepare(jobs, &held->work);
		held->job.state = JOB_RUNNING;
		if (pthread_create(&held->thread, NULL, run, held) != 0) {
			log_error("a scan cannot be started: there is no room for its thread");
			end_job(jobs, held, JOB_CANCELLED);
			continue;
		}
		jobs->running++;
		tell(jobs, held, false);
	}
}

static void log_end(const HeldJob *held)
{
	for (size_t i = 0; i < held->job.order.step_count; i++) {
		const ScanReport *report = &held->work.reports[i];
		bool whole = report->outcome == SCAN_FOUND || report->outcome == SCAN_CLEAN;
		log_line(whole ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "scan %" G_GUINT64_FORMAT " of %s by %s: %s", held->job.number, held->job.order.image, report->scanner,
			whole ? "done" : report->detail);
	}
}

static void count_runs(const ScanJobs *jobs, const HeldJob *held)
{
	static const ScanResult results[SCAN_OUTCOME_COUNT] = {
		[SCAN_FAILED] = SCAN_RESULT_FAILED, [SCAN_INCOMPLETE] = SCAN_RESULT_INCOMPLETE, [SCAN_FOUND] = SCAN_RESULT_DONE, [SCAN_CLEAN] = SCAN_RESULT_DONE,
	};

	for (size_t i = 0; i < held->job.order.step_count; i++) {
		const ScanReport *report = &held->work.reports[i];
		const ScanStep *step = &held->job.order.steps[i];
		if (step->kind == SCAN_SIGNATURE)
			continue;
		metrics_scanned(jobs->metrics, step->scanner->is->name, step->kind == SCAN_SECRET, results[report->outcome], held->work.durations_us[i], report->database);
	}
}

static void look_after(ScanJobs *jobs, HeldJob *held)
{
	unsigned progress = atomic_load(&held->work.progress);

	if (atomic_load(&held->finished)) {
		(void)pthread_join(held->thread, NULL);
		jobs->running--;
		bool cancelled = atomic_load(&held->work.cancelled);
		if (!cancelled) {
			log_end(held);
			count_runs(jobs, held);
		}
		jobs_take_verdicts(jobs, held);
		held->job.progress = 100;
		end_job(jobs, held, cancelled ? JOB_CANCELLED : JOB_DONE);
	} else if (progress != held->job.progress) {
		held->job.progress = progress;
		tell(jobs, held, false);
	}
}

/* Whether this step of this image waits or runs already. */
static bool under_way(const ScanJobs *jobs, const char *image_id, const ScanStep *step)
{
	for (const GList *at = jobs->held.head; at; at = at->next) {
		const ScanJob *job = at->data;
		if ((job->state != JOB_QUEUED && job->state != JOB_RUNNING) || strcmp(job->order.image_id, image_id) != 0)
			continue;
		for (size_t i = 0; i < job->order.step_count; i++)
			if (job->order.steps[i].scanner == step->scanner && job->order.steps[i].kind == step->kind)
				return true;
	}
	return false;
}

/* A scan that did not work is not tried again at once. */
static bool failed_lately(const ScanJobs *jobs, const ScanWish *wish, const Policy *policy, const ScanStep *step)
{
	const Verdict *verdict = verdict_table_find(jobs->verdicts, wish->image_id, step->scanner->is->name, step->kind == SCAN_SECRET);
	if (step->kind == SCAN_SIGNATURE)
		return verdict && policy && verify_made_lately(verdict, policy, wish->image);
	int64_t age = verdict ? g_get_real_time() - verdict->time_us : 0;

	return verdict && !verdict->whole && age >= 0 && age < LIMIT_SCAN_RETRY_S * SECOND_US;
}

static void grant(ScanJobs *jobs, const ScanWish *wish)
{
	const World *world = world_acquire(jobs->cell);
	ScanOrder plan = { .image_id = wish->image_id, .image = wish->image }, order = plan;
	g_autoptr(GError) error = NULL;

	if (world->policy)
		plan_add(&plan, world->policy, wish->scans, (const char *const *)jobs->program_dirs);
	for (size_t i = 0; i < plan.step_count; i++)
		if (!under_way(jobs, wish->image_id, &plan.steps[i]) && !failed_lately(jobs, wish, world->policy, &plan.steps[i]))
			order.steps[order.step_count++] = plan.steps[i];
	world_release(world);
	if (!order.step_count)
		return;
	order.user = jobs_payer(jobs, &wish->who);
	if (!order.user)
		log_warning("%s is not scanned now: %u scans of who wants it wait already", wish->image, share_bound(&wish->who, LIMIT_SCAN_QUEUE_PER_USER));
	else if (!jobs_add(jobs, &order, &error))
		log_warning("%s is not scanned now: %s", wish->image, error->message);
}

int jobs_on_wakeup(sd_event_source *source, int fd, uint32_t events, void *data)
{
	ScanJobs *jobs = data;
	eventfd_t value;

	(void)source;
	(void)events;
	(void)eventfd_read(fd, &value);
	for (const GList *at = jobs->held.head; at; at = at->next)
		if (((HeldJob *)at->data)->job.state == JOB_RUNNING)
			look_after(jobs, at->data);
	for (ScanWish *wish; (wish = wishes_take(jobs->wishes)); wish_free(wish))
		grant(jobs, wish);
	start_next(jobs);
	jobs_look_after_waits(jobs);
	return 0;
}

void jobs_want(void *data, const char *image_id, const char *image, unsigned scans, const StringList *who)
{
	ScanJobs *jobs = data;

	if (wishes_put(jobs->wishes, image_id, image, scans, who))
		jobs_wake(jobs);
}

static void forget(ScanJobs *jobs, HeldJob *held)
{
	tell(jobs, held, true);
	(void)g_queue_remove(&jobs->held, held);
	held_job_free(held);
}

static void forget_oldest(ScanJobs *jobs)
{
	for (const GList *at = jobs->held.head; at; at = at->next) {
		HeldJob *held = at->data;
		if (held->job.state < JOB_DONE)
			continue;
		forget(jobs, held);
		return;
	}
}

/* Jobs that ended a while ago are forgotten. */
int jobs_on_timer(sd_event_source *source, uint64_t now, void *data)
{
	ScanJobs *jobs = data;
	const GList *next;

	(void)now;
	for (const GList *at = jobs->held.head; at; at = next) {
		HeldJob *held = at->data;
		next = at->next;
		if (held->job.state < JOB_DONE || g_get_monotonic_time() - held->ended_us < LIMIT_SCAN_KEPT_S * SECOND_US)
			continue;
		forget(jobs, held);
	}
	jobs_look_at_vex(jobs);
	return timer_start(source, SECOND_US);
}

static unsigned waiting(const ScanJobs *jobs)
{
	unsigned count = 0;

	for (const GList *at = jobs->held.head; at; at = at->next)
		count += ((const ScanJob *)at->data)->state == JOB_QUEUED;
	return count;
}

const ScanJob *jobs_add(ScanJobs *jobs, const ScanOrder *order, GError **error)
{
	if (!jobs->settings.enabled || jobs->stopped) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "scanning is switched off (config.yaml: scanning.enabled)");
		return NULL;
	}
	if (!image_id_valid(order->image_id)) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "Docker calls the image by an id that is none");
		return NULL;
	}
	if (waiting(jobs) >= LIMIT_SCAN_QUEUE) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "%u scans wait already; try again in a while", LIMIT_SCAN_QUEUE);
		return NULL;
	}
	if (g_queue_get_length(&jobs->held) >= LIMIT_SCAN_JOBS)
		forget_oldest(jobs);
	HeldJob *held = g_new0(HeldJob, 1);
	held->jobs = jobs;
	held->work.arena = arena_new();
	held->job = (ScanJob){ .number = ++jobs->last_number, .order = *order };
	held->job.order.image_id = arena_strdup(held->work.arena, order->image_id);
	held->job.order.image = arena_strdup(held->work.arena, order->image);
	held->job.order.user = arena_strdup(held->work.arena, order->user ? order->user : "");
	held->work.order = held->job.order;
	g_queue_push_tail(&jobs->held, held);
	jobs_wake(jobs);
	return &held->job;
}

const ScanJob *jobs_find(const ScanJobs *jobs, uint64_t number)
{
	for (const GList *at = jobs->held.head; at; at = at->next)
		if (((const ScanJob *)at->data)->number == number)
			return at->data;
	return NULL;
}

void jobs_cancel(ScanJobs *jobs, uint64_t number)
{
	HeldJob *held = (HeldJob *)(uintptr_t)jobs_find(jobs, number);

	if (!held)
		return;
	atomic_store(&held->work.cancelled, true);
	if (held->job.state == JOB_QUEUED)
		end_job(jobs, held, JOB_CANCELLED);
	jobs_wake(jobs);
}

void jobs_set_metrics(ScanJobs *jobs, Metrics *metrics)
{
	jobs->metrics = metrics;
}

void jobs_set_observer(ScanJobs *jobs, ScanJobFn observer, void *data)
{
	jobs->observer = observer;
	jobs->observer_data = data;
}

const ScanQueue *jobs_queue(const ScanJobs *jobs)
{
	return &jobs->queue;
}

char **jobs_program_dirs(ScanJobs *jobs)
{
	(void)pthread_mutex_lock(&jobs->dirs_lock);
	char **copy = g_strdupv(jobs->program_dirs);
	(void)pthread_mutex_unlock(&jobs->dirs_lock);
	return copy;
}
