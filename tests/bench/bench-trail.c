/* SPDX-License-Identifier: MIT
 *
 * A long trail: how far its index stays behind while it is written, how fast one is made, what questions cost, and the same when its files are packed.
 * bench-trail DIR ROWS SENTINEL writes the trail below DIR (a configuration directory of its own) as the service does, and asks through the command line,
 * each time with a service of its own: so a start is in each number.  Beside the time stands that of the processor, which is the same on a busy machine.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include "audit/database.h"
#include "audit/index.h"
#include "audit/journal.h"
#include "audit/pack.h"
#include "audit/place.h"
#include "base/limits.h"
#include "core/record.h"

#define ROUNDS 5
#define MIB (1024.0 * 1024)
#define LOAD_ROWS 100000u /* a second */
#define BEGIN_US INT64_C(1760000000000000)
#define STEP_US 250000 /* four calls a second: ten million are a month */

static const char *const users[] = { "alice", "bob", "carol", "ci-runner", "root", "one-of:alice,root" };
static const char *const images[] = { "nginx:1.25", "postgres:16", "registry.example.com/team/app:2.1", "redis:7", "ubuntu:24.04" };

typedef struct Call {
	const char *method, *endpoint, *uri, *command;
} Call;

static const Call calls[] = {
	{ "GET", "system.ping", "/_ping", "ping" },
	{ "GET", "container.list", "/v1.43/containers/json?all=", "docker ps" },
	{ "GET", "container.inspect", "/v1.43/containers/json", "docker inspect " },
	{ "POST", "container.start", "/v1.43/containers/start", "docker start " },
	{ "POST", "exec.create", "/v1.43/containers/exec", "docker exec  sh -c uptime" },
	{ "POST", "container.create", "/v1.43/containers/create?name=", "docker create -v /srv/data:/data:ro --memory 512m" },
};

static double now_s(void)
{
	return (double)g_get_monotonic_time() / G_USEC_PER_SEC;
}

/* Of the processor: our threads' (RUSAGE_SELF), or that of all whose end was waited for (RUSAGE_CHILDREN). */
static double work_s(int who)
{
	struct rusage usage = { 0 };

	(void)getrusage(who, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / G_USEC_PER_SEC;
}

/* One in ten has a finding, one in fifty is denied; one in a million is rare in every way. */
static const char *make_line(uint64_t id, Arena *arena, size_t *ret_length)
{
	static const char *const rules[] = { "builtin.privileged", "builtin.mounts", "builtin.latest-tag", "builtin.run-as-root" };
	const unsigned mix = (unsigned)(id * 2654435761u >> 8);
	const Call *call = &calls[mix % G_N_ELEMENTS(calls)];
	const bool rare = id % 1000000 == 777, found = mix % 10 == 0 || rare, denied = mix % 50 == 0 || rare;
	Finding findings[2] = { { rules[mix / 10 % 4], "privilege", SEVERITY_CRITICAL, ACTION_BLOCK, "Privileged containers are not allowed", "" },
		{ rare ? "custom.rare" : rules[mix / 40 % 4], "image", SEVERITY_LOW, ACTION_WARN, "The tag latest names another image each day", "" } };
	Decision decision = { .allowed = !denied, .outcome = denied ? OUTCOME_DENIED : found ? OUTCOME_WARNED : OUTCOME_ALLOWED, .mode = MODE_ENFORCE, .policy = "production",
		.score = rare ? 100 : found ? mix % 9 * 10 : 0, .max_score = 50, .findings = findings, .finding_count = found ? 2 : 0 };
	Request *request = request_new(arena);
	char uri[200], command[300];

	(void)snprintf(uri, sizeof uri, "%s%08x%08x", call->uri, mix, mix ^ 0x5bd1e995u);
	(void)snprintf(command, sizeof command, "%s %08x%08x%08x%08x", call->command, mix, mix ^ 0x5bd1e995u, mix * 3, mix * 7);
	request->method = call->method;
	request->uri = uri;
	request->endpoint = call->endpoint;
	request->summary = rare ? "docker create needle" : command;
	request->image.text = rare ? "rare/image:1" : mix % 3 ? "" : images[mix / 3 % G_N_ELEMENTS(images)];
	return record_format(&(Record){ .id = id, .time_us = BEGIN_US + (int64_t)id * STEP_US, .duration_us = mix % 900, .user = rare ? "rarely" : users[mix / 7 % G_N_ELEMENTS(users)],
				       .request = request, .decision = &decision }, arena, ret_length);
}

/* Up to record `last`, at most so many a second (0: as fast as it goes), in files as the service makes them.  What is there already is not written again. */
static bool write_trail(const char *dir, uint64_t last, unsigned per_second)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GError) error = NULL;
	Journal *journal = journal_open(dir, &error);
	const double begin = now_s();
	size_t length;

	for (uint64_t id = 0, written = 0; journal && id < last; written++) {
		id = journal_take_id(journal);
		const char *line = make_line(id, arena, &length);
		if (id > last || journal_append(journal, line, length) < 0)
			break;
		arena_reset(arena);
		if (id % 1000 == 0 && journal_is_due(journal, LIMIT_SEGMENT_BYTES, INT64_MAX))
			(void)journal_rotate(journal);
		while (per_second && (double)written > (now_s() - begin) * per_second)
			g_usleep(1000);
	}
	if (!journal)
		(void)printf("%s\n", error->message);
	journal_close(journal);
	return journal != NULL;
}

/* Of the database's state. */
static int64_t state_of(const char *dir, const char *column)
{
	g_autofree char *path = g_build_filename(dir, "audit.db", NULL), *sql = g_strdup_printf("SELECT %s FROM position", column);
	sqlite3_stmt *statement = NULL;
	sqlite3 *handle = NULL;
	int64_t number = 0;

	if (sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK && sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) == SQLITE_OK &&
		sqlite3_step(statement) == SQLITE_ROW)
		number = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement);
	(void)sqlite3_close(handle);
	return number;
}

typedef struct Load {
	const char *dir;
	uint64_t last;
	_Atomic bool over;
} Load;

static gpointer write_load(gpointer data)
{
	Load *load = data;

	(void)write_trail(load->dir, load->last, LOAD_ROWS);
	atomic_store(&load->over, true);
	return NULL;
}

/* The longest time until what the trail held at a moment could be asked for. */
static void measure_lag(const char *dir, uint64_t rows)
{
	g_autoptr(GError) error = NULL;
	Load load = { .dir = dir, .last = rows };
	Index *index = index_start(dir, &error);
	const double begin = now_s();
	double most = 0;

	if (!index) {
		(void)printf("%s\n", error->message);
		return;
	}
	GThread *thread = g_thread_new("load", write_load, &load);
	while (!atomic_load(&load.over)) {
		const double asked = now_s();
		const int64_t end = places_end_of(dir);
		while (state_of(dir, "position") < end)
			g_usleep(5000);
		most = MAX(most, now_s() - asked);
		g_usleep(20000);
	}
	(void)g_thread_join(thread);
	(void)printf("lag: %.3f s at most, while %.0f rows a second are written\n", most, (double)rows / (now_s() - begin));
	index_stop(index);
}

static void measure_index(const char *dir, uint64_t rows)
{
	g_autoptr(GError) error = NULL;
	const int64_t end = places_end_of(dir);
	double begin = now_s(), work = work_s(RUSAGE_SELF), rows_done, rows_work;
	Index *index = index_start(dir, &error);

	if (!index) {
		(void)printf("%s\n", error->message);
		return;
	}
	while (state_of(dir, "position") < end)
		g_usleep(50000);
	rows_done = now_s();
	rows_work = work_s(RUSAGE_SELF);
	(void)printf("rows: %.0f a second, %.0f a second of the processor\n", (double)rows / (rows_done - begin), (double)rows / (rows_work - work));
	(void)fflush(stdout);
	while (state_of(dir, "text_position") < end)
		g_usleep(50000);
	(void)printf("words: %.0f records a second, %.0f a second of the processor\n", (double)rows / (now_s() - rows_done), (double)rows / (work_s(RUSAGE_SELF) - rows_work));
	(void)fflush(stdout);
	index_stop(index);
}

static bool go_on(void *data)
{
	(void)data;
	return true;
}

/* All finished files. */
static void measure_packing(const char *dir)
{
	Journal *journal = journal_open(dir, NULL);
	const double begin = now_s(), work = work_s(RUSAGE_SELF);
	int64_t before = 0, after = 0;
	PackResult result;

	while (journal && pack_run(journal, dir, 0, go_on, NULL, &result) == 0 && result.name) {
		before += result.before;
		after += result.after;
		g_free(result.name);
	}
	journal_close(journal);
	if (after)
		(void)printf("packed: %.1f times smaller, %.0f MiB a second with the comparison, %.0f a second of the processor\n", (double)before / (double)after,
			(double)before / (now_s() - begin) / MIB, (double)before / (work_s(RUSAGE_SELF) - work) / MIB);
	(void)fflush(stdout);
}

static int by_time(const void *a, const void *b)
{
	const double *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

static size_t count_lines(const char *text)
{
	size_t lines = 0;

	for (; text && *text; text++)
		lines += *text == '\n';
	return lines;
}

/* The medians, and how many lines it answered; one that fails is told as that. */
static void ask(const char *sentinel, const char *dir, const char *words)
{
	g_autofree char *command = g_strdup_printf("%s --local --config-dir %s %s", sentinel, dir, words);
	double times[ROUNDS], works[ROUNDS];
	size_t lines = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *answer = NULL, *complaint = NULL;
		int status = 0;
		const double begin = now_s(), work = work_s(RUSAGE_CHILDREN);
		if (!g_spawn_command_line_sync(command, &answer, &complaint, &status, &error) || !g_spawn_check_wait_status(status, &error)) {
			(void)printf("FAILED  %s: %s: %s", words, error->message, complaint ? complaint : "\n");
			return;
		}
		times[i] = now_s() - begin;
		works[i] = work_s(RUSAGE_CHILDREN) - work;
		lines = count_lines(answer);
	}
	qsort(times, ROUNDS, sizeof *times, by_time);
	qsort(works, ROUNDS, sizeof *works, by_time);
	(void)printf("%.3f s, %.3f s of the processor  %s: %zu lines\n", times[ROUNDS / 2], works[ROUNDS / 2], words, lines);
	(void)fflush(stdout);
}

static const char *const questions[] = {
	"version", "audit list", "audit list --limit 50 --decision denied", "audit list --user nobody", "audit list --user rarely", "audit list --user alice --limit 50",
	"audit list --image nobodys", "audit list --image rare/image:1", "audit list --image nginx --limit 50", "audit list --rule custom.rare", "audit list --rule none",
	"audit list --command exec --rule custom.rare", "audit list --command run --limit 50", "audit list --min-score 100", "audit list --text needle",
	"audit list --text docker --user rarely", "audit list --text nowhere", "audit list --text need*", "audit list --since 2025-10-20 --until 2025-10-21",
	"audit list --user alice --image nginx:1.25 --decision denied --min-score 100", "audit stats", "audit stats --since 2025-11-01", "audit stats --user alice",
	"audit stats --decision denied", "audit stats --rule custom.rare",
};

int main(int argc, char **argv)
{
	if (argc != 4) {
		(void)fprintf(stderr, "usage: bench-trail DIR ROWS SENTINEL\n");
		return 2;
	}
	g_autofree char *dir = g_build_filename(argv[1], "audit", NULL);
	const uint64_t rows = g_ascii_strtoull(argv[2], NULL, 10), load = MIN(rows / 10, 10 * LOAD_ROWS);

	(void)g_mkdir_with_parents(dir, 0700);
	if (places_end_of(dir) <= 0)
		measure_lag(dir, load);
	if (!write_trail(dir, rows, 0))
		return 1;
	(void)printf("%" G_GUINT64_FORMAT " records, %" G_GINT64_FORMAT " bytes\n", rows, places_end_of(dir));
	measure_index(dir, rows - load);
	for (size_t i = 0; i < G_N_ELEMENTS(questions); i++)
		ask(argv[3], argv[1], questions[i]);
	measure_packing(dir);
	for (size_t i = 0; i < G_N_ELEMENTS(questions); i++)
		ask(argv[3], argv[1], questions[i]);
	return 0;
}
