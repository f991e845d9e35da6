/* SPDX-License-Identifier: MIT
 *
 * The files that the trail is made of.  `audit.jsonl` is written; finished ones stand beside it, named by their
 * first id (audit-00000000000000000001.jsonl, and .jsonl.zst when it is packed, zstd-text.h: who reads it here sees no difference).  A place in the trail is a position: bytes as if it had never been cut
 * into files, so rotation and removal move nothing.  A file that does not begin at 0 says in a line of its own, which is no
 * record and has no position, where it begins.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <glib.h>
#include "audit/chain.h"
#include "audit/zstd-text.h"

#define SEGMENT_ACTIVE "audit.jsonl"
#define SEGMENT_FRESH "audit.jsonl.new" /* the next one, until it has that name: no name of the trail's, nor is the other */
#define SEGMENT_PACKING "audit.pack"    /* one that is being packed */

/* What a file says of itself in its first line. */
typedef struct SegmentHead {
	int64_t position; /* of its first record */
	Chain chain;      /* what stands before its first record */
} SegmentHead;

typedef struct Segment {
	char *name;
	int fd;
	ZstdText *packed; /* NULL: its text stands in the file as it is */
	dev_t device;
	ino_t inode;
	SegmentHead head;
	size_t head_bytes; /* of that line; 0: there is none */
} Segment;

/* With its line feed; free with g_free(). */
char *segment_head_format(const SegmentHead *head);
/* "audit-00000000000000000001.jsonl"; free with g_free(). */
char *segment_name(uint64_t first_id);
uint64_t segment_number(const char *name); /* of such a name; 0: audit.jsonl */
/* The same file when it is packed; free with g_free(). */
char *segment_packed_name(const char *name);
/* How the file is called when it is not packed; free with g_free(). */
char *segment_plain_name(const char *name);
bool segment_is_packed(const char *name);

/* Opens DIR/NAME for reading; one that is packed meanwhile is the same.  NULL: see `ret_errno` (EINVAL: this is no regular file; EBADMSG: it is
 * packed, and damaged). */
Segment *segment_open(const char *dir, const char *name, int *ret_errno);
/* Reads where it begins from its first line.  False: see errno. */
bool segment_read_head(Segment *segment);
void segment_free(Segment *segment); /* NULL is accepted */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Segment, segment_free)

/* As pread(2), at a position of the trail; what is before the segment is EINVAL, what is damaged EBADMSG. */
ssize_t segment_read(const Segment *segment, char *into, size_t length, int64_t position);
/* The same at a place of its text, with the head. */
ssize_t segment_read_text(const Segment *segment, char *into, size_t length, int64_t at);
int64_t segment_text_bytes(const Segment *segment); /* -1: see errno */
/* Where what can be read goes on behind what is damaged at `position`. */
int64_t segment_behind_damage(const Segment *segment, int64_t position);
int64_t segment_end(const Segment *segment); /* the position behind its last byte, now; -1: see errno */
/* What stands just before `position` in this segment, as a number; 0: that is its beginning, or it cannot be read. */
uint64_t segment_print(const Segment *segment, int64_t position);
/* True while its name still stands for it. */
bool segment_is_named(const Segment *segment, const char *dir);

/* Two names of one file, as fstatat(2) takes them: a rotation that was ended between its two steps. */
bool segment_same_file(int fd, const char *a, const char *b);
/* Names of what is there, oldest first; audit.jsonl is the last.  One that is being put away, or packed, stands once.  NULL: see `ret_errno`. */
GPtrArray *segment_list(const char *dir, int *ret_errno);
