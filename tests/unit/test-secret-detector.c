/* SPDX-License-Identifier: MIT
 *
 * Whole archives: the two forms that docker save writes, what hides in layers, what is damaged or missing.
 */
#include "secret-image.h"

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

/* In base64, as Kubernetes keeps it: found with the line that it stands in. */
static void test_packed(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token(), *key = draw("-----BEGIN PRIVATE KEY-----\n<B64>\n<B64>\n", 2);
	const struct { const char *text, *id; } rows[] = { { token, "gitlab-token" }, { key, "private-key" } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *padded = g_strconcat("a line before it\n\n", rows[i].text, NULL);
		g_autofree char *packed = g_base64_encode((const guchar *)padded, strlen(padded));
		g_autofree char *file = g_strconcat("kind: Secret\ndata:\n  x: ", packed, "\n", NULL);
		ScanReport report = scan(image_of(layer_of("s.yml", file)), arena);
		check_one(&report, rows[i].id, "/s.yml", 3);
	}
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

/* A layer is a tar archive; an empty one is of zeros.  Deeper, what only looks like an archive is a file. */
static void test_no_layer(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token();
	GByteArray *zeros = g_byte_array_set_size(g_byte_array_new(), 2 * TAR_BLOCK), *likeness = layer_of("a", "x");
	Packer packer = { archive_write_new(), g_byte_array_new() };

	memset(zeros->data, 0, zeros->len);
	ScanReport report = scan(image_of(zeros), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_CLEAN);
	g_assert_cmpint(archive_write_set_format_raw(packer.writer), ==, ARCHIVE_OK);
	g_assert_cmpint(archive_write_add_filter_gzip(packer.writer), ==, ARCHIVE_OK);
	g_assert_cmpint(archive_write_open(packer.writer, packer.bytes, NULL, collect, NULL), ==, ARCHIVE_OK);
	pack_text(&packer, "data", token);
	report = scan(image_of(pack_end(&packer)), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_FAILED);
	g_assert_nonnull(strstr(report.detail, "no tar archive"));
	/* a mode that is no number, and the checksum made right again */
	memset(likeness->data + 100, 'z', 8);
	memset(likeness->data + 148, ' ', 8);
	unsigned sum = 0;
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += likeness->data[i];
	(void)g_snprintf((char *)likeness->data + 148, 8, "%06o", sum);
	report = scan(image_of(pack_one(false, ARCHIVE_FILTER_NONE, "x.tar", likeness->data, likeness->len)), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_CLEAN);
	g_byte_array_unref(likeness);
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
	g_test_add_func("/secret-detector/packed", test_packed);
	g_test_add_func("/secret-detector/contents", test_contents);
	g_test_add_func("/secret-detector/damage", test_damage);
	g_test_add_func("/secret-detector/damage-inside", test_damage_inside);
	g_test_add_func("/secret-detector/no-layer", test_no_layer);
	g_test_add_func("/secret-detector/missing", test_missing);
	g_test_add_func("/secret-detector/options", test_options);
	g_test_add_func("/secret-detector/no-secret-kept", test_no_secret_kept);
	g_test_add_func("/secret-detector/names", test_names);
	return g_test_run();
}
