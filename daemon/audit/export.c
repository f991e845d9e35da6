/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include "audit/export.h"
#include "audit/line.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/limits.h"

#define PAGE 1000u
#define LOOK_MS 100u

static const char *const words[EXPORT_COUNT] = { [EXPORT_JSON] = "json", [EXPORT_JSONL] = "jsonl", [EXPORT_CSV] = "csv", [EXPORT_CEF] = "cef" };

const char *export_format_word(ExportFormat format)
{
	return words[format];
}

bool export_format_parse(const char *word, ExportFormat *ret)
{
	for (unsigned i = 0; i < EXPORT_COUNT; i++) {
		if (!strcmp(word, words[i])) {
			*ret = (ExportFormat)i;
			return true;
		}
	}
	return false;
}

static bool fail(const char *why, GError **error)
{
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot write the export: %s", why);
	return false;
}

/* Until it takes something.  Who waits here holds up nobody but who reads, and shows that it gets on. */
static bool wait_for_reader(int fd, GError **error)
{
	struct pollfd ready = { .fd = fd, .events = POLLOUT };

	for (unsigned waited = 0; waited < LIMIT_EXPORT_STALL_MS; waited += LOOK_MS) {
		int r = poll(&ready, 1, LOOK_MS);
		if (r > 0)
			return true;
		if (r < 0 && errno != EINTR)
			return fail(g_strerror(errno), error);
		if (!budget_spend(1))
			return fail("it took too long, or nobody waits for it any more", error);
	}
	return fail("its reader takes nothing", error);
}

/* A pipe that is ready takes PIPE_BUF bytes without blocking (pipe(7)). */
static bool write_all(int fd, const char *text, size_t length, GError **error)
{
	while (length) {
		if (!wait_for_reader(fd, error))
			return false;
		ssize_t wrote = write(fd, text, MIN(length, PIPE_BUF));
		if (wrote < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (wrote < 0)
			return fail(g_strerror(errno), error);
		text += wrote;
		length -= (size_t)wrote;
	}
	return true;
}

char *export_time(int64_t time_us)
{
	g_autoptr(GDateTime) time = time_us >= 0 ? g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC) : NULL;
	g_autofree char *second = time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%S") : NULL;

	return second ? g_strdup_printf("%s.%06dZ", second, (int)(time_us % G_USEC_PER_SEC)) : g_strdup("");
}

/* The line as it is, with its time as a text.  Only numbers stand before that (core/record.c, core/audit-event.c). */
static void put_json(GString *out, const char *line)
{
	static const char name[] = "\"time\":";
	const char *at = strstr(line, name), *digits = at ? at + strlen(name) : line;
	char *end;
	const gint64 time_us = g_ascii_strtoll(digits, &end, 10);
	g_autofree char *when = at && end != digits ? export_time(time_us) : NULL;

	if (when && *when)
		g_string_append_printf(out, "%.*s\"%s\"%s", (int)(digits - line), line, when, end);
	else
		g_string_append(out, line);
}

/* RFC 4180; a leading sign is defused, or a spreadsheet would run the cell as a formula. */
static void put_cell(GString *out, const char *text, bool first)
{
	g_string_append(out, first ? "\"" : ",\"");
	if (*text && strchr("=+-@", *text))
		g_string_append_c(out, '\'');
	for (; *text; text++) {
		if (*text == '"')
			g_string_append_c(out, '"');
		g_string_append_c(out, *text);
	}
	g_string_append_c(out, '"');
}

static void put_csv(GString *out, const AuditLine *record)
{
	const AuditLine line = *record;
	g_autoptr(GString) rules = g_string_new(NULL);

	for (size_t i = 0; i < line.finding_count; i++)
		g_string_append_printf(rules, "%s%s", i ? " " : "", line.findings[i].rule);
	g_autofree char *when = export_time(line.time_us), *id = g_strdup_printf("%" G_GINT64_FORMAT, line.id), *score = g_strdup_printf("%" G_GINT64_FORMAT, line.score);
	const char *cells[] = { id, when, audit_line_is_event(record) ? line.kind : line.decision, score, line.user, line.policy, line.mode, line.command, line.image, line.endpoint, rules->str };
	for (size_t i = 0; i < G_N_ELEMENTS(cells); i++)
		put_cell(out, cells[i], i == 0);
	g_string_append(out, "\r\n");
}

static void put_text(GString *out, const AuditRow *row, ExportFormat format, Arena *arena)
{
	AuditLine line;

	if (!audit_line_read(row->json, strlen(row->json), arena, &line))
		return;
	if (format == EXPORT_CEF)
		cef_put(out, &line);
	else
		put_csv(out, &line);
}

static void put_page(GString *out, const GPtrArray *rows, ExportFormat format, bool first, Arena *arena)
{
	for (guint i = 0; i < rows->len; i++) {
		const AuditRow *row = g_ptr_array_index(rows, i);
		if (format == EXPORT_CSV || format == EXPORT_CEF) {
			put_text(out, row, format, arena);
		} else {
			g_string_append(out, format == EXPORT_JSON && !(first && i == 0) ? ",\n" : "");
			put_json(out, row->json);
			g_string_append(out, format == EXPORT_JSONL ? "\n" : "");
		}
		arena_reset(arena);
	}
}

int64_t export_run(const char *dir, const AuditFilter *filter, ExportFormat format, int fd, GError **error)
{
	static const char *const heads[EXPORT_COUNT] = {
		[EXPORT_JSON] = "[", [EXPORT_JSONL] = "", [EXPORT_CSV] = "id,time,decision,score,user,policy,mode,command,image,endpoint,rules\r\n", [EXPORT_CEF] = "",
	};
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GString) out = g_string_new(heads[format]);
	const int64_t all = query_size(dir, filter);
	uint64_t before_id = 0;
	int64_t count = 0;

	budget_report(0, all);
	for (;;) {
		g_autoptr(GPtrArray) rows = query_run(dir, filter, PAGE, before_id, error);
		if (!rows)
			return -1;
		put_page(out, rows, format, count == 0, arena);
		if (!rows->len && format == EXPORT_JSON)
			g_string_append(out, "]\n");
		if (!write_all(fd, out->str, out->len, error))
			return -1;
		if (!rows->len)
			return count;
		(void)g_string_truncate(out, 0);
		count += rows->len;
		budget_report(count, all);
		before_id = ((const AuditRow *)g_ptr_array_index(rows, rows->len - 1))->id;
	}
}
