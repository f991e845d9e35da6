/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>
#include "base/limits.h"
#include "base/text.h"
#include "policy/match/patterns.h"
#include "request/list.h"
#include "scan/secret/text/content.h"
#include "scan/secret/text/engine.h"
#include "scan/secret/text/packed-text.h"
#include "scan/secret/image/stream.h"
#include "scan/secret/image/walk.h"

#define LEVELS (LIMIT_SECRET_DEPTH + 2u) /* the archive, a layer, archives within */
#define CONTEXT_BYTES ((size_t)LIMIT_SECRET_WINDOW)

typedef enum Gap { GAP_NONE, GAP_DEPTH, GAP_TEXT, GAP_EXPRESSION, GAP_FINDINGS, GAP_ENTRIES, GAP_BYTES, GAP_TIME, GAP_CANCELLED } Gap;

struct ImageWalk {
	const DetectorOptions *options;
	Findings *findings;
	Metadata *metadata;
	SecretEngine *engine;
	Arena *arena;
	Patterns excluded;
	char *buffers[LEVELS];
	size_t layer;
	uint64_t entries, bytes;
	int64_t end_s;
	/* of the file at hand */
	const char *path;
	uint64_t packed_line; /* of the text that is decoded; 0: it stands there as it is */
	Gap gap, stop; /* the first gap; stop: nothing more is read */
	unsigned gaps;
	const char *gap_path, *damage;
};

static const char *const gap_texts[] = {
	[GAP_NONE] = "", [GAP_DEPTH] = "an archive within archives within the layer lies too deep",
	[GAP_TEXT] = "a text is too long; its end was not looked at", [GAP_EXPRESSION] = "a text is too intricate for an expression",
	[GAP_FINDINGS] = "more was found than can be reported", [GAP_ENTRIES] = "there are too many files; the rest was not looked at",
	[GAP_BYTES] = "there is too much to read; the rest was not looked at", [GAP_TIME] = "no time was left; the rest was not looked at",
	[GAP_CANCELLED] = "the scan was cancelled; the rest was not looked at",
};

static int64_t now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void leave_out(ImageWalk *walk, Gap gap)
{
	walk->gaps++;
	if (walk->gap == GAP_NONE) {
		walk->gap = gap;
		walk->gap_path = text_printable(walk->arena, walk->path, LIMIT_SECRET_PATH_BYTES);
	}
	if (gap >= GAP_FINDINGS)
		walk->stop = gap;
}

static bool must_stop(void *data)
{
	ImageWalk *walk = data;

	if (walk->stop)
		return true;
	if (walk->options->cancelled && atomic_load(walk->options->cancelled))
		leave_out(walk, GAP_CANCELLED);
	else if (now_s() >= walk->end_s)
		leave_out(walk, GAP_TIME);
	else if (walk->entries > LIMIT_SECRET_ENTRIES)
		leave_out(walk, GAP_ENTRIES);
	else if (walk->bytes > LIMIT_SECRET_BYTES)
		leave_out(walk, GAP_BYTES);
	return walk->stop != GAP_NONE;
}

static void found(const EngineMatch *match, void *data)
{
	ImageWalk *walk = data;
	EngineMatch placed = *match;

	if (walk->packed_line)
		placed.line = walk->packed_line;
	if (!walk->stop && !findings_add(walk->findings, &placed, walk->path, walk->layer))
		leave_out(walk, GAP_FINDINGS);
}

ImageWalk *image_walk_new(const DetectorOptions *options, Findings *findings, Metadata *metadata)
{
	ImageWalk *walk = g_new0(ImageWalk, 1);
	const EngineCalls calls = { found, must_stop, walk };

	*walk = (ImageWalk){ .options = options, .findings = findings, .metadata = metadata, .engine = engine_new(options->ignore_detectors, calls),
		.arena = arena_new(), .layer = FINDINGS_NO_LAYER, .end_s = now_s() + LIMIT_SECRET_S, .path = "", .gap_path = "", .damage = "" };
	for (const char *const *glob = options->exclude_paths; glob && *glob; glob++)
		LIST_APPEND(walk->arena, &walk->excluded.globs, *glob);
	patterns_compile(&walk->excluded, walk->arena);
	return walk;
}

void image_walk_free(ImageWalk *walk)
{
	if (!walk)
		return;
	for (size_t i = 0; i < LEVELS; i++)
		g_free(walk->buffers[i]);
	engine_free(walk->engine);
	arena_free(walk->arena);
	g_free(walk);
}

static size_t count_lines(const char *text, size_t length)
{
	size_t lines = 0;

	for (size_t i = 0; i < length; i++)
		lines += text[i] == '\n';
	return lines;
}

static void look_at_text(ImageWalk *walk, const Piece *piece)
{
	if (!engine_look(walk->engine, piece))
		leave_out(walk, GAP_EXPRESSION);
}

static void look_at_packed(ImageWalk *walk, const Piece *outer, Span run)
{
	Piece piece = { .path = outer->path, .place = outer->place, .tokens_only = true };
	g_autofree char *text = packed_read(run, &piece.length);

	piece.text = text;
	piece.to = piece.length;
	if (text)
		look_at_text(walk, &piece);
}

/* The text as it stands, and what stands in it in base64; once, what is in that is not decoded again. */
static void look(ImageWalk *walk, const Piece *piece)
{
	const Span text = { piece->text, piece->length };
	size_t counted = 0;
	uint64_t line = piece->line;
	Span run;

	look_at_text(walk, piece);
	if (piece->tokens_only)
		return;
	for (size_t at = piece->from; packed_next(text, at, &run) && run.at < piece->text + piece->to && !walk->stop; at = (size_t)(run.at - text.at) + run.length) {
		const size_t place = (size_t)(run.at - text.at);
		line += line ? count_lines(text.at + counted, place - counted) : 0;
		counted = place;
		walk->packed_line = line;
		look_at_packed(walk, piece, run);
		walk->packed_line = 0;
	}
}

void image_walk_text(const char *path, const char *text, size_t length, void *data)
{
	ImageWalk *walk = data;
	const Piece piece = { .path = path, .place = { PLACE_ORDINARY, SYNTAX_CONFIG }, .text = text, .length = length, .to = length };

	walk->path = path;
	walk->layer = FINDINGS_NO_LAYER;
	if (!must_stop(walk))
		look(walk, &piece);
}

/* Reads on behind what is in the buffer; the even room keeps characters of two bytes whole. */
static size_t read_more(ImageWalk *walk, Stream *stream, char *buffer, size_t kept)
{
	const size_t room = (LIMIT_SECRET_PIECE_BYTES - kept) & ~(size_t)1, length = stream_fill(stream, buffer + kept, room);

	walk->bytes += length;
	return length;
}

static bool was_all(size_t kept, size_t length)
{
	return length < ((LIMIT_SECRET_PIECE_BYTES - kept) & ~(size_t)1);
}

/* A text in overlapping pieces: what begins in the last CONTEXT_BYTES of one is looked for in the next, which begins as much before it. */
static void look_at_file(ImageWalk *walk, Stream *stream, char *buffer, size_t length, ContentKind kind)
{
	const bool wide = kind == CONTENT_WIDE, big_endian = wide && content_big_endian(buffer, length);
	Piece piece = { .path = walk->path, .place = place_of(walk->path), .text = buffer, .line = 1, .tokens_only = kind == CONTENT_BLOB };
	uint64_t total = length;
	size_t kept = 0;

	if (kind == CONTENT_BLOB)
		piece.line = 0;
	for (;;) {
		const bool last = was_all(kept, length);
		piece.length = kept + (wide ? content_narrow(buffer + kept, length, big_endian) : length);
		piece.to = last ? piece.length : piece.length - MIN(piece.length, CONTEXT_BYTES);
		look(walk, &piece);
		if (last || must_stop(walk))
			return;
		if (total > LIMIT_SECRET_TEXT_BYTES) {
			leave_out(walk, GAP_TEXT);
			return;
		}
		const size_t gone = piece.to - MIN(piece.to, CONTEXT_BYTES);
		piece.line += piece.line ? count_lines(buffer, gone) : 0;
		kept = piece.length - gone;
		piece.from = piece.to - gone;
		memmove(buffer, buffer + gone, kept);
		length = read_more(walk, stream, buffer, kept);
		total += length;
	}
}

static void walk_stream(ImageWalk *walk, Stream *stream, unsigned level, const char *parent);

/* The first of them is told. */
static void damaged(ImageWalk *walk, const char *path, const char *what)
{
	if (!*walk->damage)
		walk->damage = arena_printf(walk->arena, "%s: it is damaged: %s", text_printable(walk->arena, path, LIMIT_SECRET_PATH_BYTES),
			text_printable(walk->arena, what, LIMIT_SECRET_PATH_BYTES));
}

/* Within the archive of the image these are its layers; further inside a damaged one is only a file that cannot be read. */
static void open_archive(ImageWalk *walk, Stream *outer, const char *head, size_t length, unsigned level)
{
	const char *path = walk->path;

	if (level >= LEVELS) {
		leave_out(walk, GAP_DEPTH);
		return;
	}
	g_autoptr(Stream) stream = stream_from_entry(outer, head, length);
	if (stream)
		walk_stream(walk, stream, level, path);
	else if (level == 1)
		damaged(walk, path, "the layer cannot be read");
}

/* A file beside the layers. */
static void look_at_metadata(ImageWalk *walk, Stream *stream, char *buffer, size_t length, const char *name)
{
	const bool json = length && (*buffer == '{' || *buffer == '[');

	if (json && was_all(0, length) && metadata_keep(walk->metadata, name, buffer, length))
		return;
	if (json)
		metadata_add_text(walk->metadata, name);
	g_autofree char *path = g_strconcat("image-metadata:file:", name, NULL);
	walk->path = path;
	walk->layer = FINDINGS_NO_LAYER;
	look_at_file(walk, stream, buffer, length, content_kind(buffer, length));
}

/* `same`: the bytes were taken for an archive already, and are none. */
static void look_at_entry(ImageWalk *walk, Stream *stream, unsigned level, bool same)
{
	char **buffer = &walk->buffers[level];

	if (!*buffer)
		*buffer = g_malloc(LIMIT_SECRET_PIECE_BYTES);
	const size_t length = read_more(walk, stream, *buffer, 0);
	const ContentKind seen = content_kind(*buffer, length), kind = same && seen == CONTENT_ARCHIVE ? CONTENT_BLOB : seen;
	const bool layer = level == 0 && (kind == CONTENT_ARCHIVE || content_is_tar(*buffer, length));
	if (layer)
		walk->layer = metadata_add_layer(walk->metadata, walk->path);
	if (layer || (level && kind == CONTENT_ARCHIVE))
		open_archive(walk, stream, *buffer, length, level + 1);
	else if (level == 0)
		look_at_metadata(walk, stream, *buffer, length, walk->path);
	else if (kind != CONTENT_BINARY && length)
		look_at_file(walk, stream, *buffer, length, kind);
}

/* "/app/.env" of a layer, "/app/x.jar!/a" of an archive in it; as written in the archive of the image itself. */
static char *path_of(unsigned level, const char *parent, const char *name)
{
	while (g_str_has_prefix(name, "./") || (*name == '/' && level))
		name += *name == '/' ? 1 : 2;
	if (level == 0)
		return g_strdup(name);
	return level == 1 ? g_strconcat("/", name, NULL) : g_strconcat(parent, "!/", name, NULL);
}

static void walk_stream(ImageWalk *walk, Stream *stream, unsigned level, const char *parent)
{
	StreamEntry entry;
	StreamAnswer answer = STREAM_END;

	while (!must_stop(walk) && (answer = stream_next(stream, &entry)) == STREAM_ENTRY) {
		const bool single = level && stream_is_single(stream);
		g_autofree char *path = single ? g_strdup(parent) : path_of(level, parent, entry.path);
		walk->entries++;
		walk->path = path;
		if (level == 0 && entry.kind == STREAM_LINK)
			metadata_add_link(walk->metadata, path, entry.target);
		if (entry.kind == STREAM_FILE && (level == 0 || !patterns_match(&walk->excluded, path)))
			look_at_entry(walk, stream, level, single && !stream_is_packed(stream));
		if (level == 1 && single)
			damaged(walk, parent, "a layer is a tar archive, and this is no tar archive");
		walk->path = parent;
	}
	if (answer == STREAM_BROKEN && level <= 1)
		damaged(walk, level ? parent : "the archive", stream_problem(stream));
}

void image_walk_archive(ImageWalk *walk, int fd)
{
	g_autoptr(Stream) stream = stream_from_fd(fd);

	if (stream)
		walk_stream(walk, stream, 0, "");
	else
		walk->damage = "what docker save writes is a tar archive, and this is none";
}

const char *image_walk_damage(const ImageWalk *walk)
{
	return walk->damage;
}

const char *image_walk_gap(const ImageWalk *walk)
{
	if (walk->gap == GAP_NONE)
		return "";
	return arena_printf(walk->arena, "%s%s%s%s", walk->gap_path, *walk->gap_path ? ": " : "", gap_texts[walk->gap],
		walk->gaps > 1 ? "; and further parts were left out" : "");
}
