/* SPDX-License-Identifier: MIT
 *
 * A packed file by itself: the same text from any place, and what is damaged, or put there by somebody, is told and never another text.
 */
#include <errno.h>
#include <zstd.h>
#include "audit/zstd-form.h"
#include "base/limits.h"
#include "pack-fixture.h"

#define FRAME ZSTD_TEXT_FRAME_BYTES

/* A text that is not all the same, into `dir`/plain and packed into `dir`/packed; NULL: it is not packed. */
static char *pack_text(const char *dir, size_t length, size_t head_bytes)
{
	g_autofree char *from_path = g_build_filename(dir, "plain", NULL), *to_path = g_build_filename(dir, "packed", NULL);
	char *text = g_malloc(length + 1);
	uint32_t state = 1;

	for (size_t i = 0; i < length; i++)
		text[i] = (char)('a' + ((state = state * 1664525 + 1013904223) >> 27) % 20);
	text[length] = 0;
	write_bytes(dir, "plain", text, length);
	int from = open(from_path, O_RDONLY | O_CLOEXEC), to = open(to_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	g_assert_cmpint(zstd_text_write(from, (int64_t)length, head_bytes, to, go_on, NULL), ==, 0);
	(void)close(from);
	(void)close(to);
	return text;
}

static ZstdText *open_packed(const char *dir, int *ret_fd)
{
	g_autofree char *path = g_build_filename(dir, "packed", NULL);

	*ret_fd = open(path, O_RDONLY | O_CLOEXEC);
	return zstd_text_open(*ret_fd);
}

/* In pieces of any size, from any place: what was there before, and an end. */
static void test_sizes(void)
{
	static const struct {
		size_t length, head_bytes;
	} rows[] = {
		{ 1, 0 },
		{ 100, 100 },
		{ 101, 100 },
		{ FRAME - 1, 0 },
		{ FRAME, 0 },
		{ FRAME + 1, 0 },
		{ FRAME + 100, 100 },
		{ FRAME + 101, 100 },
		{ 3 * FRAME + 17, 5 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		const size_t length = rows[i].length;
		g_autofree char *text = pack_text(dir, length, rows[i].head_bytes), *into = g_malloc(length + 1);
		int fd;
		ZstdText *packed = open_packed(dir, &fd);
		g_assert_nonnull(packed);
		g_assert_cmpint(zstd_text_bytes(packed), ==, length);
		g_assert_cmpint(zstd_text_read(packed, into, length + 1, 0), ==, length);
		g_assert_cmpmem(into, length, text, length);
		for (size_t at = 0; at < length; at += 99991) {
			ssize_t got = zstd_text_read(packed, into, 70001, (int64_t)at);
			g_assert_cmpint(got, ==, MIN(70001, length - at));
			g_assert_cmpmem(into, (size_t)got, text + at, (size_t)got);
		}
		g_assert_cmpint(zstd_text_read(packed, into, 1, (int64_t)length), ==, 0);
		zstd_text_free(packed);
		(void)close(fd);
	}
}

/* What zstd(1) makes of it, for whoever has only that. */
static void test_zstdcat(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *text = pack_text(dir, 2 * FRAME + 3, 7), *into = g_malloc(2 * FRAME + 4);
	gsize length;
	g_autofree char *bytes = read_bytes(dir, "packed", &length);

	g_assert_cmpuint(ZSTD_decompress(into, 2 * FRAME + 4, bytes, length), ==, 2 * FRAME + 3);
	g_assert_cmpmem(into, 2 * FRAME + 3, text, 2 * FRAME + 3);
}

/* True: it was told that it is damaged.  Another text is never read. */
static bool is_told(const char *dir, const char *text, size_t length)
{
	g_autofree char *into = g_malloc(length + 1);
	int fd;
	ZstdText *packed = open_packed(dir, &fd);
	bool told = !packed && errno == EBADMSG;

	g_assert_true(packed || told);
	for (int64_t at = 0; packed && at < zstd_text_bytes(packed) && !told;) {
		ssize_t got = zstd_text_read(packed, into, length, at);
		told = got < 0 && errno == EBADMSG;
		g_assert_true(told || got > 0);
		if (got > 0)
			g_assert_cmpmem(into, (size_t)got, text + at, (size_t)got);
		at += got;
	}
	told = told || (packed && zstd_text_bytes(packed) != (int64_t)length);
	zstd_text_free(packed);
	(void)close(fd);
	return told;
}

static void test_damage(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *text = pack_text(dir, 300, 60);
	gsize length;
	g_autofree char *bytes = read_bytes(dir, "packed", &length);
	unsigned missed = 0;

	g_assert_false(is_told(dir, text, 300));
	for (gsize i = 0; i < length; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			bytes[i] = (char)(bytes[i] ^ (1 << bit));
			write_bytes(dir, "packed", bytes, length);
			missed += !is_told(dir, text, 300);
			bytes[i] = (char)(bytes[i] ^ (1 << bit));
		}
		write_bytes(dir, "packed", bytes, i);
		g_assert_true(is_told(dir, text, 300));
	}
	g_assert_cmpuint(missed, <=, 4); /* some bits mean nothing (RFC 8878, 3.1.1.1.1, unused): the text is the same */
	g_autofree char *longer = g_malloc0(length + 1);
	memcpy(longer, bytes, length);
	write_bytes(dir, "packed", longer, length + 1);
	g_assert_true(is_told(dir, text, 300));
}

/* A file that says one thing of its length, and has a frame that unpacks to another. */
static void put_bomb(const char *dir, int64_t says, size_t has)
{
	const ZstdForm form = { 0, says };
	g_autofree char *text = g_malloc0(has), *packed = g_malloc(ZSTD_compressBound(has));
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	uint8_t fixed[ZSTD_FORM_BYTES];
	size_t size = ZSTD_compress(packed, ZSTD_compressBound(has), text, has, 3);

	g_assert_true(zstd_form_write(&form, fixed));
	(void)g_byte_array_append(bytes, fixed, sizeof fixed);
	for (size_t i = 0; i < zstd_form_frames(&form); i++) {
		const uint32_t stored = GUINT32_TO_LE(i ? 0 : (uint32_t)size);
		(void)g_byte_array_append(bytes, (const uint8_t *)&stored, sizeof stored);
	}
	(void)g_byte_array_append(bytes, (const uint8_t *)packed, (guint)size);
	write_bytes(dir, "packed", bytes->data, bytes->len);
}

static void test_bombs(void)
{
	static const struct {
		int64_t says;
		size_t has;
	} rows[] = {
		{ 1, 64 * 1024 * 1024 },
		{ FRAME, FRAME + 1 },
		{ FRAME, FRAME - 1 },
		{ (int64_t)LIMIT_PACKED_FRAMES * FRAME, 64 * 1024 * 1024 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		char into[16];
		int fd;
		put_bomb(dir, rows[i].says, rows[i].has);
		ZstdText *packed = open_packed(dir, &fd);
		g_assert_nonnull(packed);
		g_assert_cmpint(zstd_text_read(packed, into, sizeof into, 0), ==, -1);
		g_assert_cmpint(errno, ==, EBADMSG);
		zstd_text_free(packed);
		(void)close(fd);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/zstd-text/sizes", test_sizes);
	g_test_add_func("/zstd-text/zstdcat", test_zstdcat);
	g_test_add_func("/zstd-text/damage", test_damage);
	g_test_add_func("/zstd-text/bombs", test_bombs);
	return g_test_run();
}
