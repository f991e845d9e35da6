/* SPDX-License-Identifier: MIT
 *
 * Whole archives: the two forms that docker save writes, what hides in layers, what is missing.
 */
#include "secret-image.h"

static void test_old_form(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token(), *text = g_strconcat("# one\n\n", token, NULL);
	GByteArray *layer = layer_of("./app/x.conf", text);
	g_autofree char *digest = digest_of(layer->data, layer->len);
	ScanReport report = scan(image_of(layer), arena);

	check_one(&report, "gitlab-token", "/app/x.conf", 3);
	g_assert_cmpstr(report.items[0].layer, ==, digest);
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
		g_autoptr(GByteArray) plain = layer_of("srv/a", token), layer = pack_one(false, filters[i], "srv/a", token, strlen(token));
		g_autofree char *content = digest_of(plain->data, plain->len);
		Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);
		g_autofree char *blob = pack_blob(&packer, layer->data, layer->len), *manifest = pack_manifest(&packer, blob, content);
		g_autofree char *begin = g_strconcat("{\"manifests\":[{\"digest\":\"", manifest, "\"},{\"digest\":\"sha256:ff\"}]}", NULL);
		g_autofree char *inner = pack_blob(&packer, begin, strlen(begin)), *index = g_strconcat("{\"manifests\":[{\"digest\":\"", inner, "\"}]}", NULL);
		pack_text(&packer, "index.json", index);
		pack_text(&packer, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
		ScanReport report = scan(pack_end(&packer), arena);
		check_one(&report, "gitlab-token", "/srv/a", 1);
		g_assert_cmpstr(report.items[0].layer, ==, content);
	}
}

/* What an upper layer deletes is still there; the same secret at the same path counts once, at another once more. */
static void test_layers(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token();
	GByteArray *lower = layer_of("a/key", token), *copy = layer_of("a/key", token), *other = layer_of("b/key", token), *upper = layer_of("a/.wh.key", "");
	const GByteArray *const layers[] = { lower, copy, other, upper, upper };
	g_autoptr(GString) config = g_string_new("{\"rootfs\":{\"diff_ids\":[");
	Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);

	for (size_t i = 0; i < G_N_ELEMENTS(layers); i++) {
		g_autofree char *digest = digest_of(layers[i]->data, layers[i]->len);
		g_string_append_printf(config, "%s\"%s\"", i ? "," : "", digest);
	}
	pack_text(&packer, "c.json", g_string_append(config, "]}}")->str);
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
	g_assert_nonnull(strstr(config->str, report.items[0].layer));
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
	report = scan(image_of(pack_one(false, ARCHIVE_FILTER_NONE, "srv/x", program->data, program->len)), arena);
	check_one(&report, "gitlab-token", "/srv/x", 0);
	g_assert_cmpint(report.items[0].severity, ==, SCAN_CRITICAL);
	report = scan(image_of(pack_one(false, ARCHIVE_FILTER_NONE, "usr/bin/x", program->data, program->len)), arena);
	g_assert_cmpint(report.items[0].severity, ==, SCAN_MEDIUM);
}

/* A script that carries an archive; a text that is packed alone is known by the name that it has unpacked. */
static void test_carried(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *token = fine_token(), *script = g_strconcat("#!/bin/sh\nexec java -jar \"$0\"\n", token, "exit\n", NULL);
	GByteArray *zip = pack_one(true, ARCHIVE_FILTER_NONE, "BOOT/app.conf", token, strlen(token)), *jar = g_byte_array_new();
	g_autofree char *statement = draw("CREATE USER joe IDENTIFIED BY '<b12>';\nDB_PASSWORD=zq-<b10>9\n", 4);

	(void)g_byte_array_append(jar, (const guint8 *)script, (guint)strlen(script));
	(void)g_byte_array_append(jar, zip->data, zip->len);
	ScanReport report = scan(image_of(pack_one(false, ARCHIVE_FILTER_NONE, "app.jar", jar->data, jar->len)), arena);
	g_assert_cmpstr(report.detail, ==, "");
	g_assert_cmpuint(report.count, ==, 2);
	g_assert_cmpstr(report.items[0].path, ==, "/app.jar");
	g_assert_cmpuint(report.items[0].line, ==, 3);
	g_assert_cmpstr(report.items[1].path, ==, "/app.jar!/BOOT/app.conf");
	g_byte_array_unref(zip);
	g_byte_array_unref(jar);
	Packer packer = { archive_write_new(), g_byte_array_new() };
	g_assert_cmpint(archive_write_set_format_raw(packer.writer), ==, ARCHIVE_OK);
	g_assert_cmpint(archive_write_add_filter_gzip(packer.writer), ==, ARCHIVE_OK);
	g_assert_cmpint(archive_write_open(packer.writer, packer.bytes, NULL, collect, NULL), ==, ARCHIVE_OK);
	pack_text(&packer, "data", statement);
	GByteArray *packed = pack_end(&packer);
	static const char *const names[] = { "dump.sql.gz", ".env.gz" };
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_strconcat("/", names[i], NULL);
		report = scan(image_of(pack_one(false, ARCHIVE_FILTER_NONE, names[i], packed->data, packed->len)), arena);
		g_assert_cmpuint(report.count, ==, 2);
		g_assert_cmpstr(report.items[1].path, ==, path);
		g_assert_cmpuint(report.items[1].line, ==, 2);
		g_assert_cmpint(report.items[1].severity, ==, SCAN_HIGH);
	}
	g_byte_array_unref(packed);
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
		g_autofree char *digest = digest_of(layer->data, layer->len);
		g_autofree char *config = g_strdup_printf("{\"rootfs\":{\"diff_ids\":[\"%s\",\"%s\"]}}", digest, digest);
		pack_text(&packer, "c.json", config);
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
	g_test_add_func("/secret-detector/carried", test_carried);
	g_test_add_func("/secret-detector/missing", test_missing);
	g_test_add_func("/secret-detector/options", test_options);
	g_test_add_func("/secret-detector/no-secret-kept", test_no_secret_kept);
	g_test_add_func("/secret-detector/names", test_names);
	return g_test_run();
}
