/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "base/log.h"
#include "core/verdict-file.h"
#include "request/list.h"
#include "scan/agent.h"
#include "scan/count.h"
#include "scan/own-rules.h"
#include "scan/verify.h"
#include "scan/work.h"

#define OPEN_DIRECTORIES 16
#define PERCENT 100u
#define SHARED_IMAGE_MODE 0444
#define SHARED_DIRECTORY_MODE 0711

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static void remove_tree(const char *directory)
{
	/* Not FTW_MOUNT: on an overlay files can have another device than their directory, and would stay. */
	(void)nftw(directory, remove_entry, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
}

void work_tidy(const char *scans_dir)
{
	g_autoptr(GDir) dir = g_dir_open(scans_dir, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		pid_t maker = (pid_t)g_ascii_strtoll(name, NULL, 10);
		if (maker > 0 && (kill(maker, 0) == 0 || errno != ESRCH))
			continue;
		g_autofree char *path = g_build_filename(scans_dir, name, NULL);
		remove_tree(path);
	}
}

static void advance(ScanWork *work, size_t done)
{
	atomic_store(&work->step, (unsigned)done);
	atomic_store(&work->progress, (unsigned)(done * PERCENT / (work->order.step_count + 1)));
	work->on_progress(work->data);
}

static void fail_all(ScanWork *work, const char *detail)
{
	for (size_t i = 0; i < work->order.step_count; i++)
		if (!work->verdicts[i])
			work->reports[i] = scan_failure(work->order.steps[i].scanner->is->name, arena_strdup(work->arena, detail));
}

/* A secret for the list, when there is room and it fits into a field. */
static void list_secret(Verdict *verdict, const ScanFinding *finding)
{
	VerdictSecret secret = {
		.detector = arena_strdup(verdict->arena, finding->id), .path = arena_strdup(verdict->arena, finding->path), .line = (int64_t)MIN(finding->line, INT32_MAX),
		.critical = finding->severity == SCAN_CRITICAL, .high = finding->severity == SCAN_HIGH, .medium = finding->severity == SCAN_MEDIUM,
		.verified = finding->verified,
	};

	if (verdict->listed.count < LIMIT_VERDICT_SECRETS)
		LIST_APPEND(verdict->arena, &verdict->listed, secret);
}

/* The worst come first. */
static void list_known(Verdict *verdict, const ScanReport *report, Arena *scratch)
{
	size_t count;
	const ScanFinding **found = scan_distinct(report, SCAN_VULNERABILITY, scratch, &count);

	for (size_t i = 0; i < count && found[i]->severity >= SCAN_MEDIUM && verdict->known.count < LIMIT_VERDICT_KNOWN; i++) {
		Arena *arena = verdict->arena;
		const VerdictVulnerability one = scan_known(found[i]);
		const VerdictVulnerability kept = {
			arena_strdup(arena, one.id), arena_strdup(arena, one.package), arena_strdup(arena, one.version), arena_strdup(arena, one.purl), one.critical, one.high,
			one.medium, one.fixed,
		};
		LIST_APPEND(arena, &verdict->known, kept);
	}
}

static Verdict *verdict_of(const ScanWork *work, size_t step)
{
	const ScanReport *report = &work->reports[step];
	ScanKind kind = work->order.steps[step].kind;
	const ScanCounts counts = scan_count(report, kind, work->arena);
	Verdict *verdict = verdict_new();

	verdict->image_id = arena_strdup(verdict->arena, work->order.image_id);
	verdict->scanner = arena_strdup(verdict->arena, work->order.steps[step].scanner->is->name);
	verdict->detail = arena_strdup(verdict->arena, report->detail);
	verdict->version = arena_strdup(verdict->arena, report->version);
	verdict->database = arena_strdup(verdict->arena, report->database ? report->database : "");
	verdict->secrets = kind == SCAN_SECRET;
	verdict->whole = report->outcome == SCAN_FOUND || report->outcome == SCAN_CLEAN;
	verdict->failed = report->outcome == SCAN_FAILED;
	verdict->time_us = g_get_real_time();
	verdict->critical = counts.by_severity[SCAN_CRITICAL];
	verdict->high = counts.by_severity[SCAN_HIGH];
	verdict->medium = counts.by_severity[SCAN_MEDIUM];
	verdict->verified = counts.verified;
	for (size_t i = 0; report->outcome == SCAN_INCOMPLETE && report->only_gaps && i < report->gaps.count; i++) {
		const char *path = arena_strdup(verdict->arena, report->gaps.items[i]);
		LIST_APPEND(verdict->arena, &verdict->gaps, path);
	}
	for (size_t i = 0; i < report->count; i++)
		if (kind == SCAN_SECRET && report->items[i].kind == SCAN_SECRET)
			list_secret(verdict, &report->items[i]);
	if (kind == SCAN_VULNERABILITY)
		list_known(verdict, report, work->arena);
	verdict->end_of_life = arena_strdup(verdict->arena, report->end_of_life ? report->end_of_life : "");
	return verdict;
}

static bool is_signature(const ScanWork *work, size_t step)
{
	return work->order.steps[step].kind == SCAN_SIGNATURE;
}

static void keep(const ScanWork *work, const Verdict *verdict)
{
	g_autoptr(GError) error = NULL;

	if (verdict_keep(work->verdicts_dir, verdict, work->policy ? policy_scan_lasts_us(work->policy) : 0, &error))
		return;
	log_warning("a verdict is not kept beyond this process: %s", error->message);
	/* What found something, though not all, speaks against an older one. */
	if (!verdict->whole && (verdict->critical || verdict->high || verdict->medium))
		verdict_forget(work->verdicts_dir, verdict);
}

static void take_step(ScanWork *work, const ScanTask *task, size_t step)
{
	const int64_t begin = g_get_monotonic_time();
	work->reports[step] = scanner_scan(work->order.steps[step].scanner, task, work->arena);
	work->durations_us[step] = (uint64_t)MAX(g_get_monotonic_time() - begin, 1);
	if (atomic_load(&work->cancelled))
		return;
	work->verdicts[step] = verdict_of(work, step);
	keep(work, work->verdicts[step]);
}

/* Whoever is handed the directory may read the image, also as another user; nobody else gets through the one above. */
static int open_for_sandbox(const char *directory, int archive)
{
	if (fchmod(archive, SHARED_IMAGE_MODE) < 0 || chmod(directory, SHARED_DIRECTORY_MODE) < 0)
		return -1;
	return open(directory, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void take_steps(ScanWork *work, ScanTask *task)
{
	for (size_t i = 0; i < work->order.step_count && !atomic_load(&work->cancelled); i++) {
		advance(work, i + 1);
		if (work->order.steps[i].scanner->own && !task->rules)
			continue; /* it has failed already */
		if (is_signature(work, i))
			continue;
		task->kind = work->order.steps[i].kind;
		(void)lseek(task->archive_fd, 0, SEEK_SET);
		take_step(work, task, i);
	}
}

/* The site's own rules as a file beside the image; NULL: they are wrong, and the built-in detector does not scan without them. */
static char *put_rules(ScanWork *work, const char *directory)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = work->rules_file ? own_rules_text(work->rules_file, &error) : g_strdup(""), *file = g_build_filename(directory, AGENT_RULES, NULL);

	if (text && g_file_set_contents_full(file, text, -1, G_FILE_SET_CONTENTS_NONE, SHARED_IMAGE_MODE, &error) && chmod(file, SHARED_IMAGE_MODE) == 0)
		return g_steal_pointer(&file);
	for (size_t i = 0; i < work->order.step_count; i++)
		if (work->order.steps[i].scanner->own)
			work->reports[i] = scan_failure(work->order.steps[i].scanner->is->name, arena_strdup(work->arena, error ? error->message : g_strerror(errno)));
	return NULL;
}

/* Before the others: the image itself is not needed, and calls may wait.  True: nothing else is wanted. */
static bool take_signatures(ScanWork *work, const ScanTask *task, const char *directory)
{
	size_t count = 0;

	for (size_t i = 0; i < work->order.step_count && !atomic_load(&work->cancelled); i++) {
		if (!is_signature(work, i))
			continue;
		const int64_t begin = g_get_monotonic_time();
		verify_step(work, task, i, directory);
		work->durations_us[i] = (uint64_t)MAX(g_get_monotonic_time() - begin, 1);
		if (!atomic_load(&work->cancelled))
			keep(work, work->verdicts[i]);
		count++;
	}
	return count == work->order.step_count;
}

static void scan(ScanWork *work, const char *directory, const char *archive, int fd)
{
	g_autofree char *rules = put_rules(work, directory);
	ScanTask task = {
		.archive_fd = fd, .archive = archive, .rules = rules, .directory = directory, .cache = work->cache, .offline = work->offline, .verify = work->verify,
		.program_dirs = (const char *const *)work->program_dirs, .timeout_ms = work->timeout_ms, .key = work->key, .cancelled = &work->cancelled,
	};
	g_autoptr(GError) error = NULL;

	if (take_signatures(work, &task, directory))
		return;
	if (!work->source->save(work->source->data, work->order.image_id, fd, &work->transfer, &work->cancelled, &error)) {
		fail_all(work, error->message);
		return;
	}
	task.directory_fd = remote_used() ? open_for_sandbox(directory, fd) : 0;
	if (task.directory_fd < 0)
		fail_all(work, arena_printf(work->arena, "the image cannot be handed to a sandbox: %s", g_strerror(errno)));
	else
		take_steps(work, &task);
	if (task.directory_fd > 0)
		(void)close(task.directory_fd);
}

/* A scan that could not even begin is told of as well: in memory, so that a denial says why. */
static void tell_failures(ScanWork *work)
{
	for (size_t i = 0; i < work->order.step_count; i++)
		if (!work->verdicts[i] && !atomic_load(&work->cancelled)) {
			work->verdicts[i] = verdict_of(work, i);
			work->verdicts[i]->signatures = is_signature(work, i);
		}
}

void work_run(ScanWork *work)
{
	g_autofree char *directory = g_strdup_printf("%s/%d-XXXXXX", work->scans_dir, (int)getpid());
	g_autofree char *archive = NULL;
	int fd = -1;

	fail_all(work, "it was cancelled");
	if (g_mkdtemp(directory)) {
		archive = g_build_filename(directory, AGENT_IMAGE, NULL);
		fd = open(archive, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	}
	if (fd >= 0)
		scan(work, directory, archive, fd);
	else
		fail_all(work, arena_printf(work->arena, "nothing can be written to %s: %s", work->scans_dir, g_strerror(errno)));
	if (fd >= 0)
		(void)close(fd);
	if (archive)
		remove_tree(directory);
	tell_failures(work);
}
