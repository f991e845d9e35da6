/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/line.h"
#include "audit/place.h"
#include "audit/walk.h"
#include "audit/zstd-text.h"
#include "base/error.h"
#include "base/limits.h"
#include "bus/recorded-calls.h"

/* JsonReader; what is not understood is as good as nothing. */
static bool read_kept(Json *json, void *target)
{
	KeptCall *kept = arena_alloc(json->arena, sizeof *kept);

	if (!kept_get(json, kept))
		return json_refuse(json, "the request cannot be read");
	*(const KeptCall **)target = kept;
	return true;
}

const KeptCall *recorded_call(const char *text, size_t length, Arena *arena)
{
	typedef struct Holder {
		const KeptCall *kept;
	} Holder;
	static const JsonField fields[] = { JSON_FIELD("request", Holder, kept, read_kept) };
	Json json = json_begin(text, length, arena);
	Holder holder = { 0 };

	return json_object(&json, fields, G_N_ELEMENTS(fields), &holder) && json_finish(&json) ? holder.kept : NULL;
}

static void see_line(const TrailLine *text, const CallRange *range, const char *const *own_paths, CallSeen seen, void *data, Arena *arena)
{
	AuditLine line;

	if (!text->begins || !text->ends || !audit_line_read(text->text, text->length, arena, &line) || (audit_line_is_event(&line) && !line.folded))
		return;
	if ((uint64_t)line.time_us < range->since_us || (range->until_us && (uint64_t)line.time_us >= range->until_us))
		return;
	const ReplayCall call = {
		.id = (uint64_t)line.id, .time_us = line.time_us, .user = line.user, .command = line.command, .image = line.image,
		.allowed = strcmp(line.decision, "denied") != 0 && !line.grant, .own_paths = own_paths,
	};
	if (line.folded) {
		const ReplayCall reads = { .id = (uint64_t)line.id, .time_us = line.time_us, .user = line.user, .command = line.command, .image = "", .allowed = true, .folded = (uint64_t)line.folded };
		seen(data, NULL, &reads, arena);
		return;
	}
	seen(data, recorded_call(text->text, text->length, arena), &call, arena);
}

static void walk_trail(Work *work, const CallRange *range, CallSeen seen, void *data)
{
	g_autoptr(TrailWalk) walk = trail_walk_new(work->context->paths->audit_dir, 0, 0);
	g_autoptr(Arena) arena = arena_new();
	const int64_t end = places_end_of(work->context->paths->audit_dir);
	int64_t begin = -1;
	TrailStep step = WALK_END;
	TrailLine text;

	while (budget_spend(1) && (step = trail_walk_next(walk, &text)) == WALK_LINE) {
		see_line(&text, range, paths_own(work->context->paths), seen, data, arena);
		arena_reset(arena);
		begin = begin < 0 ? text.position : begin;
		budget_report(text.position - begin, end - begin);
	}
	if (step == WALK_FAILED)
		g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read the trail: %s", g_strerror(errno));
	if (step == WALK_DAMAGED)
		g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_IO,
			"%s of the trail is damaged, so not all recorded calls are known; sentinel audit verify says more (if the file is given up, move it away)",
			trail_walk_damaged(walk));
	if (step == WALK_REPLACED)
		(void)work_fail(work, "Unavailable", "the trail was exchanged meanwhile; try again");
}

/* What is read of a file at once. */
typedef struct FilePart {
	int file;
	ZstdText *packed; /* NULL: its lines stand there as they are */
	off_t bytes_all;  /* of its lines */
	char *bytes; /* room for LIMIT_WALK_BYTES */
	size_t length;
	off_t at; /* of what is read next */
	bool lost; /* in a line that is too long for a record */
} FilePart;

/* 0 at the end, negative when it cannot be read. */
static ssize_t fill(FilePart *piece)
{
	char *into = piece->bytes + piece->length;
	const size_t room = LIMIT_WALK_BYTES - piece->length;
	ssize_t got = piece->packed ? zstd_text_read(piece->packed, into, room, piece->at) : pread(piece->file, into, room, piece->at);

	piece->length += got > 0 ? (size_t)got : 0;
	piece->at += got > 0 ? got : 0;
	budget_report(piece->at, piece->bytes_all);
	return got;
}

/* The lines that are whole; what is left moves to the beginning. */
static bool take_lines(FilePart *piece, Work *work, const CallRange *range, CallSeen seen, void *data, Arena *arena)
{
	char *begin = piece->bytes, *end = piece->bytes + piece->length, *feed;

	while ((feed = memchr(begin, '\n', (size_t)(end - begin)))) {
		const TrailLine text = { .text = begin, .length = (size_t)(feed - begin), .begins = !piece->lost, .ends = true };
		if (!budget_spend(1))
			return false;
		see_line(&text, range, paths_own(work->context->paths), seen, data, arena);
		arena_reset(arena);
		piece->lost = false;
		begin = feed + 1;
	}
	piece->lost = piece->lost || (begin == piece->bytes && piece->length == LIMIT_WALK_BYTES);
	piece->length = piece->lost ? 0 : (size_t)(end - begin);
	memmove(piece->bytes, begin, piece->length);
	return true;
}

static bool refuse_file(Work *work, const char *why)
{
	(void)work_fail(work, "InvalidArgs", "%s", why);
	return false;
}

/* A file of the trail that was packed, or lines.  False: neither, and `work` says so. */
static bool open_file(FilePart *piece, Work *work)
{
	static const char *const magics[] = { "\x28\xb5\x2f\xfd", "\x50\x2a\x4d\x18" }; /* RFC 8878: a frame, and the skippable one that stands first in a file of ours */
	char begin[4] = "";
	struct stat status;

	if (fstat(piece->file, &status) != 0 || !S_ISREG(status.st_mode))
		return refuse_file(work, "the recorded calls must be a regular file: audit.jsonl, one that was put away (audit-*.jsonl, .zst), or what sentinel audit export --format jsonl wrote");
	piece->packed = zstd_text_open(piece->file);
	piece->bytes_all = piece->packed ? zstd_text_bytes(piece->packed) : status.st_size;
	if (piece->packed || pread(piece->file, begin, sizeof begin, 0) != (ssize_t)sizeof begin)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(magics); i++)
		if (!memcmp(begin, magics[i], sizeof begin))
			return refuse_file(work, "this file is packed, but it is no whole file of the trail's; what another program packed must be unpacked first (zstdcat)");
	return true;
}

static void walk_file(Work *work, const CallRange *range, CallSeen seen, void *data)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *bytes = g_malloc(LIMIT_WALK_BYTES);
	FilePart piece = { .file = range->file, .bytes = bytes };
	bool more = open_file(&piece, work);
	ssize_t got = 0;

	while (more && (got = budget_spend(1) ? fill(&piece) : 0) > 0)
		more = take_lines(&piece, work, range, seen, data, arena);
	if (got < 0)
		g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read the recorded calls: %s", errno == EBADMSG ? "the packed file is damaged" : g_strerror(errno));
	zstd_text_free(piece.packed);
}

void calls_walk(Work *work, const CallRange *range, CallSeen seen, void *data)
{
	if (range->file >= 0)
		walk_file(work, range, seen, data);
	else
		walk_trail(work, range, seen, data);
}
