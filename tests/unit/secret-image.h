/* SPDX-License-Identifier: MIT
 *
 * Archives as docker save writes them, made in memory.
 */
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/limits.h"
#include "scan/secret/detector.h"
#include "secret-fixture.h"

#define TAR_BLOCK 512u

/* Bytes of an archive that grows in memory. */
typedef struct Packer {
	struct archive *writer;
	GByteArray *bytes;
} Packer;

static inline la_ssize_t collect(struct archive *writer, void *data, const void *block, size_t length)
{
	(void)writer;
	(void)g_byte_array_append(data, block, (guint)length);
	return (la_ssize_t)length;
}

static inline Packer pack_begin(bool zip, int filter)
{
	Packer packer = { archive_write_new(), g_byte_array_new() };

	if (zip)
		g_assert_cmpint(archive_write_set_format_zip(packer.writer), ==, ARCHIVE_OK);
	else
		g_assert_cmpint(archive_write_set_format_pax_restricted(packer.writer), ==, ARCHIVE_OK);
	g_assert_cmpint(archive_write_add_filter(packer.writer, filter), ==, ARCHIVE_OK);
	g_assert_cmpint(archive_write_set_bytes_in_last_block(packer.writer, 1), ==, ARCHIVE_OK);
	g_assert_cmpint(archive_write_open(packer.writer, packer.bytes, NULL, collect, NULL), ==, ARCHIVE_OK);
	return packer;
}

static inline void pack_entry(Packer *packer, const char *path, unsigned type, const char *target, const void *bytes, size_t length)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, path);
	archive_entry_set_filetype(entry, type);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)length);
	if (target)
		archive_entry_set_symlink(entry, target);
	g_assert_cmpint(archive_write_header(packer->writer, entry), ==, ARCHIVE_OK);
	if (length)
		g_assert_cmpint(archive_write_data(packer->writer, bytes, length), ==, (la_ssize_t)length);
	archive_entry_free(entry);
}

static inline void pack_file(Packer *packer, const char *path, const void *bytes, size_t length)
{
	pack_entry(packer, path, AE_IFREG, NULL, bytes, length);
}

static inline void pack_text(Packer *packer, const char *path, const char *text)
{
	pack_file(packer, path, text, strlen(text));
}

static inline GByteArray *pack_end(Packer *packer)
{
	g_assert_cmpint(archive_write_close(packer->writer), ==, ARCHIVE_OK);
	(void)archive_write_free(packer->writer);
	return packer->bytes;
}

/* One file in an archive of its own. */
static inline GByteArray *pack_one(bool zip, int filter, const char *path, const void *bytes, size_t length)
{
	Packer packer = pack_begin(zip, filter);

	pack_file(&packer, path, bytes, length);
	return pack_end(&packer);
}

static inline GByteArray *layer_of(const char *path, const char *text)
{
	return pack_one(false, ARCHIVE_FILTER_NONE, path, text, strlen(text));
}

#define CONFIG "{\"config\":{\"Env\":[\"PATH=/bin\"]},\"history\":[{\"created_by\":\"x\"}]}"

static inline char *digest_of(const void *bytes, size_t length)
{
	g_autofree char *hex = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, length);

	return g_strconcat("sha256:", hex, NULL);
}

/* By the name of its digest, as an OCI layout has it; the digest. */
static inline char *pack_blob(Packer *packer, const void *bytes, size_t length)
{
	char *digest = digest_of(bytes, length);
	g_autofree char *name = g_strconcat("blobs/sha256/", digest + strlen("sha256:"), NULL);

	pack_file(packer, name, bytes, length);
	return digest;
}

/* A text with a digest in it. */
static inline char *pack_blob_of(Packer *packer, const char *before, const char *digest, const char *behind)
{
	g_autofree char *text = g_strconcat(before, digest, behind, NULL);

	return pack_blob(packer, text, strlen(text));
}

/* A manifest of one layer, its configuration with the digest of what is in the layer; the manifest's digest. */
static inline char *pack_manifest(Packer *packer, const char *layer, const char *content)
{
	g_autofree char *config = pack_blob_of(packer, "{\"rootfs\":{\"diff_ids\":[\"", content, "\"]}}");
	g_autofree char *begin = g_strconcat("{\"config\":{\"digest\":\"", config, "\"},\"layers\":[{\"digest\":\"", NULL);

	return pack_blob_of(packer, begin, layer, "\"}]}");
}

/* An image of one layer, as Docker before 25 writes it; the configuration says the digest. */
static inline GByteArray *image_of_digest(const GByteArray *layer, const char *config, const char *digest)
{
	Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);
	g_autofree char *head = g_strndup(config, strlen(config) - 1);
	g_autofree char *whole = g_strconcat(head, ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"", digest, "\"]}}", NULL);

	pack_text(&packer, "c.json", whole);
	pack_text(&packer, "a/VERSION", "1.0");
	pack_file(&packer, "a/layer.tar", layer->data, layer->len);
	pack_text(&packer, "manifest.json", "[{\"Config\":\"c.json\",\"RepoTags\":[\"x:1\"],\"Layers\":[\"a/layer.tar\"]}]");
	return pack_end(&packer);
}

static inline GByteArray *image_of_config(const GByteArray *layer, const char *config)
{
	g_autofree char *digest = digest_of(layer->data, layer->len);

	return image_of_digest(layer, config, digest);
}

static inline GByteArray *image_of(GByteArray *layer)
{
	GByteArray *image = image_of_config(layer, CONFIG);

	g_byte_array_unref(layer);
	return image;
}

static inline int descriptor_of(const void *bytes, size_t length)
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, bytes, length), ==, (ssize_t)length);
	g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
	return fd;
}

static inline ScanReport scan_with(const GByteArray *image, size_t length, const DetectorOptions *options, Arena *arena)
{
	int fd = descriptor_of(image->data, length);
	ScanReport report = detector_scan_archive(fd, options, arena);

	(void)close(fd);
	g_assert_cmpstr(report.scanner, ==, "builtin");
	g_assert_cmpstr(report.version, ==, SECRET_RULES_VERSION);
	g_assert_true((report.outcome == SCAN_CLEAN || report.outcome == SCAN_FOUND) == !*report.detail);
	return report;
}

static inline ScanReport scan(GByteArray *image, Arena *arena)
{
	const DetectorOptions options = { .key = "0123456789abcdef0123456789abcde" };
	ScanReport report = scan_with(image, image->len, &options, arena);

	g_byte_array_unref(image);
	return report;
}

static inline char *fine_token(void)
{
	return draw("token = glpat-<w20>\n", 7);
}

static inline void check_one(const ScanReport *report, const char *id, const char *path, uint64_t line)
{
	g_assert_cmpstr(report->detail, ==, "");
	g_assert_cmpint(report->outcome, ==, SCAN_FOUND);
	g_assert_cmpuint(report->count, ==, 1);
	g_assert_cmpstr(report->items[0].id, ==, id);
	g_assert_cmpstr(report->items[0].path, ==, path);
	g_assert_cmpuint(report->items[0].line, ==, line);
	g_assert_cmpuint(strlen(report->items[0].fingerprint), ==, SCAN_FINGERPRINT_LENGTH);
	g_assert_cmpint(report->items[0].kind, ==, SCAN_SECRET);
}
