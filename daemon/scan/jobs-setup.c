/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "base/error.h"
#include "base/log.h"
#include "base/timer.h"
#include "core/verdict-file.h"
#include "scan/jobs-internal.h"
#include "scan/key.h"
#include "scan/probe.h"

static void add_dirs(GPtrArray *dirs, const char *const *more)
{
	for (size_t i = 0; more && more[i]; i++)
		if (*more[i] == '/')
			g_ptr_array_add(dirs, g_strdup(more[i]));
}

static void *probe(void *data)
{
	ScanJobs *jobs = data;

	scanners_probe((const char *const *)jobs->probed_dirs, &jobs->probe_cancelled);
	return NULL;
}

static void end_probe(ScanJobs *jobs)
{
	atomic_store(&jobs->probe_cancelled, true);
	if (jobs->probed_dirs)
		(void)pthread_join(jobs->prober, NULL);
	g_clear_pointer(&jobs->probed_dirs, g_strfreev);
	atomic_store(&jobs->probe_cancelled, false);
}

/* Who asks for a scan that nobody waits for must not wait either. */
static void begin_probe(ScanJobs *jobs)
{
	end_probe(jobs);
	jobs->probed_dirs = g_strdupv(jobs->program_dirs);
	if (pthread_create(&jobs->prober, NULL, probe, jobs) != 0)
		g_clear_pointer(&jobs->probed_dirs, g_strfreev);
}

static void exchange_dirs(ScanJobs *jobs, char **dirs)
{
	(void)pthread_mutex_lock(&jobs->dirs_lock);
	char **before = jobs->program_dirs;
	jobs->program_dirs = dirs;
	(void)pthread_mutex_unlock(&jobs->dirs_lock);
	g_strfreev(before);
}

void jobs_configure(ScanJobs *jobs, const ScanSettings *settings, bool private_instance)
{
	g_autoptr(GPtrArray) dirs = g_ptr_array_new();
	const char *path = private_instance ? g_getenv("PATH") : NULL;
	g_auto(GStrv) own = g_strsplit(path ? path : "", ":", -1);

	scan_settings_clear(&jobs->settings);
	jobs->settings = scan_settings_copy(settings);
	atomic_store(&jobs->push_wait_s, settings->push_wait_s);
	add_dirs(dirs, (const char *const *)settings->program_dirs);
	add_dirs(dirs, (const char *const *)own);
	add_dirs(dirs, scanner_directories);
	g_ptr_array_add(dirs, NULL);
	exchange_dirs(jobs, (char **)g_ptr_array_free(g_steal_pointer(&dirs), FALSE));
	jobs_publish(jobs);
	if (!private_instance && jobs->timer)
		begin_probe(jobs);
}

static void prepare_places(ScanJobs *jobs, const char *cache_dir)
{
	g_autofree char *key = g_build_filename(cache_dir, "scan.key", NULL);
	const struct { char **place; const char *name; } places[] = {
		{ &jobs->scans_dir, "scans" }, { &jobs->verdicts_dir, "verdicts" }, { &jobs->cache, "scanners" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		*places[i].place = g_build_filename(cache_dir, places[i].name, NULL);
		if (g_mkdir_with_parents(*places[i].place, 0750) < 0)
			log_debug("%s cannot be made", *places[i].place);
	}
	work_tidy(jobs->scans_dir);
	scan_key_load(key, jobs->key);
	jobs->verdicts = verdicts_load(jobs->verdicts_dir);
}

ScanJobs *jobs_new(sd_event *event, WorldCell *cell, const char *cache_dir, const ImageSource *source, GError **error)
{
	const ScanSettings usual = scan_settings_default();
	ScanJobs *jobs = g_new0(ScanJobs, 1);

	*jobs = (ScanJobs){
		.event = event, .cell = cell, .source = source, .queue = { jobs, jobs_want, jobs_wait }, .settings = scan_settings_copy(&usual), .wishes = wishes_new(), .waits = waits_new(),
		.wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	};
	(void)pthread_mutex_init(&jobs->dirs_lock, NULL);
	prepare_places(jobs, cache_dir);
	jobs_configure(jobs, &usual, false);
	if (sd_event_add_io(event, &jobs->io, jobs->wakeup, EPOLLIN, jobs_on_wakeup, jobs) >= 0 &&
		timer_new(event, &jobs->wait_timer, jobs_on_wait_timer, jobs) >= 0 && timer_new(event, &jobs->timer, jobs_on_timer, jobs) >= 0 && timer_start(jobs->timer, 0) >= 0)
		return jobs;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "scans cannot be set up");
	jobs_free(jobs);
	return NULL;
}

void jobs_use_rules(ScanJobs *jobs, const char *file)
{
	g_free(jobs->rules_file);
	jobs->rules_file = g_strdup(file);
}

#define MB 1000000u

static void put_layers(GString *text, const char *before, unsigned layers)
{
	if (layers)
		g_string_append_printf(text, "%s%u layer%s", before, layers, layers == 1 ? "" : "s");
}

char *job_phase(const ScanJob *job)
{
	ScanWork *work = &((HeldJob *)(uintptr_t)job)->work;
	const unsigned step = atomic_load(&work->step), layers = atomic_load(&work->transfer.layers);
	const uint64_t bytes = atomic_load(&work->transfer.bytes) / MB, total = atomic_load(&work->transfer.total) / MB;
	GString *text = g_string_new("");

	if (job->state != JOB_RUNNING)
		return g_string_free(text, FALSE);
	if (step) {
		g_string_printf(text, "%s, %u of %zu: %" G_GUINT64_FORMAT " MB", job->order.steps[step - 1].scanner->is->name, step, job->order.step_count, bytes);
		put_layers(text, " in ", layers);
		return g_string_free(text, FALSE);
	}
	g_string_printf(text, "copying");
	put_layers(text, " ", layers);
	g_string_append_printf(text, "%s %" G_GUINT64_FORMAT, layers ? "," : "", bytes);
	if (total > bytes)
		g_string_append_printf(text, " of %" G_GUINT64_FORMAT, total);
	g_string_append(text, " MB");
	return g_string_free(text, FALSE);
}

void jobs_look_at_vex(ScanJobs *jobs)
{
	if (!jobs->vex || !vex_files_changed(jobs->vex))
		return;
	VexTable *said = vex_files_read(jobs->vex);
	VerdictTable *changed = verdict_table_with_vex(jobs->verdicts, said);
	vex_unref(said);
	verdict_table_unref(jobs->verdicts);
	jobs->verdicts = changed;
	jobs_publish(jobs);
}

void jobs_use_vex(ScanJobs *jobs, const char *directory)
{
	vex_files_free(jobs->vex);
	jobs->vex = vex_files_new(directory);
	jobs_look_at_vex(jobs);
}

void jobs_wait_no_more(ScanJobs *jobs)
{
	if (jobs)
		waits_close(jobs->waits);
}

void jobs_stop(ScanJobs *jobs)
{
	if (!jobs || jobs->stopped)
		return;
	jobs->stopped = true;
	end_probe(jobs);
	wishes_close(jobs->wishes);
	waits_close(jobs->waits);
	for (const GList *at = jobs->held.head; at; at = at->next)
		atomic_store(&((HeldJob *)at->data)->work.cancelled, true);
	for (const GList *at = jobs->held.head; at; at = at->next)
		if (((HeldJob *)at->data)->job.state == JOB_RUNNING)
			(void)pthread_join(((HeldJob *)at->data)->thread, NULL);
}

void jobs_free(ScanJobs *jobs)
{
	if (!jobs)
		return;
	jobs_stop(jobs);
	for (HeldJob *held; (held = g_queue_pop_head(&jobs->held)); held_job_free(held))
		;
	sd_event_source_disable_unref(jobs->io);
	sd_event_source_disable_unref(jobs->timer);
	sd_event_source_disable_unref(jobs->wait_timer);
	verdict_table_unref(jobs->verdicts);
	vex_files_free(jobs->vex);
	scan_settings_clear(&jobs->settings);
	g_strfreev(jobs->program_dirs);
	(void)pthread_mutex_destroy(&jobs->dirs_lock);
	g_free(jobs->scans_dir);
	g_free(jobs->verdicts_dir);
	g_free(jobs->cache);
	g_free(jobs->rules_file);
	wishes_free(jobs->wishes);
	waits_free(jobs->waits);
	(void)close(jobs->wakeup);
	explicit_bzero(jobs->key, sizeof jobs->key);
	g_free(jobs);
}
