/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "audit/zstd-form.h"
#include "base/limits.h"

#define SKIPPABLE 0x184D2A50u

static const uint8_t letters[8] = { 's', 'e', 'n', 't', 'i', 'n', 'e', 'l' };

static void put32(uint8_t *at, uint32_t value)
{
	value = GUINT32_TO_LE(value);
	memcpy(at, &value, sizeof value);
}

static uint32_t get32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof value);
	return GUINT32_FROM_LE(value);
}

size_t zstd_form_frames(const ZstdForm *form)
{
	const uint64_t rest = (uint64_t)form->bytes - form->head_bytes;

	return (form->head_bytes > 0) + (size_t)((rest + ZSTD_TEXT_FRAME_BYTES - 1) / ZSTD_TEXT_FRAME_BYTES);
}

static bool is_within(const ZstdForm *form)
{
	return form->head_bytes <= ZSTD_TEXT_FRAME_BYTES && form->bytes > 0 && form->bytes >= (int64_t)form->head_bytes &&
	       form->bytes <= (int64_t)LIMIT_PACKED_FRAMES * ZSTD_TEXT_FRAME_BYTES && zstd_form_frames(form) <= LIMIT_PACKED_FRAMES;
}

/* What is behind the first eight bytes, and the table. */
static uint32_t skipped(const ZstdForm *form)
{
	return ZSTD_FORM_BYTES - 8 + (uint32_t)zstd_form_frames(form) * 4;
}

bool zstd_form_write(const ZstdForm *form, uint8_t fixed[static ZSTD_FORM_BYTES])
{
	const uint64_t bytes = GUINT64_TO_LE((uint64_t)form->bytes);

	if (!is_within(form))
		return false;
	put32(fixed, SKIPPABLE);
	put32(fixed + 4, skipped(form));
	memcpy(fixed + 8, letters, sizeof letters);
	put32(fixed + 16, ZSTD_TEXT_FRAME_BYTES);
	put32(fixed + 20, (uint32_t)form->head_bytes);
	memcpy(fixed + 24, &bytes, sizeof bytes);
	return true;
}

/* As it is written, to the letter: nothing in it is there for no reason. */
bool zstd_form_read(const uint8_t fixed[static ZSTD_FORM_BYTES], ZstdForm *ret)
{
	uint8_t written[ZSTD_FORM_BYTES];
	uint64_t bytes;

	memcpy(&bytes, fixed + 24, sizeof bytes);
	*ret = (ZstdForm){ get32(fixed + 20), (int64_t)GUINT64_FROM_LE(bytes) };
	return zstd_form_write(ret, written) && !memcmp(fixed, written, sizeof written);
}

ZstdFrame zstd_form_frame(const ZstdForm *form, int64_t at)
{
	const bool head = form->head_bytes > 0;

	if (at < (int64_t)form->head_bytes)
		return (ZstdFrame){ 0, form->head_bytes, 0 };
	const int64_t number = (at - (int64_t)form->head_bytes) / ZSTD_TEXT_FRAME_BYTES;
	const int64_t begin = (int64_t)form->head_bytes + number * ZSTD_TEXT_FRAME_BYTES;
	return (ZstdFrame){ (size_t)number + head, (size_t)MIN((int64_t)ZSTD_TEXT_FRAME_BYTES, form->bytes - begin), begin };
}
