/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <glib.h>
#include <zstd.h>
#include "audit/zstd-form.h"

#define LEVEL 3 /* zstd's own default */

typedef struct Writing {
	int from, to;
	int64_t at; /* in `to` */
	ZSTD_CCtx *context;
	char *text, *packed;
} Writing;

static int write_exactly(int fd, const void *data, size_t length, int64_t at)
{
	for (size_t done = 0; done < length;) {
		ssize_t wrote = pwrite(fd, (const char *)data + done, length - done, (off_t)at + (off_t)done);
		if (wrote <= 0)
			return wrote < 0 ? -errno : -ENOSPC;
		done += (size_t)wrote;
	}
	return 0;
}

static int read_frame(const Writing *writing, const ZstdFrame *frame)
{
	for (size_t done = 0; done < frame->bytes;) {
		ssize_t got = pread(writing->from, writing->text + done, frame->bytes - done, (off_t)frame->at + (off_t)done);
		if (got <= 0)
			return got < 0 ? -errno : -EIO;
		done += (size_t)got;
	}
	return 0;
}

static int write_frame(Writing *writing, const ZstdFrame *frame, uint32_t *ret_size)
{
	int r = read_frame(writing, frame);

	if (r < 0)
		return r;
	size_t size =
		ZSTD_compress2(writing->context, writing->packed, ZSTD_compressBound(ZSTD_TEXT_FRAME_BYTES), writing->text, frame->bytes);
	if (ZSTD_isError(size))
		return -ENOMEM;
	r = write_exactly(writing->to, writing->packed, size, writing->at);
	writing->at += (int64_t)size;
	*ret_size = GUINT32_TO_LE((uint32_t)size);
	return r;
}

static int write_frames(Writing *writing, const ZstdForm *form, uint32_t *sizes, bool (*may_go_on)(void *data), void *data)
{
	int r = 0;

	for (int64_t at = 0; r == 0 && at < form->bytes;) {
		const ZstdFrame frame = zstd_form_frame(form, at);
		if (!may_go_on(data))
			return -ECANCELED;
		r = write_frame(writing, &frame, &sizes[frame.number]);
		at = frame.at + (int64_t)frame.bytes;
	}
	return r;
}

int zstd_text_write(int from, int64_t bytes, size_t head_bytes, int to, bool (*may_go_on)(void *data), void *data)
{
	const ZstdForm form = { head_bytes, bytes };
	uint8_t fixed[ZSTD_FORM_BYTES];

	if (!zstd_form_write(&form, fixed))
		return -EFBIG;
	const size_t count = zstd_form_frames(&form), table_bytes = count * sizeof(uint32_t);
	g_autofree uint32_t *sizes = g_new0(uint32_t, count);
	Writing writing = { .from = from, .to = to, .at = (int64_t)(sizeof fixed + table_bytes), .context = ZSTD_createCCtx() };
	if (!writing.context)
		return -ENOMEM;
	writing.text = g_malloc(ZSTD_TEXT_FRAME_BYTES);
	writing.packed = g_malloc(ZSTD_compressBound(ZSTD_TEXT_FRAME_BYTES));
	(void)ZSTD_CCtx_setParameter(writing.context, ZSTD_c_compressionLevel, LEVEL);
	(void)ZSTD_CCtx_setParameter(writing.context, ZSTD_c_checksumFlag, 1); /* a bit that is wrong is told, and is not another text */
	int r = write_frames(&writing, &form, sizes, may_go_on, data);
	if (r == 0)
		r = write_exactly(to, sizes, table_bytes, sizeof fixed);
	if (r == 0)
		r = write_exactly(to, fixed, sizeof fixed, 0);
	(void)ZSTD_freeCCtx(writing.context);
	g_free(writing.text);
	g_free(writing.packed);
	return r;
}
