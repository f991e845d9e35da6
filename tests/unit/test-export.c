/* SPDX-License-Identifier: MIT
 *
 * An export and who reads it: slowly, or not at all.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#include "audit-fixture.h"
#include "audit/export.h"
#include "base/budget.h"

#define RECORDS 600u /* more than a pipe holds */
#define PAUSE_MS 2500u

static char *dir;

typedef struct Slow {
	int fd;
	unsigned lines;
} Slow;

static void *read_late(void *data)
{
	Slow *slow = data;
	char bytes[4096];
	ssize_t got;

	g_usleep(PAUSE_MS * 1000ul);
	while ((got = read(slow->fd, bytes, sizeof bytes)) > 0)
		for (ssize_t i = 0; i < got; i++)
			slow->lines += bytes[i] == '\n';
	return NULL;
}

/* sentinel audit export | (sleep 3; wc) */
static void test_slow(void)
{
	static const AuditFilter all = { 0 };
	g_autoptr(GError) error = NULL;
	pthread_t thread;
	int ends[2];

	g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
	Slow slow = { .fd = ends[0] };
	g_assert_cmpint(pthread_create(&thread, NULL, read_late, &slow), ==, 0);
	int64_t count = export_run(dir, &all, EXPORT_JSONL, ends[1], &error);
	(void)close(ends[1]);
	(void)pthread_join(thread, NULL);
	(void)close(ends[0]);
	g_assert_no_error(error);
	g_assert_cmpint(count, ==, RECORDS);
	g_assert_cmpuint(slow.lines, ==, RECORDS);
}

/* Whoever takes nothing is waited for as long as the call may last. */
static void test_never(void)
{
	static const AuditFilter all = { 0 };
	g_autoptr(GError) error = NULL;
	Budget budget = { .steps = UINT64_MAX };
	int64_t begun = g_get_monotonic_time();
	int ends[2];

	g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
	budget_begin(&budget, 1);
	g_assert_cmpint(export_run(dir, &all, EXPORT_JSONL, ends[1], &error), ==, -1);
	budget_end();
	g_assert_nonnull(strstr(error->message, "too long"));
	g_assert_cmpint(g_get_monotonic_time() - begun, <, LIMIT_EXPORT_STALL_MS * (int64_t)1000);
	(void)close(ends[0]);
	g_clear_error(&error);
	g_assert_cmpint(export_run(dir, &all, EXPORT_JSONL, ends[1], &error), ==, -1); /* nobody reads any more */
	(void)close(ends[1]);
}

/* How far it is: not known before, all in the end, and never less than it was. */
static void test_progress(void)
{
	static const AuditFilter all = { 0 }, words = { .text = "docker" };
	g_autoptr(GError) error = NULL;
	Budget budget = { .steps = UINT64_MAX }, other = { .steps = UINT64_MAX };
	int none = open("/dev/null", O_WRONLY | O_CLOEXEC);

	budget_begin(&budget, 60);
	g_assert_cmpint(budget_progress(&budget), ==, -1);
	budget_report(5, 0);
	g_assert_cmpint(budget_progress(&budget), ==, -1);
	budget_report(299, 1000);
	g_assert_cmpint(budget_progress(&budget), ==, 29);
	budget_report(1, 1000);
	g_assert_cmpint(budget_progress(&budget), ==, 29);
	g_assert_cmpint(export_run(dir, &all, EXPORT_JSONL, none, &error), ==, RECORDS);
	g_assert_no_error(error);
	g_assert_cmpint(budget_progress(&budget), ==, 100);
	budget_report(3, 2);
	g_assert_cmpint(budget_progress(&budget), ==, 100);
	budget_end();
	budget_report(1, 2);
	g_assert_cmpint(budget_progress(&budget), ==, 100);
	/* Words are looked for in the records themselves: how many there are is known in the end. */
	budget_begin(&other, 60);
	g_assert_cmpint(export_run(dir, &words, EXPORT_JSONL, none, &error), >=, 0);
	g_assert_cmpint(budget_progress(&other), ==, -1);
	budget_end();
	(void)close(none);
}

/* ... but not for all of it, when it takes nothing at all: the export ends on its own account, long before its call would. */
static void test_stalled(void)
{
	static const AuditFilter all = { 0 };
	g_autoptr(GError) error = NULL;
	Budget budget = { .steps = UINT64_MAX };
	int ends[2];

	g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
	budget_begin(&budget, 2 * LIMIT_EXPORT_STALL_MS / 1000);
	g_assert_cmpint(export_run(dir, &all, EXPORT_JSONL, ends[1], &error), ==, -1);
	budget_end();
	g_assert_nonnull(strstr(error->message, "its reader takes nothing"));
	(void)close(ends[0]);
	(void)close(ends[1]);
}

/* What separates fields is escaped, in the header otherwise than behind it, and a line is a line. */
static void test_cef(void)
{
	AuditLineFinding findings[] = { { .rule = "privileged" }, { .rule = "latest" } };
	const AuditLine line = { .kind = "decision", .id = 7, .time_us = INT64_C(1700000000123456), .score = 61, .decision = "de|ni\\ed", .mode = "", .policy = "p=1", .user = "a|b",
		.method = "POST", .uri = "/x?a=", .endpoint = "con|tainer\n", .command = "docker run \\ a=b\nc\rd", .image = "", .subject = "web", .findings = findings, .finding_count = 2 };
	const AuditLine event = { .kind = "start", .id = 8, .time_us = 1000, .decision = "", .mode = "", .policy = "", .user = "", .method = "", .uri = "", .endpoint = "sentinel.start",
		.command = "it starts", .image = "", .subject = "" };
	g_autoptr(GString) out = g_string_new(NULL);

	cef_put(out, &line);
	g_assert_true(g_str_has_prefix(out->str, "CEF:0|Docker Sentinel|sentineld|"));
	g_assert_nonnull(strstr(out->str, "|con\\|tainer |de\\|ni\\\\ed|7|rt=1700000000123 externalId=7 act=de|ni\\\\ed suser=a|b msg=docker run \\\\ a\\=b\\nc\\rd requestMethod=POST request=/x?a\\= "
		"cs1Label=policy cs1=p\\=1 cs3Label=rules cs3=privileged latest cs4Label=subject cs4=web cs5Label=time cs5=2023-11-14T22:13:20.123456Z cn1=61 cn1Label=score\n"));
	(void)g_string_truncate(out, 0);
	cef_put(out, &event);
	g_assert_true(g_str_has_suffix(out->str, "|sentinel.start|start|0|rt=1 externalId=8 act=start msg=it starts cs5Label=time cs5=1970-01-01T00:00:00.001000Z\n"));
}

static char *export_all(const char *trail, ExportFormat format)
{
	static const AuditFilter all = { .kind = FILTER_ALL };
	FILE *file = tmpfile();
	g_autoptr(GString) text = g_string_new(NULL);
	int c;

	g_assert_cmpint(export_run(trail, &all, format, fileno(file), NULL), ==, 2);
	g_assert_cmpint(fseek(file, 0, SEEK_SET), ==, 0);
	while ((c = fgetc(file)) != EOF)
		g_string_append_c(text, (char)c);
	(void)fclose(file);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* One time in all formats, written in one way, and read back as it was. */
static void test_time(void)
{
	static const char when[] = "2023-11-14T22:13:20.000120Z";
	static const char lines[] = "{\"v\":1,\"id\":1,\"time\":1700000000000120,\"decision\":\"denied\",\"command\":\"a \\\"time\\\":5\"}\n"
				    "{\"v\":1,\"id\":2,\"time\":1700000000000120,\"kind\":\"start\",\"endpoint\":\"sentinel.start\"}\n";
	const struct {
		ExportFormat format;
		const char *form;
	} rows[] = { { EXPORT_JSON, "\"time\":\"%s\"," }, { EXPORT_JSONL, "\"time\":\"%s\"," }, { EXPORT_CSV, ",\"%s\"," }, { EXPORT_CEF, " cs5=%s" } };
	g_autoptr(Scratch) trail = scratch_new();
	g_autoptr(Arena) arena = arena_new();
	AuditLine line;

	scratch_put(trail, "audit.jsonl", lines);
	run_index(trail);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = export_all(trail, rows[i].format);
		g_auto(GStrv) halves = g_strsplit(rows[i].form, "%s", 2), parts = NULL;
		g_autofree char *expected = g_strconcat(halves[0], when, halves[1], NULL);
		parts = g_strsplit(text, expected, -1);
		if (g_strv_length(parts) != 3)
			g_error("%s is not there twice: %s", expected, text);
		g_assert_true(rows[i].format > EXPORT_JSONL || strstr(text, "\"a \\\"time\\\":5\""));
		g_auto(GStrv) each = g_strsplit(text, "\n", -1);
		if (rows[i].format == EXPORT_JSONL) {
			g_assert_true(audit_line_read(each[0], strlen(each[0]), arena, &line));
			g_assert_cmpint(line.time_us, ==, INT64_C(1700000000000120));
		}
	}
	static const char bad[] = "{\"v\":1,\"id\":1,\"time\":\"yesterday\",\"decision\":\"denied\"}";
	g_assert_false(audit_line_is_whole(bad, strlen(bad), arena, &line));
	g_autofree char *never = export_time(INT64_MAX), *before = export_time(-1);
	g_assert_cmpstr(never, ==, "");
	g_assert_cmpstr(before, ==, "");
}

int main(int argc, char **argv)
{
	g_autofree char *user = g_strnfill(200, 'u');

	g_test_init(&argc, &argv, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	dir = scratch_new();
	Journal *journal = journal_open(dir, NULL);
	g_assert_nonnull(journal);
	for (uint64_t i = 1; i <= RECORDS; i++)
		append(journal, i, OUTCOME_DENIED, user, "image", "rule");
	run_index(dir);
	g_test_add_func("/export/cef", test_cef);
	g_test_add_func("/export/time", test_time);
	g_test_add_func("/export/slow", test_slow);
	g_test_add_func("/export/never", test_never);
	g_test_add_func("/export/progress", test_progress);
	g_test_add_func("/export/stalled", test_stalled);
	int status = g_test_run();
	journal_close(journal);
	scratch_free(dir);
	return status;
}
