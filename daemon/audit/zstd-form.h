/* SPDX-License-Identifier: MIT
 *
 * Where what stands in a packed file: ZSTD_FORM_BYTES, the lengths of the frames (32 bits each, little-endian), the frames.  Pure.
 */
#pragma once

#include "audit/zstd-text.h"

/* Magic number and length of a skippable frame (RFC 8878, 3.1.2), eight letters, ZSTD_TEXT_FRAME_BYTES, the head's length, the text's. */
#define ZSTD_FORM_BYTES (4u + 4 + 8 + 4 + 4 + 8)

typedef struct ZstdForm {
	size_t head_bytes; /* 0: there is none */
	int64_t bytes;     /* of the text, with the head */
} ZstdForm;

/* One of them: `at` and `bytes` are of the text. */
typedef struct ZstdFrame {
	size_t number, bytes;
	int64_t at;
} ZstdFrame;

/* False: no such file, or one with more frames than LIMIT_PACKED_FRAMES. */
bool zstd_form_read(const uint8_t fixed[static ZSTD_FORM_BYTES], ZstdForm *ret);
/* False: it would have more. */
bool zstd_form_write(const ZstdForm *form, uint8_t fixed[static ZSTD_FORM_BYTES]);
size_t zstd_form_frames(const ZstdForm *form);
/* That which holds `at`, which is within the text. */
ZstdFrame zstd_form_frame(const ZstdForm *form, int64_t at);
