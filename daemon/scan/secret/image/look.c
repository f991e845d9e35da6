/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>
#include "base/text.h"
#include "request/list.h"
#include "scan/secret/image/walk-internal.h"
#include "scan/secret/text/packed-text.h"

static const char *const gap_texts[] = {
	[GAP_NONE] = "", [GAP_DEPTH] = "an archive within archives within the layer lies too deep",
	[GAP_EXPRESSION] = "a text is too intricate for an expression",
	[GAP_FINDINGS] = "more was found than can be reported", [GAP_ENTRIES] = "there are too many files; the rest was not looked at",
	[GAP_BYTES] = "there is too much to read; the rest was not looked at", [GAP_TIME] = "no time was left; the rest was not looked at",
	[GAP_CANCELLED] = "the scan was cancelled; the rest was not looked at",
};

int64_t walk_now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* One file has its gaps in a row. */
static void note_missed(ImageWalk *walk, Gap gap)
{
	const char *path = text_printable(walk->arena, walk->path, LIMIT_SECRET_PATH_BYTES);

	if (gap < GAP_FINDINGS && walk->missed.count && !strcmp(walk->missed.items[walk->missed.count - 1], path))
		return;
	if (gap >= GAP_FINDINGS || *walk->path != '/' || walk->missed.count >= LIMIT_SECRET_GAPS)
		walk->missed_more = true;
	else
		LIST_APPEND(walk->arena, &walk->missed, path);
}

void walk_leave_out(ImageWalk *walk, Gap gap)
{
	walk->gaps++;
	note_missed(walk, gap);
	if (walk->gap == GAP_NONE) {
		walk->gap = gap;
		walk->gap_path = text_printable(walk->arena, walk->path, LIMIT_SECRET_PATH_BYTES);
	}
	if (gap >= GAP_FINDINGS)
		walk->stop = gap;
}

bool walk_must_stop(void *data)
{
	ImageWalk *walk = data;

	if (walk->stop)
		return true;
	if (walk->options->cancelled && atomic_load(walk->options->cancelled))
		walk_leave_out(walk, GAP_CANCELLED);
	else if (walk_now_s() >= walk->end_s)
		walk_leave_out(walk, GAP_TIME);
	else if (walk->entries > LIMIT_SECRET_ENTRIES)
		walk_leave_out(walk, GAP_ENTRIES);
	else if (walk->bytes > LIMIT_SECRET_BYTES)
		walk_leave_out(walk, GAP_BYTES);
	return walk->stop != GAP_NONE;
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
		walk_leave_out(walk, GAP_EXPRESSION);
}

/* Settings are packed in settings; anywhere else only what is plain from its form is believed. */
static void look_at_packed(ImageWalk *walk, const Piece *outer, Span run)
{
	Piece piece = { .path = outer->path, .place = outer->place, .tokens_only = outer->place.syntax != SYNTAX_CONFIG };
	g_autofree char *text = packed_read(run, &piece.length);

	piece.text = text;
	piece.to = piece.length;
	if (text)
		look_at_text(walk, &piece);
}

/* Once: what is in that is not decoded again. */
void walk_look(ImageWalk *walk, const Piece *piece)
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
	if (!walk_must_stop(walk))
		walk_look(walk, &piece);
}

/* Reads on behind what is in the buffer; the even room keeps characters of two bytes whole. */
size_t walk_read(ImageWalk *walk, Stream *stream, char *buffer, size_t kept)
{
	const size_t room = (LIMIT_SECRET_PIECE_BYTES - kept) & ~(size_t)1, length = stream_fill(stream, buffer + kept, room);

	walk->bytes += length;
	return length;
}

bool walk_was_all(size_t kept, size_t length)
{
	return length < ((LIMIT_SECRET_PIECE_BYTES - kept) & ~(size_t)1);
}

/* A text in overlapping pieces: what begins in the last CONTEXT_BYTES of one is looked for in the next, which begins as much before it. */
void walk_look_at_file(ImageWalk *walk, Stream *stream, char *buffer, size_t length, ContentKind kind)
{
	const bool wide = kind == CONTENT_WIDE, big_endian = wide && content_big_endian(buffer, length);
	Piece piece = { .path = walk->known_as, .place = place_of(walk->known_as), .text = buffer, .line = 1 };
	size_t kept = 0;

	piece.place.program = kind == CONTENT_PROGRAM;
	piece.tokens_only = kind == CONTENT_BLOB || kind == CONTENT_PROGRAM;
	if (piece.tokens_only)
		piece.line = 0;
	for (;;) {
		const bool last = walk_was_all(kept, length);
		piece.length = kept + (wide ? content_narrow(buffer + kept, length, big_endian) : length);
		piece.to = last ? piece.length : piece.length - MIN(piece.length, CONTEXT_BYTES);
		walk_look(walk, &piece);
		if (last || walk_must_stop(walk))
			return;
		const size_t gone = piece.to - MIN(piece.to, CONTEXT_BYTES);
		piece.line += piece.line ? count_lines(buffer, gone) : 0;
		kept = piece.length - gone;
		piece.from = piece.to - gone;
		memmove(buffer, buffer + gone, kept);
		length = walk_read(walk, stream, buffer, kept);
	}
}

const char *image_walk_gap(const ImageWalk *walk)
{
	if (walk->gap == GAP_NONE)
		return "";
	return arena_printf(walk->arena, "%s%s%s%s", walk->gap_path, *walk->gap_path ? ": " : "", gap_texts[walk->gap],
		walk->gaps > 1 ? "; and further parts were left out" : "");
}

bool image_walk_missed(const ImageWalk *walk, ScanReport *report, Arena *arena)
{
	for (size_t i = 0; i < walk->missed.count; i++) {
		const char *path = arena_strdup(arena, walk->missed.items[i]);
		LIST_APPEND(arena, &report->gaps, path);
	}
	return !walk->missed_more;
}
