/* SPDX-License-Identifier: MIT
 *
 * A finished file of the trail, packed: zstd (RFC 8878) in frames of ZSTD_TEXT_FRAME_BYTES of its text each, so that one record costs
 * one frame, and what is damaged costs no more than the frames that it is in.  Before them stands a skippable frame, which zstdcat(1)
 * passes over, with the length of the text and of each frame; the file's own first line, its head, is a frame of its own.  What is read
 * here may have been put there by anybody: nothing is unpacked that is longer than a frame, and there is a limit to how many there are. One
 * thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ZSTD_TEXT_FRAME_BYTES (256u * 1024)

typedef struct ZstdText ZstdText;

/* `fd` is borrowed.  NULL: see errno; EBADMSG: this is no such file, or it is damaged. */
ZstdText *zstd_text_open(int fd);
void zstd_text_free(ZstdText *packed); /* NULL is accepted */

/* As pread(2) of the text.  EBADMSG: what stands there is damaged. */
ssize_t zstd_text_read(ZstdText *packed, char *into, size_t length, int64_t at);
int64_t zstd_text_bytes(const ZstdText *packed); /* of the text */
/* Where what follows the frame begins that holds `at`. */
int64_t zstd_text_behind(const ZstdText *packed, int64_t at);

/* Writes the text of `from`, whose first line of `head_bytes` is its head, into the empty file `to`.  0, or a negative errno; EFBIG: it is
 * longer than what is read again; ECANCELED: `may_go_on` said no. */
int zstd_text_write(int from, int64_t bytes, size_t head_bytes, int to, bool (*may_go_on)(void *data), void *data);
