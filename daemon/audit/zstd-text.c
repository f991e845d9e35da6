/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib.h>
#include <zstd.h>
#include "audit/zstd-form.h"
#include "base/limits.h"

struct ZstdText {
	int fd;
	ZstdForm form;
	int64_t *places; /* where each frame begins in the file, and where the last one ends */
	ZSTD_DCtx *context;
	char *source, *text;     /* of one frame */
	size_t held, held_bytes; /* which, one more than its number; 0: none */
};

/* With the errno that says why. */
static ZstdText *give_up(ZstdText *packed)
{
	int cause = errno;

	zstd_text_free(packed);
	errno = cause;
	return NULL;
}

static bool read_exactly(int fd, void *into, size_t length, int64_t at)
{
	size_t got = 0;

	while (got < length) {
		ssize_t r = pread(fd, (char *)into + got, length - got, (off_t)at + (off_t)got);
		if (r < 0)
			return false;
		if (r == 0) {
			errno = EBADMSG; /* it was cut off */
			return false;
		}
		got += (size_t)r;
	}
	return true;
}

/* The lengths of the frames.  What is behind the last one is not ours. */
static bool read_table(ZstdText *packed, int64_t file_bytes)
{
	const size_t count = zstd_form_frames(&packed->form);
	g_autofree uint32_t *sizes = g_new(uint32_t, count);
	int64_t at = (int64_t)(ZSTD_FORM_BYTES + count * sizeof *sizes);

	if (!read_exactly(packed->fd, sizes, count * sizeof *sizes, ZSTD_FORM_BYTES))
		return false;
	packed->places = g_new(int64_t, count + 1);
	for (size_t i = 0; i < count; i++) {
		packed->places[i] = at;
		at += GUINT32_FROM_LE(sizes[i]);
		if (GUINT32_FROM_LE(sizes[i]) > ZSTD_compressBound(ZSTD_TEXT_FRAME_BYTES)) {
			errno = EBADMSG;
			return false;
		}
	}
	packed->places[count] = at;
	errno = EBADMSG;
	return file_bytes <= at;
}

ZstdText *zstd_text_open(int fd)
{
	uint8_t fixed[ZSTD_FORM_BYTES];
	struct stat status;
	ZstdText *packed = g_new0(ZstdText, 1);

	packed->fd = fd;
	if (fstat(fd, &status) < 0 || !read_exactly(fd, fixed, sizeof fixed, 0))
		return give_up(packed);
	errno = EBADMSG;
	if (!zstd_form_read(fixed, &packed->form) || !read_table(packed, status.st_size))
		return give_up(packed);
	return packed;
}

void zstd_text_free(ZstdText *packed)
{
	if (!packed)
		return;
	(void)ZSTD_freeDCtx(packed->context);
	g_free(packed->places);
	g_free(packed->source);
	g_free(packed->text);
	g_free(packed);
}

int64_t zstd_text_bytes(const ZstdText *packed)
{
	return packed->form.bytes;
}

int64_t zstd_text_behind(const ZstdText *packed, int64_t at)
{
	ZstdFrame frame = zstd_form_frame(&packed->form, at);

	return frame.at + (int64_t)frame.bytes;
}

/* Room for one frame is made when one is read: most files are only asked where they begin. */
static bool make_room(ZstdText *packed)
{
	if (packed->context)
		return true;
	errno = ENOMEM;
	packed->context = ZSTD_createDCtx();
	if (!packed->context)
		return false;
	packed->source = g_malloc(ZSTD_compressBound(ZSTD_TEXT_FRAME_BYTES));
	packed->text = g_malloc(ZSTD_TEXT_FRAME_BYTES);
	return true;
}

/* Exactly the text that the table says, or nothing. */
static bool hold(ZstdText *packed, const ZstdFrame *frame)
{
	const size_t length = (size_t)(packed->places[frame->number + 1] - packed->places[frame->number]);

	if (packed->held == frame->number + 1)
		return true;
	packed->held = 0;
	if (!make_room(packed) || !read_exactly(packed->fd, packed->source, length, packed->places[frame->number]))
		return false;
	errno = EBADMSG;
	if (ZSTD_getFrameContentSize(packed->source, length) != frame->bytes ||
		ZSTD_decompressDCtx(packed->context, packed->text, frame->bytes, packed->source, length) != frame->bytes)
		return false;
	packed->held = frame->number + 1;
	packed->held_bytes = frame->bytes;
	return true;
}

ssize_t zstd_text_read(ZstdText *packed, char *into, size_t length, int64_t at)
{
	size_t got = 0;

	while (got < length && at + (int64_t)got < packed->form.bytes) {
		const ZstdFrame frame = zstd_form_frame(&packed->form, at + (int64_t)got);
		if (!hold(packed, &frame))
			return got ? (ssize_t)got : -1;
		const size_t skip = (size_t)(at + (int64_t)got - frame.at), room = MIN(length - got, packed->held_bytes - skip);
		memcpy(into + got, packed->text + skip, room);
		got += room;
	}
	return (ssize_t)got;
}
