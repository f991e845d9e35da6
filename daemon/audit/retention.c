/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "audit/line.h"
#include "audit/retention.h"
#include "audit/segment.h"
#include "base/limits.h"
#include "base/text.h"
#include "core/audit-event.h"

/* A file that stays begins here: what is before it is older. */
typedef struct Boundary {
	JournalPlace place;
	uint64_t first_id;
	int64_t first_us;
} Boundary;

/* By its first record, which is near its beginning; false: it has none yet, or that cannot be read. */
static bool look(const Segment *segment, Boundary *ret)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *text = g_malloc(LIMIT_WALK_BYTES);
	ssize_t got = segment_read(segment, text, LIMIT_WALK_BYTES, segment->head.position);
	const char *end = text + MAX(got, 0), *feed;
	AuditLine line;

	for (const char *at = text; (feed = memchr(at, '\n', (size_t)(end - at))); at = feed + 1) {
		if (audit_line_is_whole(at, (size_t)(feed - at), arena, &line)) {
			*ret = (Boundary){ { segment->head.position, segment->head.chain }, (uint64_t)line.id, line.time_us };
			return true;
		}
		arena_reset(arena);
	}
	return false;
}

/* Whether nothing in it is as young: by its last records.  What cannot be read is not old. */
static bool ends_before(const char *dir, const char *name, int64_t time_us)
{
	enum { TAIL = 2 * LIMIT_RECORD_BYTES };
	int cause;
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(Segment) segment = segment_open(dir, name, &cause);
	g_autofree char *text = g_malloc(TAIL);
	const int64_t end = segment ? segment_end(segment) : 0, begin = segment ? MAX(segment->head.position, end - TAIL) : 0;
	int64_t youngest = INT64_MAX;
	AuditLine line;

	if (!segment || segment_read(segment, text, (size_t)(end - begin), begin) != end - begin)
		return false;
	const char *last = text + (end - begin), *feed;
	for (const char *at = text; (feed = memchr(at, '\n', (size_t)(last - at))); at = feed + 1) {
		if (audit_line_is_whole(at, (size_t)(feed - at), arena, &line))
			youngest = youngest == INT64_MAX ? line.time_us : MAX(youngest, line.time_us);
		arena_reset(arena);
	}
	return youngest < time_us;
}

static int64_t size_of(const char *dir, const char *name)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	struct stat status;

	return lstat(path, &status) == 0 ? (int64_t)status.st_size : 0;
}

static int64_t size_of_all(const char *dir, const GPtrArray *names)
{
	int64_t all = 0;

	for (guint i = 0; i < names->len; i++)
		all += size_of(dir, g_ptr_array_index(names, i));
	return all;
}

/* Of the files, oldest first, those that are too many.  Behind one that is damaged, and does not say how old it is, it is not cut: it goes with those
 * before the next one. */
static int choose(const char *dir, const Retention *retention, int64_t now_us, Boundary *ret_boundary, RetentionResult *ret)
{
	int cause = 0;
	g_autoptr(GPtrArray) names = segment_list(dir, &cause);

	if (!names)
		return -cause;
	int64_t all = size_of_all(dir, names), size = 0;
	for (guint i = 0; i + 1 < names->len; i++) {
		g_autoptr(Segment) next = segment_open(dir, g_ptr_array_index(names, i + 1), &cause);
		Boundary boundary;
		if (!next && cause != EBADMSG)
			return -cause;
		size += size_of(dir, g_ptr_array_index(names, i));
		bool known = next && look(next, &boundary);
		if (!known && i + 2 < names->len)
			continue;
		const int64_t limit_us = now_us - retention->age_us;
		bool old = known && retention->age_us && (boundary.first_us < limit_us || ends_before(dir, g_ptr_array_index(names, i), limit_us));
		if (!known || !(old || (retention->bytes && all > retention->bytes)))
			break;
		all -= size;
		*ret_boundary = boundary;
		*ret = (RetentionResult){ i + 1, ret->bytes + size, boundary.first_id };
		size = 0;
	}
	return 0;
}

static const char *make_record(Journal *journal, const Boundary *boundary, const RetentionResult *result, Arena *arena, size_t *ret_length)
{
	const RecordCut cut = { boundary->place.position, boundary->place.chain.digits };
	const AuditEventDetail details[] = { { "first_id", NULL, result->first_id }, { "files", NULL, result->files },
		{ "bytes", NULL, (uint64_t)result->bytes } };
	const AuditEvent event = {
		.kind = AUDIT_RETENTION,
		.subject = arena_printf(arena, "%" G_GUINT64_FORMAT, result->first_id),
		.summary = arena_printf(arena,
			"the trail begins at %" G_GUINT64_FORMAT
			": what was before (%u files) is older, or more, than audit.retention keeps",
			result->first_id, result->files),
		.cut = &cut,
		.details = details,
		.detail_count = G_N_ELEMENTS(details),
	};

	return audit_event_format(&event, journal_take_id(journal), g_get_real_time(), arena, ret_length);
}

int retention_run(Journal *journal, const char *dir, const Retention *retention, int64_t now_us, RetentionResult *ret)
{
	g_autoptr(Arena) arena = arena_new();
	Boundary boundary;
	size_t length;

	*ret = (RetentionResult){ 0 };
	if (!retention->age_us && !retention->bytes)
		return 0;
	int r = choose(dir, retention, now_us, &boundary, ret);
	if (r == 0 && ret->files) {
		const char *line = make_record(journal, &boundary, ret, arena, &length);
		r = journal_cut(journal, &boundary.place, line, length);
	}
	if (r < 0)
		*ret = (RetentionResult){ 0 };
	return r;
}
