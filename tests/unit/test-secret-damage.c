/* SPDX-License-Identifier: MIT
 *
 * What is damaged, or is not what it says it is, is never a whole scan.
 */
#include "secret-image.h"

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

/* How the bytes of a layer are spoilt. */
typedef enum Spoil { SPOIL_NOTHING, SPOIL_SUM, SPOIL_CUT, SPOIL_BYTE, SPOIL_BEHIND, SPOIL_END } Spoil;

static GByteArray *two_files(int filter)
{
	Packer packer = pack_begin(false, filter);

	pack_text(&packer, "a", "nothing here\n");
	pack_text(&packer, "b", "nothing there\n");
	return pack_end(&packer);
}

static GByteArray *spoilt(Spoil spoil, int filter)
{
	GByteArray *layer = two_files(filter);

	if (spoil == SPOIL_SUM)
		layer->data[2 * (size_t)TAR_BLOCK + 149] ^= 1;
	else if (spoil == SPOIL_CUT)
		layer = cut(layer, 2 * TAR_BLOCK);
	else if (spoil == SPOIL_BYTE)
		layer->data[TAR_BLOCK + 3] ^= 1;
	else if (spoil == SPOIL_BEHIND)
		layer = g_byte_array_append(layer, (const guint8 *)"more", 4);
	else if (spoil == SPOIL_END)
		layer->data[layer->len - 6] ^= 1; /* of gzip: the sum of what is in it */
	return layer;
}

/* Each is spoilt behind the image's back: its digest says so. */
static void test_spoilt(void)
{
	static const struct { Spoil spoil; int filter; } rows[] = {
		{ SPOIL_SUM, ARCHIVE_FILTER_NONE }, { SPOIL_CUT, ARCHIVE_FILTER_NONE }, { SPOIL_BYTE, ARCHIVE_FILTER_NONE }, { SPOIL_BEHIND, ARCHIVE_FILTER_NONE },
		{ SPOIL_END, ARCHIVE_FILTER_GZIP },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(GByteArray) plain = two_files(ARCHIVE_FILTER_NONE), packed = two_files(rows[i].filter), layer = spoilt(rows[i].spoil, rows[i].filter);
		g_autofree char *content = digest_of(plain->data, plain->len), *blob = digest_of(packed->data, packed->len);
		g_autofree char *name = g_strconcat("blobs/sha256/", blob + strlen("sha256:"), NULL);
		Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);
		pack_file(&packer, name, layer->data, layer->len);
		g_autofree char *manifest = pack_manifest(&packer, blob, content), *index = g_strconcat("{\"manifests\":[{\"digest\":\"", manifest, "\"}]}", NULL);
		pack_text(&packer, "index.json", index);
		ScanReport report = scan(pack_end(&packer), arena);
		g_test_message("row %zu: %s", i, report.detail);
		g_assert_cmpint(report.outcome, ==, SCAN_FAILED);
		if (rows[i].filter != ARCHIVE_FILTER_NONE)
			continue;
		report = scan(image_of_digest(layer, CONFIG, content), arena);
		g_assert_cmpint(report.outcome, ==, SCAN_FAILED);
	}
}

/* Spoilt before the image was made: a part that cannot be read is not passed over.  Bytes that only a sum in the packing would tell are another layer. */
static void test_made_so(void)
{
	static const struct { Spoil spoil; ScanOutcome outcome; } rows[] = {
		{ SPOIL_NOTHING, SCAN_CLEAN }, { SPOIL_SUM, SCAN_FAILED }, { SPOIL_BYTE, SCAN_CLEAN }, { SPOIL_BEHIND, SCAN_CLEAN },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		ScanReport report = scan(image_of(spoilt(rows[i].spoil, ARCHIVE_FILTER_NONE)), arena);
		g_test_message("row %zu: %s", i, report.detail);
		g_assert_cmpint(report.outcome, ==, rows[i].outcome);
	}
}

/* A packed layer of an archive in the old form: what is in it has the digest. */
static void test_packed_layer(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GByteArray) plain = two_files(ARCHIVE_FILTER_NONE), packed = two_files(ARCHIVE_FILTER_GZIP), other = layer_of("a", "x");
	g_autofree char *content = digest_of(plain->data, plain->len), *wrong = digest_of(other->data, other->len);

	g_assert_cmpint(scan(image_of_digest(packed, CONFIG, content), arena).outcome, ==, SCAN_CLEAN);
	ScanReport report = scan(image_of_digest(packed, CONFIG, wrong), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_FAILED);
	g_assert_nonnull(strstr(report.detail, "its digest is another than the image says"));
	report = scan(image_of_digest(packed, CONFIG, "md5:77"), arena);
	g_assert_cmpint(report.outcome, ==, SCAN_INCOMPLETE);
	g_assert_nonnull(strstr(report.detail, "no digest that the layer could be checked by"));
	packed->data[packed->len / 2] ^= 0x10;
	g_assert_cmpint(scan(image_of_digest(packed, CONFIG, content), arena).outcome, ==, SCAN_FAILED);
}

/* The same for what is no layer. */
static void test_names(void)
{
	static const char digest[] = "0000000000000000000000000000000000000000000000000000000000000000";
	g_autoptr(GByteArray) layer = layer_of("a", "x");
	static const struct { const char *before, *behind; ScanOutcome outcome; } rows[] = {
		{ "blobs/sha256/", "", SCAN_FAILED }, { "blobs/sha512/", "", SCAN_INCOMPLETE }, { "", ".json", SCAN_FAILED }, { "", ".txt", SCAN_CLEAN },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autofree char *name = g_strconcat(rows[i].before, digest, rows[i].behind, NULL);
		Packer packer = pack_begin(false, ARCHIVE_FILTER_NONE);
		g_autofree char *layer_digest = digest_of(layer->data, layer->len), *config = g_strconcat("{\"rootfs\":{\"diff_ids\":[\"", layer_digest, "\"]}}", NULL);
		pack_text(&packer, name, "{}");
		pack_text(&packer, "c.json", config);
		pack_file(&packer, "a/layer.tar", layer->data, layer->len);
		pack_text(&packer, "manifest.json", "[{\"Config\":\"c.json\",\"Layers\":[\"a/layer.tar\"]}]");
		g_assert_cmpint(scan(pack_end(&packer), arena).outcome, ==, rows[i].outcome);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/secret-damage/damage", test_damage);
	g_test_add_func("/secret-damage/inside", test_damage_inside);
	g_test_add_func("/secret-damage/no-layer", test_no_layer);
	g_test_add_func("/secret-damage/spoilt", test_spoilt);
	g_test_add_func("/secret-damage/made-so", test_made_so);
	g_test_add_func("/secret-damage/packed-layer", test_packed_layer);
	g_test_add_func("/secret-damage/names", test_names);
	return g_test_run();
}
