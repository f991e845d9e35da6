/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/error.h"
#include "base/text.h"
#include "scan/builtin-text.h"
#include "scan/cage.h"
#include "scan/count.h"
#include "scan/own-rules.h"
#include "scan/secret/detector.h"

static void put(Buffer *text, const char *name, const char *value)
{
	buffer_printf(text, "\"%s\":", name);
	buffer_json_string(text, value, 0);
	buffer_puts(text, ",");
}

static void put_finding(Buffer *text, const ScanFinding *finding)
{
	buffer_puts(text, "{");
	put(text, "id", finding->id);
	put(text, "title", finding->title);
	put(text, "severity", scan_severity_name(finding->severity));
	put(text, "path", finding->path);
	put(text, "layer", finding->layer);
	put(text, "fingerprint", finding->fingerprint);
	buffer_printf(text, "\"line\":%" G_GUINT64_FORMAT "}", finding->line);
}

char *builtin_text(const ScanReport *report)
{
	g_autoptr(Arena) arena = arena_new();
	Buffer text = BUFFER_INIT(arena);

	buffer_puts(&text, "{");
	put(&text, "version", report->version);
	put(&text, "outcome", scan_outcome_name(report->outcome));
	put(&text, "detail", report->detail);
	buffer_printf(&text, "\"onlygaps\":%s,\"gaps\":[", report->only_gaps ? "true" : "false");
	for (size_t i = 0; i < report->gaps.count; i++) {
		buffer_puts(&text, i ? ",\n" : "\n");
		buffer_json_string(&text, report->gaps.items[i], 0);
	}
	buffer_puts(&text, "],\"findings\":[");
	for (size_t i = 0; i < report->count; i++) {
		buffer_puts(&text, i ? ",\n" : "\n");
		put_finding(&text, &report->items[i]);
	}
	buffer_puts(&text, "]}\n");
	return g_strdup(text.data);
}

static bool write_all(int fd, const char *text, GError **error)
{
	for (size_t done = 0, length = strlen(text); done < length;) {
		ssize_t written = write(fd, text + done, length - done);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "the report cannot be written: %s", g_strerror(errno));
			return false;
		}
		done += (size_t)written;
	}
	return true;
}

#define SHOWN_DIGITS 8

/* The version says which rules these were. */
static bool use_own(DetectorOptions *options, const char *file, Arena *arena, GError **error)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autofree char *text = NULL;
	gsize length = 0;

	if (!g_file_get_contents(file, &text, &length, error))
		return false;
	if (!length)
		return true;
	options->more = own_rules_parse(OWN_RULES_FILE, arena_strndup(arena, text, length), length, arena, diagnostics);
	if (!options->more) {
		g_autofree char *first = diagnostics_first_error(diagnostics);
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "the rules for secrets of this host are wrong: %s", first);
		return false;
	}
	g_autofree char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, length);
	options->version = arena_printf(arena, SECRET_RULES_VERSION "+%.*s", SHOWN_DIGITS, digest);
	return true;
}

bool builtin_detect(int archive, int out, const char *own_rules, GError **error)
{
	DetectorOptions options = { .cancelled = NULL };
	g_autoptr(Arena) arena = arena_new();

	if ((own_rules && !use_own(&options, own_rules, arena, error)) || !cage_enter(error))
		return false;
	const ScanReport report = detector_scan_archive(archive, &options, arena);
	g_autofree char *text = builtin_text(&report);
	return write_all(out, text, error);
}
