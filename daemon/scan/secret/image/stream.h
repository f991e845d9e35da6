/* SPDX-License-Identifier: MIT
 *
 * An archive that is read once, from front to end, from a descriptor or out of an entry of another one
 * (libarchive, archive_read(3)).  Nothing is written, no link followed.  Formats: tar, zip, and one file that gzip,
 * bzip2 or zstd packed.  Not thread-safe.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>
#include "scan/secret/image/digest.h"

typedef struct Stream Stream;

typedef enum StreamEntryKind { STREAM_FILE, STREAM_LINK, STREAM_OTHER } StreamEntryKind;

typedef struct StreamEntry {
	StreamEntryKind kind;
	const char *path;   /* as written in the archive, "" when there is none; good until the next entry */
	const char *target; /* of a symbolic link */
} StreamEntry;

typedef enum StreamAnswer { STREAM_ENTRY, STREAM_END, STREAM_BROKEN } StreamAnswer;

/* The descriptor stays the caller's.  NULL: it is no archive, or the memory is missing. */
Stream *stream_from_fd(int fd);
/* Out of the entry that `outer` is at: its first bytes were read already and are given here. */
Stream *stream_from_entry(Stream *outer, const char *head, size_t length);
/* What is packed alone: the stream is at its one entry, the bytes that were packed, and goes before `outer`.  NULL: it cannot be read. */
Stream *stream_unpack(Stream *outer, const char *head, size_t length, Digest *digest);
void stream_free(Stream *stream); /* NULL is accepted; before `outer` */

StreamAnswer stream_next(Stream *stream, StreamEntry *ret_entry);
/* The entry's bytes, as many as there is room for: fewer are the end of it.  Holes of a sparse file are left out. */
size_t stream_fill(Stream *stream, char *buffer, size_t room);
/* From now on, and to the end of the entry at hand, all of its bytes that are read go into the digest, too. */
void stream_watch(Stream *stream, Digest *digest);
/* Reads on to nowhere: how many bytes; 0: the entry's end. */
size_t stream_skip(Stream *stream);
/* A part was passed over that could not be read. */
bool stream_is_damaged(Stream *stream);
/* No archive, but one file that is packed alone, or that only looks like an archive: the one entry has no name. */
bool stream_is_single(Stream *stream);
/* Of such a one: the entry's bytes are not those that were given. */
bool stream_is_packed(Stream *stream);
/* In libarchive's words, after STREAM_BROKEN. */
const char *stream_problem(Stream *stream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stream, stream_free)
