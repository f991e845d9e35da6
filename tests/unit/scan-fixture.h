/* SPDX-License-Identifier: MIT
 *
 * Scans with scanners that are shell scripts of the test's own.
 */
#pragma once

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/error.h"
#include "base/limits.h"
#include "policy-fixture.h"
#include "scan/plan.h"
#include "scan/probe.h"
#include "scratch.h"

#define ID "sha256:00000000000000000000000000000000000000000000000000000000000000aa"
#define REPORT "{\"SchemaVersion\":2,\"ArtifactName\":\"a\",\"Results\":[{\"Target\":\"t\",\"Vulnerabilities\":[{\"VulnerabilityID\":\"CVE-1\",\"PkgName\":\"p\",\"Severity\":\"HIGH\"}]}]}"

typedef struct Fixture {
	char *dir, *bin;
	sd_event *event;
	WorldCell *cell;
	ImageSource source;
	ScanJobs *jobs;
	_Atomic unsigned saved;
	bool docker_gone;
} Fixture;

static inline bool save(void *data, const char *image_id, int fd, ImageTransfer *transfer, const _Atomic bool *cancelled, GError **error)
{
	Fixture *f = data;

	(void)cancelled;
	f->saved++;
	atomic_store(&transfer->bytes, UINT64_C(120000000));
	atomic_store(&transfer->total, UINT64_C(300000000));
	atomic_store(&transfer->layers, 7);
	if (f->docker_gone)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "Docker is gone");
	return !f->docker_gone && write(fd, image_id, strlen(image_id)) > 0;
}

static inline void put_file(const Fixture *f, const char *name, const char *script)
{
	g_autofree char *path = g_build_filename(f->bin, name, NULL), *text = g_strconcat("#!/bin/sh\n", script, "\n", NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(chmod(path, 0755), ==, 0);
}

/* A scanner that works: it is also asked for its version. */
static inline void put_program(const Fixture *f, const char *name, const char *script)
{
	g_autofree char *text = g_strconcat("case $* in --version | version | 'scout version') exit 0;; esac\n", script, NULL);

	put_file(f, name, text);
}

static inline void configure(Fixture *f, bool enabled, unsigned timeout_s)
{
	char *dirs[] = { f->bin, NULL };
	const ScanSettings settings = { .enabled = enabled, .offline = OFFLINE_YES, .timeout_s = timeout_s, .program_dirs = dirs };

	jobs_configure(f->jobs, &settings, false);
}

static inline void configure_wait(Fixture *f, bool enabled, unsigned push_wait_s)
{
	char *dirs[] = { f->bin, NULL };
	const ScanSettings settings = { .enabled = enabled, .offline = OFFLINE_YES, .timeout_s = 60, .push_wait_s = push_wait_s, .program_dirs = dirs };

	jobs_configure(f->jobs, &settings, false);
}

static inline void set_up(Fixture *f, gconstpointer data)
{
	(void)data;
	f->dir = scratch_new();
	f->bin = g_build_filename(f->dir, "bin", NULL);
	g_assert_cmpint(mkdir(f->bin, 0755), ==, 0);
	g_assert_cmpint(sd_event_new(&f->event), >=, 0);
	f->cell = world_cell_new();
	f->source = (ImageSource){ f, save };
	f->jobs = jobs_new(f->event, f->cell, f->dir, &f->source, NULL);
	g_assert_nonnull(f->jobs);
	configure(f, true, 20);
}

static inline void tear_down(Fixture *f, gconstpointer data)
{
	(void)data;
	jobs_free(f->jobs);
	sd_event_unref(f->event);
	world_cell_free(f->cell);
	g_free(f->bin);
	scratch_free(f->dir);
}

static inline const ScanJob *order(Fixture *f, const char *scanner, ScanKind kind)
{
	const ScanOrder plan = { .image_id = ID, .image = "a:1", .steps = { { scanner_find(scanner), kind } }, .step_count = 1 };
	const ScanJob *job = jobs_add(f->jobs, &plan, NULL);

	g_assert_nonnull(job);
	return job;
}

static inline void wait_for(Fixture *f, const ScanJob *job)
{
	gint64 until = g_get_monotonic_time() + 90 * G_USEC_PER_SEC;

	while (job->state < JOB_DONE && g_get_monotonic_time() < until)
		(void)sd_event_run(f->event, 100000);
	g_assert_cmpint(job->state, >=, JOB_DONE);
}

static inline ScanReport scan(Fixture *f, const char *scanner, ScanKind kind)
{
	const ScanJob *job = order(f, scanner, kind);

	wait_for(f, job);
	return job->reports[0];
}
