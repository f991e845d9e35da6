/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "base/text.h"
#include "request/json.h"
#include "request/list.h"
#include "scan/agent.h"
#include "scan/scanner.h"
#include "scan/unpack.h"

#define ANSWER "answer"
#define MS_S 1000u
#define OWN_SLACK_MS 60000u /* it ends by itself after LIMIT_SECRET_S */
#define SHOWN_LOG_BYTES 300u
#define DATABASE_BYTES 4096u /* of what it says of its database */

/* `word` with what stands for @name in it. */
static const char *fill(const ScanTask *task, const char *word, Arena *arena)
{
	const struct { const char *name, *value; } values[] = {
		{ "@archive", task->archive }, { "@tree", UNPACK_TREE }, { "@rules", task->rules ? task->rules : "" }, { "@cache", task->cache }, { "@answer", arena_printf(arena, "%s/" ANSWER, task->directory) },
		{ "@directory", task->directory }, { "@subject", task->subject }, { "@identity", task->identity }, { "@issuer", task->issuer },
		{ "@kind", task->kind == SCAN_SECRET ? "secret" : "vuln" }, { "@seconds", arena_printf(arena, "%u", task->timeout_ms / MS_S) },
	};
	const char *at = strchr(word, '@');

	for (size_t i = 0; at && i < G_N_ELEMENTS(values); i++)
		if (g_str_has_prefix(at, values[i].name))
			return arena_printf(arena, "%.*s%s%s", (int)(at - word), word, values[i].value, at + strlen(values[i].name));
	return word;
}

static void add_words(StringList *list, const ScanTask *task, const char *const *words, Arena *arena)
{
	for (size_t i = 0; words && words[i]; i++) {
		const char *word = fill(task, words[i], arena);
		LIST_APPEND(arena, list, word);
	}
}

static const char *const *command_of(const Scanner *scanner, const ScanTask *task, const char *const *first, Arena *arena)
{
	const char *end = NULL;
	StringList words = { 0 };

	LIST_APPEND(arena, &words, scanner->program);
	add_words(&words, task, first, arena);
	add_words(&words, task, task->offline ? scanner->offline_words : NULL, arena);
	add_words(&words, task, task->verify && !task->offline ? scanner->verify_words : scanner->no_verify_words, arena);
	LIST_APPEND(arena, &words, end);
	return words.items;
}

static const char *const *environment_of(const Scanner *scanner, const ScanTask *task, Arena *arena)
{
	const char *const common[] = {
		arena_printf(arena, "HOME=%s", task->cache), arena_printf(arena, "XDG_CACHE_HOME=%s", task->cache), arena_printf(arena, "TMPDIR=%s", task->directory),
		"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "NO_COLOR=1", NULL,
	};
	const char *end = NULL, *credentials = g_getenv("CREDENTIALS_DIRECTORY"); /* what the unit was given: nobody else has it */
	StringList words = { 0 };

	add_words(&words, task, common, arena);
	add_words(&words, task, scanner->env, arena);
	if (scanner->verifies && credentials) {
		const char *const logins[] = { arena_printf(arena, "DOCKER_CONFIG=%s", credentials), arena_printf(arena, "REGISTRY_AUTH_FILE=%s/config.json", credentials), NULL };
		add_words(&words, task, logins, arena);
	}
	add_words(&words, task, task->kind == SCAN_SECRET ? scanner->secret_env : NULL, arena);
	add_words(&words, task, task->offline ? scanner->offline_env : NULL, arena);
	LIST_APPEND(arena, &words, end);
	return words.items;
}

/* The last line that says something.  What a scanner of secrets says may show one. */
static const char *last_words(const ScanTask *task, const RunResult *result, Arena *arena)
{
	g_autofree char *log = g_strdup(result->log);

	if (task->kind != SCAN_VULNERABILITY || !*g_strstrip(log))
		return "";
	const char *line = strrchr(log, '\n') ? strrchr(log, '\n') + 1 : log;
	return arena_printf(arena, ": %s", text_printable(arena, line, SHOWN_LOG_BYTES));
}

static ScanReport failed(const Scanner *scanner, const char *what, const char *last, Arena *arena)
{
	return scan_failure(scanner->is->name, arena_printf(arena, "%s: %s%s", scanner->is->name, what, last));
}

/* The answer that was written to a file takes the place of what was printed. */
static bool read_answer(const Scanner *scanner, const ScanTask *task, RunResult *result)
{
	g_autofree char *file = g_strdup_printf("%s/%s", task->directory, scanner->answer ? scanner->answer : ANSWER);
	struct stat status;
	char *text = NULL;
	gsize length;

	if (lstat(file, &status) < 0)
		return !scanner->answer; /* what it printed, then; but not in the place of what it must leave */
	if (!S_ISREG(status.st_mode) || status.st_size > LIMIT_SCAN_OUTPUT_BYTES || !g_file_get_contents(file, &text, &length, NULL))
		return false;
	explicit_bzero(result->text, result->length);
	g_free(result->text);
	result->text = text;
	result->length = length;
	return remove(file) == 0;
}

static bool read_made(Json *json, void *target)
{
	const JsonField fields[] = { { "UpdatedAt", strlen("UpdatedAt"), 0, json_string } };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

/* "" : it does not say. */
static const char *database_made(const RunResult *result, Arena *arena)
{
	const char *made = "";

	if (!result->database)
		return "";
	Json json = json_begin(result->database, strlen(result->database), arena);
	return read_made(&json, &made) && json_finish(&json) ? text_printable(arena, made, SHOWN_LOG_BYTES) : "";
}

static void read_database(const Scanner *scanner, const ScanTask *task, Arena *arena, RunResult *ret)
{
	const char *file = scanner->database_file ? fill(task, scanner->database_file, arena) : NULL;
	char text[DATABASE_BYTES];
	int fd = file ? open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;
	ssize_t length = fd >= 0 ? read(fd, text, sizeof text) : -1;

	if (length > 0 && (size_t)length < sizeof text)
		ret->database = g_strndup(text, (gsize)length);
	if (fd >= 0)
		(void)close(fd);
}

static ScanReport read_report(const Scanner *scanner, const ScanTask *task, RunResult *result, Arena *arena)
{
	bool partly = scanner->incomplete_status && result->exit_status == scanner->incomplete_status;

	if (result->problem)
		return failed(scanner, result->problem, last_words(task, result, arena), arena);
	if (result->exit_status != 0 && !partly)
		return failed(scanner, arena_printf(arena, "it ended with status %d", result->exit_status), last_words(task, result, arena), arena);
	const ScannerOutput output = { result->text, result->length, result->log, result->log_length, task->key };
	ScanReport report = scanner->parse(&output, arena);
	if (scanner->database_file && !*report.database)
		report.database = database_made(result, arena);
	if (result->log_cut && task->kind == SCAN_SECRET && report.outcome != SCAN_FAILED) {
		report.outcome = SCAN_INCOMPLETE;
		report.detail = arena_printf(arena, "%s: it complained of more than is kept", scanner->is->name);
	}
	if (partly && report.outcome != SCAN_FAILED) {
		report.outcome = SCAN_INCOMPLETE;
		report.detail = arena_printf(arena, "%s: it had trouble with the network", scanner->is->name);
	}
	return report;
}

unsigned scanner_timeout_ms(const Scanner *scanner, const ScanTask *task)
{
	return scanner->own ? LIMIT_SECRET_S * MS_S + OWN_SLACK_MS : task->timeout_ms;
}

/* False: `ret` says why not. */
static bool unpack(const ScanTask *task, RunResult *ret)
{
	static const char *const words[] = { "sentinel-scan", "--unpack", NULL }, *const env[] = { "LANG=C.UTF-8", NULL };
	g_autofree char *program = scanner_program(scanner_find(scanner_names[SCANNER_BUILTIN].name), NULL);
	const RunPlan plan = {
		.program = program ? program : "", .argv = words, .env = env, .directory = task->directory, .input = task->archive_fd, .timeout_ms = task->timeout_ms,
		.cancelled = task->cancelled,
	};

	program_run(&plan, ret);
	if (!ret->problem && ret->exit_status != 0)
		ret->problem = run_problems[RUN_BAD_IMAGE];
	return !ret->problem;
}

static void run_words(const Scanner *scanner, const char *program, const ScanTask *task, const char *const *words, Arena *arena, RunResult *ret)
{
	const RunPlan plan = {
		.program = program, .argv = command_of(scanner, task, words, arena), .env = environment_of(scanner, task, arena), .directory = task->directory,
		.input = scanner->own ? task->archive_fd : 0, .kept = task->directory_fd, .timeout_ms = scanner_timeout_ms(scanner, task), .cancelled = task->cancelled,
	};

	program_run(&plan, ret);
	bool expected = scanner->answers_in_file && (!scanner->answer || ret->exit_status == 0);
	if (!ret->problem && expected && !read_answer(scanner, task, ret))
		ret->problem = run_problems[RUN_BAD_ANSWER];
}

void scanner_run(const Scanner *scanner, const char *program, const ScanTask *task, Arena *arena, RunResult *ret)
{
	if (scanner->unpacked) {
		if (!unpack(task, ret))
			return;
		run_result_clear(ret);
	}
	run_words(scanner, program, task, scanner->words, arena, ret);
	if (scanner->older_words && !ret->problem && ret->exit_status != 0) {
		run_result_clear(ret);
		run_words(scanner, program, task, scanner->older_words, arena, ret);
	}
	read_database(scanner, task, arena, ret);
}

void scanner_ask(const Scanner *scanner, const ScanTask *task, Arena *arena, RunResult *ret)
{
	g_autofree char *program = scanner_program(scanner, task->program_dirs);

	if (!program)
		*ret = (RunResult){ .problem = run_problems[RUN_NOT_INSTALLED], .text = g_strdup(""), .log = g_strdup("") };
	else if (remote_used())
		remote_scan(scanner, program, task, ret);
	else
		scanner_run(scanner, program, task, arena, ret);
}

ScanReport scanner_scan(const Scanner *scanner, const ScanTask *task, Arena *arena)
{
	g_autofree char *program = scanner_program(scanner, task->program_dirs);
	RunResult result = { 0 };

	if (!program) {
		g_autofree char *places = g_strjoinv(", ", (char **)(uintptr_t)task->program_dirs);
		return failed(scanner, arena_printf(arena, "%s is not installed (looked for it in %s)", scanner->program, places), "", arena);
	}
	if (remote_used())
		remote_scan(scanner, program, task, &result);
	else
		scanner_run(scanner, program, task, arena, &result);
	ScanReport report = read_report(scanner, task, &result, arena);
	run_result_clear(&result);
	return report;
}
