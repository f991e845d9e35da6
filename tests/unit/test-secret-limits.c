/* SPDX-License-Identifier: MIT
 *
 * Where the detector stops, says so and keeps what it found: lengths, depths, counts; and pieces of long texts.
 */
#include <pthread.h>
#include <signal.h>
#include "secret-image.h"

/* Archives within a layer, up to the limit. */
static void test_nested(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token();
	GByteArray *inner = pack_one(true, ARCHIVE_FILTER_NONE, "in/app.conf", token, strlen(token));

	for (unsigned depth = 1; depth <= LIMIT_SECRET_DEPTH; depth++) {
		ScanReport report = scan(image_of(pack_one(false, ARCHIVE_FILTER_NONE, "a.jar", inner->data, inner->len)), arena);
		g_autofree char *path = g_strdup("/a.jar");
		for (unsigned i = 1; i < depth; i++) {
			char *longer = g_strconcat(path, "!/b.tgz", NULL);
			g_free(path);
			path = longer;
		}
		g_autofree char *whole = g_strconcat(path, "!/in/app.conf", NULL);
		check_one(&report, "gitlab-token", whole, 1);
		GByteArray *outer = pack_one(false, ARCHIVE_FILTER_GZIP, "b.tgz", inner->data, inner->len);
		g_byte_array_unref(inner);
		inner = outer;
	}
	ScanReport report = scan(image_of(pack_one(false, ARCHIVE_FILTER_NONE, "a.jar", inner->data, inner->len)), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_INCOMPLETE);
	g_assert_nonnull(strstr(report.detail, "/a.jar!/b.tgz!/b.tgz!/in") ? report.detail : strstr(report.detail, "lies too deep"));
	g_byte_array_unref(inner);
}

/* Wherever a secret stands in a long text, also across two pieces, it is found once and with its line. */
static void test_pieces(void)
{
	static const long from_end[] = { 3 * (long)LIMIT_SECRET_WINDOW, (long)LIMIT_SECRET_WINDOW, (long)LIMIT_SECRET_WINDOW - 20, 40, 10, -10 };
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token();
	const size_t length = 2 * (size_t)LIMIT_SECRET_PIECE_BYTES + 100;

	for (size_t i = 0; i < G_N_ELEMENTS(from_end); i++) {
		g_autofree char *text = g_malloc(length);
		memset(text, '\n', length);
		const size_t at = (size_t)((long)LIMIT_SECRET_PIECE_BYTES - from_end[i]);
		for (size_t c = 0; token[c]; c++)
			text[at + c] = token[c];
		ScanReport report = scan(image_of(pack_one(false, ARCHIVE_FILTER_NONE, "long.conf", text, length)), arena);
		check_one(&report, "gitlab-token", "/long.conf", at + 1);
	}
}

/* More than can be reported: what was kept is there, and the report says so. */
static void test_many(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint32 i = 0; i < LIMIT_SECRET_FINDINGS + 1; i++) {
		g_autofree char *token = draw("glpat-<w20>\n", i + 1);
		(void)g_string_append(text, token);
	}
	ScanReport report = scan(image_of(layer_of("a", text->str)), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_INCOMPLETE);
	g_assert_cmpuint(report.count, ==, LIMIT_SECRET_FINDINGS);
}

#define LONG_PIECES 260u

/* What is read in many pieces, packed: `head`, empty lines, `tail`. */
static ScanReport scan_long(const char *head, size_t head_length, const char *tail, Arena *arena)
{
	g_autofree char *lines = g_strnfill(LIMIT_SECRET_PIECE_BYTES, '\n');
	Packer packer = pack_begin(false, ARCHIVE_FILTER_GZIP);
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, "long.txt");
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_size(entry, (la_int64_t)(head_length + (size_t)LONG_PIECES * LIMIT_SECRET_PIECE_BYTES + strlen(tail)));
	g_assert_cmpint(archive_write_header(packer.writer, entry), ==, ARCHIVE_OK);
	archive_entry_free(entry);
	(void)archive_write_data(packer.writer, head, head_length);
	for (size_t i = 0; i < LONG_PIECES; i++)
		(void)archive_write_data(packer.writer, lines, LIMIT_SECRET_PIECE_BYTES);
	(void)archive_write_data(packer.writer, tail, strlen(tail));
	g_autoptr(GByteArray) packed = pack_end(&packer);
	return scan(image_of(pack_one(false, ARCHIVE_FILTER_NONE, "a.tgz", packed->data, packed->len)), arena);
}

/* Texts (dumps of data bases, logs) and bytes that are no text (models, disks) are looked at to their end, however long they are. */
static void test_long(void)
{
	static const struct { const char *head; size_t length; } heads[] = { { "a text\n", 7 }, { "a\0b", 3 } };
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token();

	for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
		const ScanReport report = scan_long(heads[i].head, heads[i].length, token, arena);
		g_assert_cmpint(report.outcome, ==, SCAN_FOUND);
		g_assert_cmpuint(report.count, ==, 1);
		g_assert_cmpuint(report.gaps.count, ==, 0);
		g_assert_cmpuint(report.items[0].line, ==, i ? 0 : (uint64_t)LONG_PIECES * LIMIT_SECRET_PIECE_BYTES + 2);
	}
}

/* More files than are told by name, and files that are not: no policy can excuse what it is not told. */
static void test_gaps(void)
{
	g_autoptr(Arena) arena = arena_new();
	GByteArray *inner = layer_of("a", "x");

	for (unsigned depth = 0; depth < LIMIT_SECRET_DEPTH; depth++) {
		GByteArray *outer = pack_one(false, ARCHIVE_FILTER_GZIP, "b.tgz", inner->data, inner->len);
		g_byte_array_unref(inner);
		inner = outer;
	}
	for (unsigned more = 0; more < 2; more++) {
		Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);
		for (unsigned i = 0; i < LIMIT_SECRET_GAPS + more; i++) {
			g_autofree char *name = g_strdup_printf("%u.tgz", i);
			pack_file(&packer, name, inner->data, inner->len);
		}
		const ScanReport report = scan(image_of(pack_end(&packer)), arena);
		g_assert_cmpint(report.outcome, ==, SCAN_INCOMPLETE);
		g_assert_cmpuint(report.gaps.count, ==, LIMIT_SECRET_GAPS);
		g_assert_cmpint(report.only_gaps, ==, !more);
	}
	g_byte_array_unref(inner);
}

typedef struct Flood {
	const guint8 *head, *block;
	int fd;
} Flood;

/* A layer of empty files, more than there may be: it is never all in memory. */
static void *pour(void *data)
{
	const Flood *flood = data;
	ssize_t length = write(flood->fd, flood->head, TAR_BLOCK);

	for (unsigned i = 0; length > 0 && i <= LIMIT_SECRET_ENTRIES; i++)
		length = write(flood->fd, flood->block, TAR_BLOCK);
	(void)close(flood->fd);
	return NULL;
}

static void test_entries(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GByteArray) one = layer_of("a", "");
	const DetectorOptions options = { .key = "k" };
	Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);
	struct archive_entry *entry = archive_entry_new();
	int ends[2];
	pthread_t thread;

	archive_entry_set_pathname(entry, "a/layer.tar");
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_size(entry, (la_int64_t)TAR_BLOCK * (LIMIT_SECRET_ENTRIES + 10));
	g_assert_cmpint(archive_write_header(packer.writer, entry), ==, ARCHIVE_OK);
	archive_entry_free(entry);
	(void)archive_write_free(packer.writer);
	g_assert_cmpint(pipe(ends), ==, 0);
	Flood flood = { packer.bytes->data, one->data, ends[1] };
	(void)signal(SIGPIPE, SIG_IGN);
	g_assert_cmpint(pthread_create(&thread, NULL, pour, &flood), ==, 0);
	ScanReport report = detector_scan_archive(ends[0], &options, arena);
	(void)close(ends[0]);
	(void)pthread_join(thread, NULL);
	g_assert_cmpint(report.outcome, ==, SCAN_INCOMPLETE);
	g_assert_nonnull(strstr(report.detail, "too many files"));
	g_byte_array_unref(packer.bytes);
}

/* More beside the layers than is kept: a configuration that was not read is missed. */
static void test_much_metadata(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *filler = g_strnfill(LIMIT_SECRET_PIECE_BYTES - 100, ' ');
	g_autoptr(GByteArray) layer = layer_of("a", "x");
	Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);

	filler[0] = '{';
	pack_text(&packer, "manifest.json", "[{\"Config\":\"z.json\",\"Layers\":[\"a/layer.tar\"]}]");
	pack_file(&packer, "a/layer.tar", layer->data, layer->len);
	for (unsigned i = 0; i <= LIMIT_SECRET_METADATA_BYTES / (LIMIT_SECRET_PIECE_BYTES - 100); i++)
		pack_text(&packer, "b.json", filler);
	pack_text(&packer, "z.json", filler);
	ScanReport report = scan(pack_end(&packer), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_INCOMPLETE);
	g_assert_nonnull(strstr(report.detail, "z.json: the image's configuration is not in the archive"));
}

/* An attestation is named like a layer, and may be longer than what is kept: it was looked at as text. */
static void test_long_attestation(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *filler = g_strnfill(2 * (size_t)LIMIT_SECRET_PIECE_BYTES, ' ');
	Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);

	filler[0] = '{';
	g_autofree char *layer = pack_blob(&packer, filler, strlen(filler)), *manifest = pack_manifest(&packer, layer, layer);
	g_autofree char *index = g_strconcat("{\"manifests\":[{\"digest\":\"", manifest, "\"}]}", NULL);
	pack_text(&packer, "index.json", index);
	ScanReport report = scan(pack_end(&packer), arena);
	g_assert_cmpstr(report.detail, ==, "");
	g_assert_cmpint(report.outcome, ==, SCAN_CLEAN);
}

/* An index that names itself is read once, and what else it names is found. */
static void test_circle(void)
{
	g_autoptr(Arena) arena = arena_new();
	Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);

	g_autofree char *layer = pack_blob(&packer, "{}", 2), *manifest = pack_manifest(&packer, layer, layer);
	g_autofree char *index = g_strconcat("{\"manifests\":[{\"digest\":\"sha512:4d\"},{\"digest\":\"", manifest, "\"}]}", NULL);
	pack_text(&packer, "blobs/sha512/4d", index);
	pack_text(&packer, "index.json", "{\"manifests\":[{\"digest\":\"sha512:4d\"}]}");
	ScanReport report = scan(pack_end(&packer), arena);
	g_assert_cmpstr(report.detail, ==, "blobs/sha512/4d: its name is a digest of a kind that cannot be checked");
	g_assert_cmpint(report.outcome, ==, SCAN_INCOMPLETE);
}

/* One that is named often is one image, and read once. */
static void test_same_image(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GString) index = g_string_new("{\"manifests\":[");
	g_autoptr(GByteArray) layer = layer_of("a", "nothing here\n");
	Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);
	g_autofree char *content = digest_of(layer->data, layer->len), *blob = pack_blob(&packer, layer->data, layer->len);
	g_autofree char *manifest = pack_manifest(&packer, blob, content);

	for (unsigned i = 0; i <= LIMIT_SECRET_IMAGES; i++)
		g_string_append_printf(index, "%s{\"digest\":\"%s\"}", i ? "," : "", manifest);
	(void)g_string_append(index, "]}");
	pack_text(&packer, "index.json", index->str);
	ScanReport report = scan(pack_end(&packer), arena);
	g_assert_cmpstr(report.detail, ==, "");
	g_assert_cmpint(report.outcome, ==, SCAN_CLEAN);
}

static void test_many_images(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GString) manifest = g_string_new("[");
	Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);

	for (unsigned i = 0; i <= LIMIT_SECRET_IMAGES; i++)
		g_string_append_printf(manifest, "%s{\"Config\":\"c.json\",\"Layers\":[]}", i ? "," : "");
	(void)g_string_append(manifest, "]");
	pack_text(&packer, "c.json", CONFIG);
	pack_text(&packer, "manifest.json", manifest->str);
	ScanReport report = scan(pack_end(&packer), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_INCOMPLETE);
	g_assert_nonnull(strstr(report.detail, "too many images"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/secret-limits/nested", test_nested);
	g_test_add_func("/secret-limits/pieces", test_pieces);
	g_test_add_func("/secret-limits/many", test_many);
	g_test_add_func("/secret-limits/long", test_long);
	g_test_add_func("/secret-limits/gaps", test_gaps);
	g_test_add_func("/secret-limits/entries", test_entries);
	g_test_add_func("/secret-limits/much-metadata", test_much_metadata);
	g_test_add_func("/secret-limits/long-attestation", test_long_attestation);
	g_test_add_func("/secret-limits/circle", test_circle);
	g_test_add_func("/secret-limits/same-image", test_same_image);
	g_test_add_func("/secret-limits/many-images", test_many_images);
	return g_test_run();
}
