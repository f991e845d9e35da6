/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "scan/secret/text/content.h"

#define TAR_BLOCK 512u
#define TAR_SUM_AT 148u
#define TAR_SUM_BYTES 8u
#define WIDE_HEAD 64u

/* How files begin, file(1). */
static const struct { const char *bytes; size_t length; ContentKind kind; } magic[] = {
	{ "\x1f\x8b", 2, CONTENT_ARCHIVE },       { "BZh", 3, CONTENT_ARCHIVE },       { "\x28\xb5\x2f\xfd", 4, CONTENT_ARCHIVE },
	{ "PK\x03\x04", 4, CONTENT_ARCHIVE },     { "\x7f" "ELF", 4, CONTENT_PROGRAM }, { "\x89PNG", 4, CONTENT_BINARY },
	{ "\xff\xd8\xff", 3, CONTENT_BINARY },    { "GIF8", 4, CONTENT_BINARY },       { "RIFF", 4, CONTENT_BINARY },
	{ "OggS", 4, CONTENT_BINARY },            { "fLaC", 4, CONTENT_BINARY },       { "ID3", 3, CONTENT_BINARY },
	{ "%PDF-", 5, CONTENT_BINARY },           { "wOFF", 4, CONTENT_BINARY },       { "wOF2", 4, CONTENT_BINARY },
	{ "OTTO\0", 5, CONTENT_BINARY },          { "\0\1\0\0\0", 5, CONTENT_BINARY }, { "\xfd" "7zXZ\0", 6, CONTENT_BINARY },
	{ "7z\xbc\xaf\x27\x1c", 6, CONTENT_BINARY }, { "Rar!", 4, CONTENT_BINARY },    { "!<arch>\n", 8, CONTENT_PROGRAM },
	{ "\xde\x12\x04\x95", 4, CONTENT_BINARY }, { "\0asm", 4, CONTENT_PROGRAM },     { "MZ\x90", 3, CONTENT_PROGRAM },
	{ "\0\0\1\0", 4, CONTENT_BINARY },        { "BM\0\0", 4, CONTENT_BINARY },     { "TZif", 4, CONTENT_BINARY },
};

/* PK 3 4, and a version to unpack it that there is (APPNOTE.TXT 4.3.7). */
size_t content_zip_behind_script(const char *head, size_t length)
{
	if (length < 4 || memcmp(head, "#!", 2) != 0)
		return 0;
	for (const char *at = head, *end = head + length - 4; (at = memchr(at, 'P', (size_t)(end - at))) != NULL; at++)
		if (end - at > 2 && !memcmp(at, "PK\x03\x04", 4) && !at[5])
			return (size_t)(at - head);
	return 0;
}

bool content_is_packed(const char *head, size_t length)
{
	return length > 4 && (!memcmp(head, "\x1f\x8b", 2) || !memcmp(head, "BZh", 3) || !memcmp(head, "\x28\xb5\x2f\xfd", 4));
}

bool content_is_tar(const char *head, size_t length)
{
	unsigned long sum = TAR_SUM_BYTES * ' ';
	char digits[TAR_SUM_BYTES + 1] = { 0 };
	bool zeros = true;

	if (length < TAR_BLOCK)
		return false;
	for (size_t i = 0; i < TAR_BLOCK; i++) {
		zeros &= !head[i];
		if (i < TAR_SUM_AT || i >= TAR_SUM_AT + TAR_SUM_BYTES)
			sum += (unsigned char)head[i];
	}
	memcpy(digits, head + TAR_SUM_AT, TAR_SUM_BYTES);
	return zeros || (strchr(" 01234567", digits[0]) && digits[0] && g_ascii_strtoull(digits, NULL, 8) == sum);
}

bool content_big_endian(const char *head, size_t length)
{
	return length > 1 && (!memcmp(head, "\xfe\xff", 2) || (!head[0] && memcmp(head, "\xff\xfe", 2) != 0));
}

/* A byte order mark, or a zero in every other place. */
static bool wide(const char *head, size_t length)
{
	size_t zeros[2] = { 0, 0 }, looked = MIN(length, WIDE_HEAD) & ~(size_t)1;

	if (length > 1 && (!memcmp(head, "\xff\xfe", 2) || !memcmp(head, "\xfe\xff", 2)))
		return true;
	for (size_t i = 0; i < looked; i++)
		zeros[i % 2] += !head[i];
	return looked >= 16 && ((zeros[0] == looked / 2 && !zeros[1]) || (zeros[1] == looked / 2 && !zeros[0]));
}

size_t content_narrow(char *bytes, size_t length, bool big_endian)
{
	size_t used = 0;

	for (size_t i = 0; i + 1 < length; i += 2) {
		const char high = bytes[i + !big_endian], low = bytes[i + big_endian];
		bytes[used++] = (char)(high || (unsigned char)low > 0x7f ? '?' : low);
	}
	return used;
}

ContentKind content_kind(const char *head, size_t length)
{
	for (size_t i = 0; i < G_N_ELEMENTS(magic); i++)
		if (length >= magic[i].length && !memcmp(head, magic[i].bytes, magic[i].length))
			return magic[i].kind;
	if (content_is_tar(head, length) && head[0])
		return CONTENT_ARCHIVE;
	if (wide(head, length))
		return CONTENT_WIDE;
	return memchr(head, 0, MIN(length, CONTENT_HEAD_BYTES)) ? CONTENT_BLOB : CONTENT_TEXT;
}
