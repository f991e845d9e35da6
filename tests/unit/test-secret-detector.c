/* SPDX-License-Identifier: MIT
 *
 * Whole archives: the two forms that docker save writes, what hides in layers, what is damaged, and the limits.
 */
#include <archive.h>
#include <archive_entry.h>
#include <pthread.h>
#include <signal.h>
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

static la_ssize_t collect(struct archive *writer, void *data, const void *block, size_t length)
{
	(void)writer;
	(void)g_byte_array_append(data, block, (guint)length);
	return (la_ssize_t)length;
}

static Packer pack_begin(bool zip, int filter)
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

static void pack_entry(Packer *packer, const char *path, unsigned type, const char *target, const void *bytes, size_t length)
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

static void pack_file(Packer *packer, const char *path, const void *bytes, size_t length)
{
	pack_entry(packer, path, AE_IFREG, NULL, bytes, length);
}

static void pack_text(Packer *packer, const char *path, const char *text)
{
	pack_file(packer, path, text, strlen(text));
}

static GByteArray *pack_end(Packer *packer)
{
	g_assert_cmpint(archive_write_close(packer->writer), ==, ARCHIVE_OK);
	(void)archive_write_free(packer->writer);
	return packer->bytes;
}

/* One file in an archive of its own. */
static GByteArray *pack_one(bool zip, int filter, const char *path, const void *bytes, size_t length)
{
	Packer packer = pack_begin(zip, filter);

	pack_file(&packer, path, bytes, length);
	return pack_end(&packer);
}

static GByteArray *layer_of(const char *path, const char *text)
{
	return pack_one(false, ARCHIVE_FILTER_NONE, path, text, strlen(text));
}

#define CONFIG "{\"config\":{\"Env\":[\"PATH=/bin\"]},\"history\":[{\"created_by\":\"x\"}],\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:d1\"]}}"

/* An image of one layer, as Docker before 25 writes it. */
static GByteArray *image_of_config(const GByteArray *layer, const char *config)
{
	Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);

	pack_text(&packer, "c.json", config);
	pack_text(&packer, "a/VERSION", "1.0");
	pack_file(&packer, "a/layer.tar", layer->data, layer->len);
	pack_text(&packer, "manifest.json", "[{\"Config\":\"c.json\",\"RepoTags\":[\"x:1\"],\"Layers\":[\"a/layer.tar\"]}]");
	return pack_end(&packer);
}

static GByteArray *image_of(GByteArray *layer)
{
	GByteArray *image = image_of_config(layer, CONFIG);

	g_byte_array_unref(layer);
	return image;
}

static int descriptor_of(const void *bytes, size_t length)
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, bytes, length), ==, (ssize_t)length);
	g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
	return fd;
}

static ScanReport scan_with(const GByteArray *image, size_t length, const DetectorOptions *options, Arena *arena)
{
	int fd = descriptor_of(image->data, length);
	ScanReport report = detector_scan_archive(fd, options, arena);

	(void)close(fd);
	g_assert_cmpstr(report.scanner, ==, "builtin");
	g_assert_cmpstr(report.version, ==, SECRET_RULES_VERSION);
	g_assert_true((report.outcome == SCAN_CLEAN || report.outcome == SCAN_FOUND) == !*report.detail);
	return report;
}

static ScanReport scan(GByteArray *image, Arena *arena)
{
	const DetectorOptions options = { .key = "0123456789abcdef0123456789abcde" };
	ScanReport report = scan_with(image, image->len, &options, arena);

	g_byte_array_unref(image);
	return report;
}

static char *fine_token(void)
{
	return draw("token = glpat-<w20>\n", 7);
}

static void check_one(const ScanReport *report, const char *id, const char *path, uint64_t line)
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

static void test_old_form(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token(), *text = g_strconcat("# one\n\n", token, NULL);
	ScanReport report = scan(image_of(layer_of("./app/x.conf", text)), arena);

	check_one(&report, "gitlab-token", "/app/x.conf", 3);
	g_assert_cmpstr(report.items[0].layer, ==, "sha256:d1");
	g_assert_cmpint(report.items[0].severity, ==, SCAN_CRITICAL);
	report = scan(image_of(layer_of("app/x.conf", "nothing here\n")), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_CLEAN);
}

/* Blobs in the order of their digests, layers compressed, and an index within the index. */
static void test_oci_form(void)
{
	static const int filters[] = { ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_BZIP2 };
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token();

	for (size_t i = 0; i < G_N_ELEMENTS(filters); i++) {
		GByteArray *layer = pack_one(false, filters[i], "srv/a", token, strlen(token));
		Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);
		pack_file(&packer, "blobs/sha256/1a", layer->data, layer->len);
		pack_text(&packer, "blobs/sha256/2b", "{\"config\":{\"digest\":\"sha256:3c\"},\"layers\":[{\"digest\":\"sha256:1a\"}]}");
		pack_text(&packer, "blobs/sha256/3c", "{\"rootfs\":{\"diff_ids\":[\"sha256:d9\"]}}");
		pack_text(&packer, "blobs/sha256/4d", "{\"manifests\":[{\"digest\":\"sha256:2b\"},{\"digest\":\"sha256:ff\"}]}");
		pack_text(&packer, "index.json", "{\"manifests\":[{\"digest\":\"sha256:4d\"}]}");
		pack_text(&packer, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
		g_byte_array_unref(layer);
		ScanReport report = scan(pack_end(&packer), arena);
		check_one(&report, "gitlab-token", "/srv/a", 1);
		g_assert_cmpstr(report.items[0].layer, ==, "sha256:d9");
	}
}

/* What an upper layer deletes is still there; the same secret at the same path counts once, at another once more. */
static void test_layers(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token();
	GByteArray *lower = layer_of("a/key", token), *copy = layer_of("a/key", token), *other = layer_of("b/key", token), *upper = layer_of("a/.wh.key", "");
	Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);

	pack_text(&packer, "c.json", "{\"rootfs\":{\"diff_ids\":[\"sha256:d1\",\"sha256:d2\",\"sha256:d3\",\"sha256:d4\",\"sha256:d4\"]}}");
	pack_file(&packer, "1/layer.tar", lower->data, lower->len);
	pack_file(&packer, "2/layer.tar", copy->data, copy->len);
	pack_file(&packer, "3/layer.tar", other->data, other->len);
	pack_file(&packer, "4/layer.tar", upper->data, upper->len);
	pack_entry(&packer, "5/layer.tar", AE_IFLNK, "../4/layer.tar", NULL, 0);
	pack_text(&packer, "manifest.json", "[{\"Config\":\"c.json\",\"Layers\":[\"1/layer.tar\",\"2/layer.tar\",\"3/layer.tar\",\"4/layer.tar\",\"5/layer.tar\"]}]");
	ScanReport report = scan(pack_end(&packer), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_FOUND);
	g_assert_cmpuint(report.count, ==, 2);
	g_assert_cmpstr(report.items[0].path, ==, "/a/key");
	g_assert_cmpstr(report.items[0].layer, ==, "sha256:d1");
	g_assert_cmpstr(report.items[1].path, ==, "/b/key");
	g_assert_cmpstr(report.items[0].fingerprint, ==, report.items[1].fingerprint);
	g_byte_array_unref(lower);
	g_byte_array_unref(copy);
	g_byte_array_unref(other);
	g_byte_array_unref(upper);
}

static void test_configuration(void)
{
	static const struct { const char *config, *path; } rows[] = {
		{ "{\"config\":{\"Env\":[\"PATH=/bin\",\"X=glpat-<w20>\"]}}", "image-metadata:env:X" },
		{ "{\"config\":{\"Labels\":{\"a.b\":\"glpat-<w20>\"}}}", "image-metadata:label:a.b" },
		{ "{\"config\":{\"Cmd\":[\"run\",\"--token\",\"glpat-<w20>\"]}}", "image-metadata:cmd" },
		{ "{\"config\":{\"Entrypoint\":[\"glpat-<w20>\"]}}", "image-metadata:entrypoint" },
		{ "{\"config\":{\"OnBuild\":[\"RUN glpat-<w20>\"]}}", "image-metadata:onbuild" },
		{ "{\"config\":{\"Healthcheck\":{\"Test\":[\"CMD\",\"glpat-<w20>\"]}}}", "image-metadata:healthcheck" },
		{ "{\"history\":[{\"created_by\":\"x\"},{\"created_by\":\"|1 T=glpat-<w20> /bin/sh -c make\"}]}", "image-metadata:history:1:created-by" },
		{ "{\"history\":[{\"comment\":\"glpat-<w20>\"}]}", "image-metadata:history:0:comment" },
	};
	g_autoptr(Arena) arena = arena_new();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *config = draw(rows[i].config, 5);
		g_autoptr(GByteArray) layer = layer_of("a", "x");
		ScanReport report = scan(image_of_config(layer, config), arena);
		check_one(&report, "gitlab-token", rows[i].path, 0);
		g_assert_cmpstr(report.items[0].layer, ==, "");
	}
}

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

/* Other ways to write a text, and what is no text. */
static void test_contents(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token();
	size_t length = strlen(token);
	g_autoptr(GByteArray) wide = g_byte_array_new(), blob = g_byte_array_new(), program = g_byte_array_new();

	(void)g_byte_array_append(wide, (const guint8 *)"\xff\xfe", 2);
	for (size_t i = 0; i < length; i++) {
		const guint8 pair[] = { (guint8)token[i], 0 };
		(void)g_byte_array_append(wide, pair, sizeof pair);
	}
	ScanReport report = scan(image_of(pack_one(false, ARCHIVE_FILTER_NONE, "w.reg", wide->data, wide->len)), arena);
	check_one(&report, "gitlab-token", "/w.reg", 1);
	(void)g_byte_array_append(blob, (const guint8 *)"\x01\0\0\x02", 4);
	(void)g_byte_array_append(blob, (const guint8 *)token, (guint)length);
	report = scan(image_of(pack_one(false, ARCHIVE_FILTER_NONE, "m.pyc", blob->data, blob->len)), arena);
	check_one(&report, "gitlab-token", "/m.pyc", 0);
	(void)g_byte_array_append(program, (const guint8 *)"\x7f" "ELF\x02\x01\0\0", 8);
	(void)g_byte_array_append(program, (const guint8 *)token, (guint)length);
	report = scan(image_of(pack_one(false, ARCHIVE_FILTER_NONE, "bin/x", program->data, program->len)), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_CLEAN);
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

static GByteArray *cut(GByteArray *bytes, size_t length)
{
	return g_byte_array_set_size(bytes, (guint)length);
}

static void test_damage(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token();
	GByteArray *whole = image_of(layer_of("a", token));
	const DetectorOptions options = { .key = "k" };

	/* Wherever it ends: never whole, and never clean. */
	for (size_t length = 0; length + 2 * (size_t)TAR_BLOCK < whole->len; length += TAR_BLOCK / 2) {
		ScanReport report = scan_with(whole, length, &options, arena);
		bool ended = report.outcome == SCAN_FOUND && length > whole->len - 20 * (size_t)TAR_BLOCK;
		g_assert_true(report.outcome == SCAN_FAILED || report.outcome == SCAN_INCOMPLETE || ended);
	}
	g_byte_array_unref(whole);
	GByteArray *packed = pack_one(false, ARCHIVE_FILTER_GZIP, "a", token, strlen(token));
	ScanReport report = scan(image_of(cut(packed, packed->len / 2)), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_FAILED);
	report = scan(g_byte_array_append(g_byte_array_new(), (const guint8 *)"no archive at all", 17), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_FAILED);
	report = scan(layer_of("a", token), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_FAILED);
	g_assert_nonnull(strstr(report.detail, "names no image"));
}

/* A damaged archive inside a layer is a file that cannot be read. */
static void test_damage_inside(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token();
	GByteArray *zip = cut(pack_one(true, ARCHIVE_FILTER_NONE, "a", token, strlen(token)), 20);
	ScanReport report = scan(image_of(pack_one(false, ARCHIVE_FILTER_NONE, "x.zip", zip->data, zip->len)), arena);

	g_assert_cmpint(report.outcome, ==, SCAN_CLEAN);
	g_byte_array_unref(zip);
}

/* What the image names must have been there. */
static void test_missing(void)
{
	static const struct { const char *manifest; ScanOutcome outcome; const char *detail; } rows[] = {
		{ "[{\"Config\":\"c.json\",\"Layers\":[\"a/layer.tar\",\"b/layer.tar\"]}]", SCAN_INCOMPLETE, "b/layer.tar: the layer is not in the archive" },
		{ "[{\"Config\":\"d.json\",\"Layers\":[\"a/layer.tar\"]}]", SCAN_INCOMPLETE, "d.json: the image's configuration" },
		{ "[]", SCAN_FAILED, "names no image" },
		{ "[{\"Config\":1}]", SCAN_FAILED, "manifest.json: " },
		{ "[{\"Config\":\"c.json\"", SCAN_FAILED, "manifest.json: " },
		{ "[{\"Config\":\"manifest.json\",\"Layers\":[]}]", SCAN_FAILED, "manifest.json: " },
	};
	g_autoptr(Arena) arena = arena_new();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GByteArray) layer = layer_of("a", "x");
		Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);
		pack_text(&packer, "c.json", CONFIG);
		pack_file(&packer, "a/layer.tar", layer->data, layer->len);
		pack_text(&packer, "manifest.json", rows[i].manifest);
		ScanReport report = scan(pack_end(&packer), arena);
		g_assert_cmpint(report.outcome, ==, rows[i].outcome);
		g_assert_nonnull(strstr(report.detail, rows[i].detail));
	}
}

static void test_options(void)
{
	static const char *const globs[] = { "/app/*", NULL }, *const ids[] = { "gitlab-token", "key-assignment", NULL };
	_Atomic bool cancelled = true;
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token();
	g_autoptr(GByteArray) image = image_of(layer_of("app/x.conf", token));
	const DetectorOptions plain = { .key = "k" }, other = { .key = "l" }, excluded = { .exclude_paths = globs }, ignored = { .ignore_detectors = ids },
			      ended = { .cancelled = &cancelled };
	ScanReport first = scan_with(image, image->len, &plain, arena), second = scan_with(image, image->len, &plain, arena);

	g_assert_cmpstr(first.items[0].fingerprint, ==, second.items[0].fingerprint);
	second = scan_with(image, image->len, &other, arena);
	g_assert_cmpstr(first.items[0].fingerprint, !=, second.items[0].fingerprint);
	g_assert_cmpint(scan_with(image, image->len, &excluded, arena).outcome, ==, SCAN_CLEAN);
	g_assert_cmpint(scan_with(image, image->len, &ignored, arena).outcome, ==, SCAN_CLEAN);
	ScanReport report = scan_with(image, image->len, &ended, arena);
	g_assert_cmpint(report.outcome, ==, SCAN_INCOMPLETE);
	g_assert_nonnull(strstr(report.detail, "cancelled"));
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

/* A text that does not end, packed: its beginning is looked at. */
static void test_long_text(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token(), *lines = g_strnfill(LIMIT_SECRET_PIECE_BYTES, '\n');
	Packer packer = pack_begin(false, ARCHIVE_FILTER_GZIP);
	struct archive_entry *entry = archive_entry_new();
	const size_t pieces = LIMIT_SECRET_TEXT_BYTES / LIMIT_SECRET_PIECE_BYTES + 4;

	archive_entry_set_pathname(entry, "long.txt");
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_size(entry, (la_int64_t)(strlen(token) + pieces * LIMIT_SECRET_PIECE_BYTES));
	g_assert_cmpint(archive_write_header(packer.writer, entry), ==, ARCHIVE_OK);
	archive_entry_free(entry);
	(void)archive_write_data(packer.writer, token, strlen(token));
	for (size_t i = 0; i < pieces; i++)
		(void)archive_write_data(packer.writer, lines, LIMIT_SECRET_PIECE_BYTES);
	ScanReport report = scan(image_of(pack_end(&packer)), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_INCOMPLETE);
	g_assert_cmpuint(report.count, ==, 1);
	g_assert_cmpstr(report.detail, ==, "/long.txt: a text is too long; its end was not looked at");
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

/* No part of the secret is in any string of the report. */
static void test_no_secret_kept(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = draw("glpat-<w20>", 3), *text = g_strconcat("token=", token, "\n", NULL);
	ScanReport report = scan(image_of(layer_of("a.env", text)), arena);

	g_assert_cmpuint(report.count, ==, 1);
	const ScanFinding *finding = &report.items[0];
	const char *const strings[] = { finding->id, finding->title, finding->path, finding->layer, finding->fingerprint, finding->url, finding->package, report.detail };
	for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
		g_assert_null(strstr(strings[i], token + strlen("glpat-")));
}

/* Names are hostile: controls do not reach a report, links and devices are only passed over. */
static void test_names(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token(), *name = g_strnfill(3000, 'n');
	Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);

	pack_entry(&packer, "etc/link", AE_IFLNK, "/etc/passwd", NULL, 0);
	pack_entry(&packer, "dev/x", AE_IFIFO, NULL, NULL, 0);
	pack_text(&packer, "a\x1b[2J\nb", token);
	pack_text(&packer, name, token);
	ScanReport report = scan(image_of(pack_end(&packer)), arena);
	g_assert_cmpuint(report.count, ==, 2);
	g_assert_cmpstr(report.items[0].path, ==, "/a?[2J?b");
	g_assert_cmpuint(strlen(report.items[1].path), <=, LIMIT_SECRET_PATH_BYTES + 4);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/secret-detector/old-form", test_old_form);
	g_test_add_func("/secret-detector/oci-form", test_oci_form);
	g_test_add_func("/secret-detector/layers", test_layers);
	g_test_add_func("/secret-detector/configuration", test_configuration);
	g_test_add_func("/secret-detector/nested", test_nested);
	g_test_add_func("/secret-detector/contents", test_contents);
	g_test_add_func("/secret-detector/pieces", test_pieces);
	g_test_add_func("/secret-detector/damage", test_damage);
	g_test_add_func("/secret-detector/damage-inside", test_damage_inside);
	g_test_add_func("/secret-detector/missing", test_missing);
	g_test_add_func("/secret-detector/options", test_options);
	g_test_add_func("/secret-detector/many", test_many);
	g_test_add_func("/secret-detector/long-text", test_long_text);
	g_test_add_func("/secret-detector/entries", test_entries);
	g_test_add_func("/secret-detector/much-metadata", test_much_metadata);
	g_test_add_func("/secret-detector/many-images", test_many_images);
	g_test_add_func("/secret-detector/no-secret-kept", test_no_secret_kept);
	g_test_add_func("/secret-detector/names", test_names);
	return g_test_run();
}
