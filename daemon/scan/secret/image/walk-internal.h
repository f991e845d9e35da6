/* SPDX-License-Identifier: MIT
 *
 * What walk.c (archives) and look.c (texts, limits) share of one walk.
 */
#pragma once

#include "base/limits.h"
#include "policy/match/patterns.h"
#include "scan/secret/image/stream.h"
#include "scan/secret/image/walk.h"
#include "scan/secret/text/content.h"
#include "scan/secret/text/engine.h"

#define LEVELS (LIMIT_SECRET_DEPTH + 2u) /* the archive, a layer, archives within */
#define CONTEXT_BYTES ((size_t)LIMIT_SECRET_WINDOW)

typedef enum Gap { GAP_NONE, GAP_DEPTH, GAP_EXPRESSION, GAP_FINDINGS, GAP_ENTRIES, GAP_BYTES, GAP_TIME, GAP_CANCELLED } Gap;

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
	const char *path, *known_as; /* what its name says of it: x.sql of x.sql.gz */
	uint64_t packed_line; /* of the text that is decoded; 0: it stands there as it is */
	Gap gap, stop; /* the first gap; stop: nothing more is read */
	unsigned gaps;
	const char *gap_path, *damage;
	struct { const char **items; size_t count; } missed; /* files, each once, up to LIMIT_SECRET_GAPS */
	bool missed_more; /* or something that is no file */
};

int64_t walk_now_s(void);
/* A limit is met: the first is told; the last ones end the walk. */
void walk_leave_out(ImageWalk *walk, Gap gap);
bool walk_must_stop(void *walk);
/* The text as it stands, and what stands in it in base64. */
void walk_look(ImageWalk *walk, const Piece *piece);
/* Reads on behind what is in the buffer, as much as there is room for. */
size_t walk_read(ImageWalk *walk, Stream *stream, char *buffer, size_t kept);
bool walk_was_all(size_t kept, size_t length); /* so much was read: there is no more */
/* The rest of the file at hand, whose first `length` bytes are in the buffer. */
void walk_look_at_file(ImageWalk *walk, Stream *stream, char *buffer, size_t length, ContentKind kind);
