/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum ContentKind {
	CONTENT_TEXT,
	CONTENT_WIDE,    /* UTF-16 */
	CONTENT_BLOB,    /* no text, and of no known form: a token may stand in it */
	CONTENT_PROGRAM, /* programs and libraries: tokens and keys are among their strings */
	CONTENT_BINARY,  /* media, fonts, what is packed in a way that is not read */
	CONTENT_ARCHIVE, /* tar, zip, and what gzip, bzip2 or zstd packed */
} ContentKind;

#define CONTENT_HEAD_BYTES 1024u /* so many bytes say what a file is; fewer when it is shorter */

ContentKind content_kind(const char *head, size_t length);
/* The header of a tar archive with its checksum (POSIX ustar, and older), or a block of zeros: an empty one. */
bool content_is_tar(const char *head, size_t length);
/* Where the archive begins in a script that carries one (executable jars, zipapps); 0: it carries none. */
size_t content_zip_behind_script(const char *head, size_t length);
/* By gzip, bzip2 or zstd. */
bool content_is_packed(const char *head, size_t length);
/* UTF-16 in place to one byte a character, '?' when it is not ASCII; the new length. */
size_t content_narrow(char *bytes, size_t length, bool big_endian);
/* Of CONTENT_WIDE. */
bool content_big_endian(const char *head, size_t length);
