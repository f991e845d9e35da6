/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "audit/clear.h"
#include "audit/line.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/text.h"
#include "core/record.h"

/* The old end. */
typedef struct OldEnd {
	int64_t bytes;
	uint64_t entries, last_id;
} OldEnd;

/* Of what is there now. */
static OldEnd find_old_end(FILE *file, uint64_t until_us)
{
	g_autoptr(Arena) arena = arena_new();
	OldEnd old = { 0 };
	char *text = NULL;
	size_t room = 0;
	struct stat status;
	ssize_t length;
	AuditLine line;

	if (fstat(fileno(file), &status) < 0)
		return old;
	while (old.bytes < status.st_size && budget_spend(1) && (length = getline(&text, &room, file)) > 0 && text[length - 1] == '\n') {
		bool record = line_read(text, (size_t)length - 1, arena, &line);
		if (record && until_us && line.time_us >= (int64_t)until_us)
			break;
		old.bytes += length;
		old.entries += record;
		old.last_id = record ? (uint64_t)line.id : old.last_id;
		arena_reset(arena);
	}
	free(text);
	return old;
}

static const char *make_record(Journal *journal, const OldEnd *old, const char *by, Arena *arena, size_t *ret_length)
{
	Request *request = request_new(arena);
	const Decision decision = { .allowed = true, .outcome = OUTCOME_ALLOWED, .policy = "" };

	request->endpoint = "sentinel.clear";
	request->subject = arena_printf(arena, "%" G_GUINT64_FORMAT, old->entries);
	request->summary = arena_printf(arena, "%" G_GUINT64_FORMAT " records of the audit trail removed, the last was %" G_GUINT64_FORMAT, old->entries, old->last_id);
	const Record record = {
		.id = journal_take_id(journal), .time_us = g_get_real_time(), .user = text_printable(arena, by, 0), .request = request, .decision = &decision,
	};
	return record_format(&record, arena, ret_length);
}

bool clear_run(Journal *journal, const char *dir, uint64_t until_us, const char *by, uint64_t *ret_entries, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "audit.jsonl", NULL);
	g_autoptr(Arena) arena = arena_new();
	FILE *file = fopen(path, "re");
	size_t length;

	*ret_entries = 0;
	if (!file) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read %s: %s", path, g_strerror(errno));
		return false;
	}
	const OldEnd old = find_old_end(file, until_us);
	(void)fclose(file);
	if (!old.entries)
		return true;
	const char *line = make_record(journal, &old, by, arena, &length);
	int r = journal_cut(journal, old.bytes, line, length);
	if (r < 0) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot put another file in the place of %s: %s; nothing was removed", path, g_strerror(-r));
		return false;
	}
	*ret_entries = old.entries;
	return true;
}
