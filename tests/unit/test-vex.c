/* SPDX-License-Identifier: MIT
 *
 * What documents of others say of vulnerabilities, and of which package and image they say it.
 */
#include <string.h>
#include <sys/stat.h>
#include "base/limits.h"
#include "core/vex-files.h"
#include "policy/vex.h"
#include "scratch.h"

#define DIGEST "sha256:00000000000000000000000000000000000000000000000000000000000000aa"
#define OPEN(statements) "{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"statements\":[" statements "]}"
#define SAID(vulnerability, products, rest) "{\"vulnerability\":" vulnerability ",\"products\":[" products "]," rest "}"
#define NOT "\"status\":\"not_affected\",\"justification\":\"vulnerable_code_not_present\""
#define CVE "{\"name\":\"CVE-1\"}"
#define SSL "\"pkg:deb/debian/openssl@3.0\""
#define ID(purl) "{\"@id\":" purl "}"
#define CYCLONE(components, vulnerabilities) "{\"bomFormat\":\"CycloneDX\",\"vulnerabilities\":[" vulnerabilities "],\"components\":[" components "],\"metadata\":{\"timestamp\":\"2026-01-01\"}}"
#define STATE(state, ref) "{\"id\":\"CVE-1\",\"analysis\":{\"state\":\"" state "\",\"justification\":\"code_not_reachable\"},\"affects\":[{\"ref\":\"" ref "\"}]}"

static const char purl[] = "pkg:deb/debian/openssl@3.0?arch=amd64&distro=debian-12";

/* `aside`: whether CVE-1 of openssl 3.0 in ghcr.io/team/app:1 matters no more; a document that is not `good` is refused with `problem`. */
static const struct { const char *text; bool good, aside; const char *problem; } rows[] = {
	{ OPEN(SAID(CVE, ID(SSL), NOT)), true, true, NULL },
	{ OPEN(SAID("\"CVE-1\"", SSL, NOT)), true, true, NULL }, /* OpenVEX before 0.2 */
	{ OPEN(SAID("{\"name\":\"GHSA-1\",\"aliases\":[\"CVE-1\"]}", ID(SSL), NOT)), true, true, NULL },
	{ OPEN(SAID("{\"name\":\"CVE-2\"}", ID(SSL), NOT)), true, false, NULL },
	{ OPEN(SAID(CVE, ID(SSL), "\"status\":\"fixed\"")), true, true, NULL },
	{ OPEN(SAID(CVE, ID(SSL), "\"status\":\"not_affected\"")), true, false, NULL }, /* nobody says why */
	{ OPEN(SAID(CVE, ID(SSL), "\"status\":\"not_affected\",\"impact_statement\":\"it is not called\"")), true, true, NULL },
	{ OPEN(SAID(CVE, ID(SSL), "\"status\":\"affected\"")), true, false, NULL },
	{ OPEN(SAID(CVE, ID(SSL), "\"status\":\"under_investigation\"")), true, false, NULL },
	{ OPEN(SAID(CVE, ID("\"pkg:deb/debian/openssl\""), NOT)), true, true, NULL },
	{ OPEN(SAID(CVE, ID("\"pkg:deb/debian/openssl@3.1\""), NOT)), true, false, NULL },
	{ OPEN(SAID(CVE, ID("\"pkg:deb/ubuntu/openssl@3.0\""), NOT)), true, false, NULL },
	{ OPEN(SAID(CVE, ID("\"pkg:deb/debian/openssl@3.0?arch=arm64\""), NOT)), true, false, NULL },
	{ OPEN(SAID(CVE, ID("\"pkg:deb/debian/openssl@3.0?distro=debian-12\""), NOT)), true, true, NULL },
	{ OPEN(SAID(CVE, "{\"@id\":\"urn:x\",\"identifiers\":{\"purl\":" SSL "}}", NOT)), true, true, NULL },
	{ OPEN(SAID(CVE, ID("\"openssl\""), NOT)), true, false, NULL },
	{ OPEN(SAID(CVE, "", NOT)), true, false, NULL },
	/* An image by its digest, or by the name that it certainly has; all of it, or some packages. */
	{ OPEN(SAID(CVE, ID("\"pkg:oci/app@sha256%3A00000000000000000000000000000000000000000000000000000000000000aa\""), NOT)), true, true, NULL },
	{ OPEN(SAID(CVE, ID("\"pkg:oci/app@sha256%3A00000000000000000000000000000000000000000000000000000000000000bb\""), NOT)), true, false, NULL },
	{ OPEN(SAID(CVE, ID("\"pkg:oci/app?repository_url=ghcr.io/team/app\""), NOT)), true, true, NULL },
	{ OPEN(SAID(CVE, ID("\"pkg:oci/app?repository_url=ghcr.io%2Fteam%2Fapp&tag=1\""), NOT)), true, true, NULL },
	{ OPEN(SAID(CVE, ID("\"pkg:oci/app?repository_url=ghcr.io/team/app&tag=2\""), NOT)), true, false, NULL },
	{ OPEN(SAID(CVE, ID("\"pkg:oci/app?repository_url=ghcr.io/team/app&arch=arm64\""), NOT)), true, false, NULL },
	{ OPEN(SAID(CVE, ID("\"pkg:oci/app\""), NOT)), true, false, NULL },
	{ OPEN(SAID(CVE, "{\"@id\":\"pkg:oci/app?repository_url=ghcr.io/team/app\",\"subcomponents\":[" ID(SSL) "]}", NOT)), true, true, NULL },
	{ OPEN(SAID(CVE, "{\"@id\":\"pkg:oci/app?repository_url=ghcr.io/team/app\",\"subcomponents\":[" ID("\"pkg:deb/debian/zlib\"") "]}", NOT)), true, false, NULL },
	{ OPEN(SAID(CVE, "{\"@id\":" SSL ",\"subcomponents\":[" ID("\"pkg:deb/debian/zlib\"") "]}", NOT)), true, false, NULL },
	/* The newest counts, and of the same age the one that is stricter. */
	{ OPEN(SAID(CVE, ID(SSL), NOT) "," SAID(CVE, ID(SSL), "\"status\":\"affected\",\"timestamp\":\"2026-02-01T00:00:00Z\"")), true, false, NULL },
	{ OPEN(SAID(CVE, ID(SSL), "\"status\":\"affected\"") "," SAID(CVE, ID(SSL), NOT ",\"timestamp\":\"2026-02-01T00:00:00Z\"")), true, true, NULL },
	{ OPEN(SAID(CVE, ID(SSL), NOT) "," SAID(CVE, ID(SSL), "\"status\":\"under_investigation\"")), true, false, NULL },
	{ OPEN(SAID(CVE, ID(SSL), "\"status\":\"under_investigation\"") "," SAID(CVE, ID(SSL), NOT)), true, false, NULL },
	/* CycloneDX */
	{ CYCLONE("", STATE("not_affected", "pkg:deb/debian/openssl@3.0")), true, true, NULL },
	{ CYCLONE("", STATE("false_positive", "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:deb/debian/openssl@3.0")), true, true, NULL },
	{ CYCLONE("{\"bom-ref\":\"a\",\"components\":[{\"bom-ref\":\"b\",\"purl\":\"pkg:deb/debian/openssl@3.0\"}]}", STATE("resolved", "b")), true, true, NULL },
	{ CYCLONE("{\"bom-ref\":\"b\",\"purl\":\"pkg:deb/debian/zlib@1\"}", STATE("resolved", "b")), true, false, NULL },
	{ CYCLONE("", STATE("resolved", "b")), true, false, NULL },
	{ CYCLONE("", STATE("exploitable", "pkg:deb/debian/openssl@3.0")), true, false, NULL },
	{ CYCLONE("", STATE("in_triage", "pkg:deb/debian/openssl@3.0")), true, false, NULL },
	{ CYCLONE("", "{\"id\":\"CVE-1\",\"affects\":[{\"ref\":\"pkg:deb/debian/openssl@3.0\"}]}"), true, false, NULL },
	{ CYCLONE("", "{\"id\":\"CVE-1\",\"analysis\":{\"state\":\"not_affected\"},\"affects\":[{\"ref\":\"pkg:deb/debian/openssl\",\"versions\":[{\"version\":\"3.0\"}]}]}"), true, true, NULL },
	{ CYCLONE("", "{\"id\":\"CVE-1\",\"analysis\":{\"state\":\"not_affected\"},\"affects\":[{\"ref\":\"pkg:deb/debian/openssl\",\"versions\":[{\"range\":\"vers:deb/<4\"}]}]}"), true, false, NULL },
	/* What is neither, or broken, says nothing at all. */
	{ "{\"statements\":[" SAID(CVE, ID(SSL), NOT) "]}", false, false, "neither OpenVEX nor CycloneDX" },
	{ OPEN(SAID(CVE, ID(SSL), NOT) "," SAID(CVE, ID(SSL), "\"status\":\"harmless\"")), false, false, "status" },
	{ CYCLONE("", STATE("harmless", "pkg:deb/debian/openssl@3.0")), false, false, "state" },
	{ OPEN(SAID(CVE, ID(SSL), NOT)) "{", false, false, "more text" },
	{ OPEN(SAID("7", ID(SSL), NOT)), false, false, "" },
	{ "[]", false, false, "" },
	{ "", false, false, "" },
};

static bool is_aside(const VexTable *table, bool pulled, Arena *arena)
{
	static const ImageRef image = { .registry = "ghcr.io", .repository = "team/app", .tag = "1", .digest = "" };
	const VexCase about = { "CVE-1", purl, pulled ? &image : NULL, "", DIGEST };

	return vex_find(table, &about, arena) != NULL;
}

static void test_documents(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		VexTable *table = vex_new();
		const char *problem = "";
		bool good = vex_add(table, "a.json", rows[i].text, strlen(rows[i].text), &problem);
		vex_end(table);
		g_test_message("%s: %s", rows[i].text, problem);
		g_assert_cmpint(good, ==, rows[i].good);
		g_assert_cmpint(is_aside(table, true, arena), ==, rows[i].aside);
		if (!good)
			g_assert_true(strstr(problem, rows[i].problem) && !vex_count(table));
		/* A name that an image was only given says nothing of it. */
		if (strstr(rows[i].text, "repository_url"))
			g_assert_false(is_aside(table, false, arena));
		vex_unref(table);
	}
}

/* Why, in the words of whoever says it: the justification, or else what else there is. */
static void test_reasons(void)
{
	static const struct { const char *text, *reason; } said[] = {
		{ OPEN(SAID(CVE, ID(SSL), NOT)), "vulnerable_code_not_present" }, { OPEN(SAID(CVE, ID(SSL), "\"status\":\"not_affected\",\"impact_statement\":\"it is not called\"")), "it is not called" },
		{ CYCLONE("", STATE("not_affected", "pkg:deb/debian/openssl@3.0")), "code_not_reachable" },
		{ CYCLONE("", "{\"id\":\"CVE-1\",\"analysis\":{\"state\":\"resolved\",\"detail\":\"a patch\"},\"affects\":[{\"ref\":\"pkg:deb/debian/openssl@3.0\"}]}"), "a patch" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(said); i++) {
		const VexCase about = { "CVE-1", purl, NULL, "", DIGEST };
		g_autoptr(Arena) arena = arena_new();
		VexTable *table = vex_new();
		const char *problem = "";
		g_assert_true(vex_add(table, "a.json", said[i].text, strlen(said[i].text), &problem));
		vex_end(table);
		g_assert_cmpstr(vex_find(table, &about, arena)->reason, ==, said[i].reason);
		vex_unref(table);
	}
}

/* Every cut of a document says nothing. */
static void test_cut(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (size_t length = 0; rows[i].aside && length < strlen(rows[i].text); length += 3) {
			g_autoptr(Arena) arena = arena_new();
			VexTable *table = vex_new();
			const char *problem = "";
			g_assert_false(vex_add(table, "a.json", rows[i].text, length, &problem));
			vex_end(table);
			g_assert_false(is_aside(table, true, arena));
			vex_unref(table);
		}
}

static bool files_aside(const char *dir)
{
	g_autoptr(Arena) arena = arena_new();
	VexFiles *files = vex_files_new(dir);
	VexTable *table = vex_files_read(files);
	bool aside = table && is_aside(table, true, arena);

	vex_unref(table);
	vex_files_free(files);
	return aside;
}

/* A document that cannot be read takes nothing from the others; one that anybody may write does not count. */
static void test_files(void)
{
	static const char good[] = OPEN(SAID(CVE, ID(SSL), NOT));
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "b.json", NULL), *large = g_strnfill(LIMIT_VEX_BYTES + 1, ' ');
	VexFiles *files = vex_files_new(dir);

	g_assert_true(vex_files_changed(files));
	g_assert_false(vex_files_changed(files));
	g_assert_false(files_aside(dir));
	scratch_put(dir, "a.json", "{");
	scratch_put(dir, "b.json", good);
	scratch_put(dir, "c.txt", good);
	g_assert_true(vex_files_changed(files));
	g_assert_false(vex_files_changed(files));
	g_assert_true(files_aside(dir));
	g_assert_cmpint(chmod(path, 0646), ==, 0);
	g_assert_true(vex_files_changed(files));
	g_assert_false(files_aside(dir));
	g_assert_cmpint(chmod(path, 0644), ==, 0);
	scratch_put(dir, "a.json", large);
	g_assert_true(files_aside(dir));
	g_assert_cmpint(remove(path), ==, 0);
	g_assert_true(vex_files_changed(files));
	g_assert_false(files_aside(dir));
	vex_files_free(files);
	VexFiles *nowhere = vex_files_new("/nonexistent");
	g_assert_true(vex_files_changed(nowhere));
	g_assert_false(vex_files_changed(nowhere));
	g_assert_null(vex_files_read(nowhere));
	vex_files_free(nowhere);
}

static void test_limits(void)
{
	g_autoptr(GString) text = g_string_new("{\"@context\":\"https://openvex.dev/ns\",\"statements\":[");
	const char *problem = "";

	for (unsigned i = 0; i <= LIMIT_VEX_STATEMENTS; i++) {
		if (i == LIMIT_VEX_STATEMENTS) {
			g_autofree char *most = g_strconcat(text->str, "]}", NULL);
			VexTable *table = vex_new();
			g_assert_true(vex_add(table, "a.json", most, strlen(most), &problem));
			vex_unref(table);
		}
		g_string_append_printf(text, "%s{\"vulnerability\":\"C%u\",\"status\":\"fixed\"}", i ? "," : "", i);
	}
	g_string_append(text, "]}");
	VexTable *table = vex_new();
	g_assert_false(vex_add(table, "a.json", text->str, text->len, &problem));
	g_assert_nonnull(strstr(problem, "too many"));
	vex_unref(table);
}

static void test_many_files(void)
{
	static const char good[] = OPEN(SAID(CVE, ID(SSL), NOT));
	g_autoptr(Scratch) dir = scratch_new();

	for (unsigned i = 0; i < LIMIT_VEX_FILES; i++) {
		g_autofree char *name = g_strdup_printf("a%03u.json", i);
		scratch_put(dir, name, i == LIMIT_VEX_FILES - 1 ? good : OPEN(""));
	}
	g_assert_true(files_aside(dir));
	scratch_put(dir, "a000a.json", OPEN(""));
	g_assert_false(files_aside(dir));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vex/documents", test_documents);
	g_test_add_func("/vex/reasons", test_reasons);
	g_test_add_func("/vex/cut", test_cut);
	g_test_add_func("/vex/files", test_files);
	g_test_add_func("/vex/limits", test_limits);
	g_test_add_func("/vex/many-files", test_many_files);
	return g_test_run();
}
