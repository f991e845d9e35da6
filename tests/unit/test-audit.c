/* SPDX-License-Identifier: MIT
 *
 * The journal: nothing is lost, whatever was cut or broken.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "audit-fixture.h"
#include "base/error.h"
#include "base/limits.h"
#include "core/audit-event.h"

static void test_record(void)
{
	g_autoptr(Arena) arena = arena_new();
	const char *text = make_line(7, OUTCOME_DENIED, "alice", "ubuntu\"\n\xff", "privileged", arena);
	AuditLine line;

	g_assert_true(g_str_has_suffix(text, "\n"));
	g_assert_null(strstr(text, "secret"));
	g_assert_nonnull(strstr(text, "\"uri\":\"/v1.41/x?a=&b=\""));
	g_assert_true(audit_line_read(text, strlen(text) - 1, arena, &line));
	g_assert_cmpint(line.id, ==, 7);
	g_assert_cmpint(line.score, ==, 25);
	g_assert_cmpint(line.max_score, ==, 50);
	g_assert_cmpint(line.duration_us, ==, 3);
	g_assert_cmpstr(line.decision, ==, "denied");
	g_assert_cmpstr(line.user, ==, "alice");
	g_assert_cmpstr(line.image, ==, "ubuntu\"\n\xef\xbf\xbd");
	g_assert_cmpuint(line.finding_count, ==, 1);
	g_assert_cmpstr(line.findings[0].rule, ==, "privileged");
	g_assert_cmpstr(line.findings[0].severity, ==, "high");
}

/* What happened to the guard itself, to the letter; and what an older version wrote instead. */
static void test_event(void)
{
	g_autoptr(Arena) arena = arena_new();
	const RecordCut cut = { 12, "ab" };
	const AuditEventDetail details[] = { { "why", "a \"b\"", 0 }, { "records", NULL, 3 } };
	const AuditEvent event = { .kind = AUDIT_CLEAR, .user = "alice", .summary = "3 records removed", .subject = "3", .grant = 2, .cut = &cut, .details = details, .detail_count = 2 };
	static const char old[] = "{\"v\":2,\"id\":4,\"time\":5,\"decision\":\"allowed\",\"endpoint\":\"sentinel.grant-ended\",\"findings\":[]}";
	size_t length;
	AuditLine line;

	const char *text = audit_event_format(&event, 7, 8, arena, &length);
	g_assert_cmpstr(text, ==, "{\"v\":1,\"id\":7,\"time\":8,\"kind\":\"clear\",\"user\":\"alice\",\"endpoint\":\"sentinel.clear\",\"command\":\"3 records removed\","
		"\"image\":\"\",\"subject\":\"3\",\"grant\":2,\"cut\":{\"position\":12,\"prev\":\"ab\"},\"details\":{\"why\":\"a \\\"b\\\"\",\"records\":3}}\n");
	g_assert_true(audit_line_is_whole(text, length - 1, arena, &line));
	g_assert_true(audit_line_is_event(&line));
	g_assert_cmpstr(line.kind, ==, "clear");
	g_assert_cmpint(line.cut.position, ==, 12);
	g_assert_true(audit_line_is_whole(old, strlen(old), arena, &line));
	g_assert_true(audit_line_is_event(&line));
	g_assert_cmpstr(line.kind, ==, "grant-ended");
	text = make_line(7, OUTCOME_DENIED, "alice", "x", NULL, arena);
	g_assert_true(audit_line_is_whole(text, strlen(text) - 1, arena, &line));
	g_assert_false(audit_line_is_event(&line));
	for (AuditEventKind kind = 0; kind < AUDIT_EVENT_COUNT; kind++)
		g_assert_cmpstr(audit_event_word(kind), !=, "");
}

/* The layout that others read (docs/ARCHITECTURE.md), to the letter. */
static void test_layout(void)
{
	g_autoptr(Arena) arena = arena_new();
	Request *request = request_new(arena);
	Finding findings[] = { { "privileged", "privileged", SEVERITY_CRITICAL, ACTION_BLOCK, "no", "", .references = "CIS-5.4" }, { "latest", "images", SEVERITY_LOW, ACTION_WARN, "old", "" } };
	Waived waived[LIMIT_RECORD_WAIVED + 1] = { { .rule = "mounts", .reason = "it is ours" } };
	Decision decision = { .allowed = true, .outcome = OUTCOME_WARNED, .mode = MODE_WARN, .score = 45, .max_score = 50, .policy = "p", .digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", .findings = findings, .finding_count = 2,
		.waived = waived, .waived_count = 1 };
	const Record record = { .id = 7, .time_us = 8, .duration_us = 9, .user = "alice", .grant = 3, .generation = 12, .request = request, .decision = &decision };
	size_t length;

	request->method = "POST";
	request->uri = "/v1.41/containers/create?name=web";
	request->endpoint = "container.create";
	request->summary = "docker create ubuntu";
	request->image.text = "ubuntu";
	request->subject = "web";
	request->fit = "print";
	const char *text = record_format(&record, arena, &length);
	g_assert_cmpstr(text, ==,
		"{\"v\":1,\"id\":7,\"time\":8,\"decision\":\"warned\",\"mode\":\"warn\",\"policy\":\"p\",\"generation\":12,\"digest\":\"0123456789abcdef\",\"score\":45,\"max_score\":50,\"user\":\"alice\",\"method\":\"POST\","
		"\"uri\":\"/v1.41/containers/create?name=\",\"endpoint\":\"container.create\",\"command\":\"docker create ubuntu\",\"image\":\"ubuntu\",\"subject\":\"web\","
		"\"duration_us\":9,\"waived\":[{\"rule\":\"mounts\",\"reason\":\"it is ours\"}],\"grant\":3,\"findings\":["
		"{\"rule\":\"privileged\",\"severity\":\"critical\",\"category\":\"privileged\",\"action\":\"block\",\"message\":\"no\",\"references\":\"CIS-5.4\"},"
		"{\"rule\":\"latest\",\"severity\":\"low\",\"category\":\"images\",\"action\":\"warn\",\"message\":\"old\"}]}\n");
	AuditLine line;
	g_assert_true(audit_line_read(text, length - 1, arena, &line));
	g_autofree char *read = g_strdup_printf("%d %d %s %s %s %d %d %s %s %s %s %s %s %s %d %d %zu %s %s", (int)line.id, (int)line.time_us, line.decision, line.mode, line.policy,
		(int)line.score, (int)line.max_score, line.user, line.method, line.uri, line.endpoint, line.command, line.image, line.subject, (int)line.duration_us,
		(int)line.grant, line.finding_count, line.findings[1].category, line.findings[1].action);
	g_assert_cmpstr(read, ==, "7 8 warned warn p 45 50 alice POST /v1.41/containers/create?name= container.create docker create ubuntu ubuntu web 9 3 2 images warn");
	decision.allowed = false;
	const char *denied = record_format(&record, arena, &length);
	g_assert_nonnull(strstr(denied, ",\"fit\":\"print\",\"grant\":3,"));
	g_assert_nonnull(strstr(denied, "\"key\":\""));
	g_assert_true(audit_line_read(denied, length - 1, arena, &line));
	g_assert_cmpstr(line.fit, ==, "print");
	g_assert_true(*line.findings[0].key && !line.truncated);
	for (size_t i = 0; i < G_N_ELEMENTS(waived); i++)
		waived[i] = waived[0];
	decision.waived_count = G_N_ELEMENTS(waived);
	g_auto(GStrv) parts = g_strsplit(record_format(&record, arena, &length), "it is ours", -1);
	g_assert_cmpuint(g_strv_length(parts), ==, LIMIT_RECORD_WAIVED + 1);
}

/* The longest possible record stays one line below the limit and says that it was cut. */
static void test_record_limit(void)
{
	g_autoptr(Arena) arena = arena_new();
	Request *request = request_new(arena);
	Finding findings[200];
	g_autofree char *fill = g_strnfill(100000, '\x01');
	Decision decision = { .mode = MODE_ENFORCE, .policy = fill, .findings = findings, .finding_count = G_N_ELEMENTS(findings) };
	size_t length;
	AuditLine line;

	for (size_t i = 0; i < G_N_ELEMENTS(findings); i++)
		findings[i] = (Finding){ "rule", "category", SEVERITY_LOW, ACTION_WARN, fill, "" };
	request->uri = request->summary = request->subject = request->image.text = "x";
	const char *text = record_format(&(Record){ .id = 1, .user = fill, .request = request, .decision = &decision }, arena, &length);
	g_assert_cmpuint(length, <=, LIMIT_RECORD_BYTES);
	g_assert_cmpuint(length, ==, strlen(text));
	g_assert_true(strchr(text, '\n') == text + length - 1);
	g_assert_nonnull(strstr(text, "\"truncated\":true"));
	g_assert_true(audit_line_read(text, length - 1, arena, &line));
	g_assert_true(line.truncated);
}

static void test_ids_continue(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	Journal *journal = journal_open(dir, NULL);

	g_assert_cmpuint(journal_take_id(journal), ==, 1);
	append(journal, 1, OUTCOME_ALLOWED, "", "a", NULL);
	append(journal, 41, OUTCOME_ALLOWED, "", "a", NULL);
	append(journal, 40, OUTCOME_ALLOWED, "", "a", NULL);
	journal_close(journal);
	journal = journal_open(dir, NULL);
	g_assert_cmpuint(journal_take_id(journal), ==, 42);
	journal_close(journal);
}

static void test_torn_tail(void)
{
	static const struct { const char *text; uint64_t next; } tails[] = {
		{ "{\"v\":1,\"id\":9", 6 }, { "garbage", 6 }, { "{\"v\":1,\"id\":7,\"decision\":\"denied\"}", 8 }, { "\n\n\n", 6 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(tails); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autoptr(Arena) arena = arena_new();
		g_autofree char *text = g_strconcat(make_line(5, OUTCOME_ALLOWED, "", "a", NULL, arena), tails[i].text, NULL);
		scratch_put(dir, "audit.jsonl", text);
		Journal *journal = journal_open(dir, NULL);
		uint64_t id = journal_take_id(journal);
		g_assert_cmpuint(id, ==, tails[i].next);
		append(journal, id, OUTCOME_DENIED, "", "b", NULL);
		journal_close(journal);
		g_autofree char *after = scratch_get(dir, "audit.jsonl");
		g_assert_true(g_str_has_prefix(after, text)); /* nothing that was there is lost */
		const char *last = strrchr(g_strchomp(after), '\n') + 1;
		AuditLine line;
		g_assert_true(audit_line_read(last, strlen(last), arena, &line));
		g_assert_cmpint(line.id, ==, (int64_t)id);
	}
}

/* A record behind a torn one on the same line is found. */
static void test_glued(void)
{
	g_autoptr(Arena) arena = arena_new();
	const char *whole = make_line(8, OUTCOME_DENIED, "", "a", NULL, arena);
	const char *glued = arena_printf(arena, "{\"v\":1,\"id\":7,\"deci%s", whole);
	AuditLine line;

	g_assert_true(audit_line_read(glued, strlen(glued) - 1, arena, &line));
	g_assert_cmpint(line.id, ==, 8);
}

static void test_lock(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(GError) error = NULL;
	Journal *journal = journal_open(dir, NULL);

	g_assert_null(journal_open(dir, &error));
	g_assert_true(g_error_matches(error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY));
	journal_close(journal);
	journal = journal_open(dir, NULL);
	g_assert_nonnull(journal);
	journal_close(journal);
}

static void test_not_a_file(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "audit.jsonl", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(symlink("/dev/null", path), ==, 0);
	g_assert_null(journal_open(dir, &error));
	g_clear_error(&error);
	(void)unlink(path);
	g_assert_cmpint(mkfifo(path, 0600), ==, 0);
	g_assert_null(journal_open(dir, &error));
	g_assert_nonnull(strstr(error->message, "not a regular file"));
}

#define THREADS 4
#define LINES_EACH 500

typedef struct Writer {
	Journal *journal;
	pthread_t thread;
} Writer;

static void *write_lines(void *data)
{
	Writer *writer = data;

	for (int i = 0; i < LINES_EACH; i++)
		append(writer->journal, journal_take_id(writer->journal), OUTCOME_ALLOWED, "", "a", NULL);
	return NULL;
}

static void test_threads(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree bool *seen = g_new0(bool, THREADS * LINES_EACH + 1);
	Writer writers[THREADS];
	Journal *journal = journal_open(dir, NULL);

	for (int i = 0; i < THREADS; i++) {
		writers[i].journal = journal;
		g_assert_cmpint(pthread_create(&writers[i].thread, NULL, write_lines, &writers[i]), ==, 0);
	}
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(writers[i].thread, NULL);
	journal_close(journal);
	g_autofree char *text = scratch_get(dir, "audit.jsonl");
	g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, THREADS * LINES_EACH);
	for (size_t i = 0; lines[i]; i++) {
		g_autoptr(Arena) arena = arena_new();
		AuditLine line;
		g_assert_true(audit_line_read(lines[i], strlen(lines[i]), arena, &line));
		g_assert_false(seen[line.id]);
		seen[line.id] = true;
	}
}

/* A full disk: the append says so, nothing whole is lost, and it goes on when there is room. */
static void fill_disk(const char *dir)
{
	g_autofree char *ballast = g_build_filename(dir, "ballast", NULL);
	g_autoptr(Arena) arena = arena_new();
	char block[4096] = { 0 };
	Journal *journal = journal_open(dir, NULL);

	append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
	int fd = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	while (write(fd, block, sizeof block) > 0)
		;
	int failures = 0;
	for (int i = 0; i < 100; i++) {
		const char *line = make_line(journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL, arena);
		failures += journal_append(journal, line, strlen(line)) < 0;
	}
	g_assert_cmpint(failures, >, 0);
	g_assert_false(journal_probe(journal));
	(void)close(fd);
	(void)unlink(ballast);
	g_assert_true(journal_probe(journal));
	append(journal, 1000, OUTCOME_DENIED, "", "b", NULL);
	journal_close(journal);
	journal = journal_open(dir, NULL);
	g_assert_cmpuint(journal_take_id(journal), ==, 1001);
	journal_close(journal);
	run_index(dir);
	g_assert_cmpuint(count_rows(dir, &(AuditFilter){ .image = "b" }, 10, 0), ==, 1);
	g_assert_cmpuint(count_rows(dir, &(AuditFilter){ .image = "a" }, 1000, 0), ==, (guint)(101 - failures));
}

/* With room that is kept: denials for the full disk are written until that is used up, and nothing else before it is kept again. */
static void use_reserve(const char *dir)
{
	g_autofree char *ballast = g_build_filename(dir, "ballast", NULL), *reserve = g_build_filename(dir, "audit.reserve", NULL);
	g_autoptr(Arena) arena = arena_new();
	char block[4096] = { 0 };
	unsigned denials = 0, others = 0;
	Journal *journal = journal_open(dir, NULL);

	g_assert_cmpint(access(reserve, F_OK), ==, 0);
	int fd = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	while (write(fd, block, sizeof block) > 0)
		;
	const char *line = make_line(1, OUTCOME_ALLOWED, "", "a", NULL, arena);
	while (journal_append(journal, line, strlen(line)) == 0)
		;
	for (; denials < 10000; denials++) {
		line = make_line(journal_take_id(journal), OUTCOME_DENIED, "", "b", "rule", arena);
		if (journal_append_last(journal, line, strlen(line)) < 0)
			break;
		others += journal_append(journal, line, strlen(line)) == 0;
		arena_reset(arena);
	}
	g_assert_cmpuint(denials, >=, 1000);
	g_assert_cmpuint(others, ==, 0);
	g_assert_false(journal_probe(journal));
	(void)close(fd);
	(void)unlink(ballast);
	g_assert_true(journal_probe(journal));
	g_assert_cmpint(access(reserve, F_OK), ==, 0);
	line = make_line(journal_take_id(journal), OUTCOME_ALLOWED, "", "c", NULL, arena);
	g_assert_cmpint(journal_append(journal, line, strlen(line)), ==, 0);
	journal_close(journal);
}

static void on_disk(const char *dir, const char *size, void (*run)(const char *dir))
{
	pid_t child = fork();

	if (child == 0) {
		if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount("none", dir, "tmpfs", 0, size) < 0)
			_exit(2);
		run(dir);
		_exit(0);
	}
	int status;
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
}

static void test_full_disk(void)
{
	g_autoptr(Scratch) dir = scratch_new();

	on_disk(dir, "size=256k", fill_disk);
	on_disk(dir, "size=3m", use_reserve);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/audit/event", test_event);
	g_test_add_func("/audit/record", test_record);
	g_test_add_func("/audit/layout", test_layout);
	g_test_add_func("/audit/record-limit", test_record_limit);
	g_test_add_func("/audit/ids-continue", test_ids_continue);
	g_test_add_func("/audit/torn-tail", test_torn_tail);
	g_test_add_func("/audit/glued", test_glued);
	g_test_add_func("/audit/lock", test_lock);
	g_test_add_func("/audit/not-a-file", test_not_a_file);
	g_test_add_func("/audit/threads", test_threads);
	g_test_add_func("/audit/full-disk", test_full_disk);
	return g_test_run();
}
