/* SPDX-License-Identifier: MIT
 *
 * Scanners' answers: every form of them is a report, and what is none is never clean.
 */
#include <string.h>
#include "base/limits.h"
#include "scan/adapters.h"
#include "scan/count.h"

static const unsigned char key[SCAN_KEY_BYTES] = { 1 };

typedef struct Row {
	ScanParser parse;
	const char *text, *log;
	ScanOutcome outcome;
	unsigned critical, high, medium, low, verified;
} Row;

#define T(results) "{\"SchemaVersion\":2,\"ArtifactName\":\"a\"," results "}"
#define V(id, package, severity) "{\"VulnerabilityID\":\"" id "\",\"PkgName\":\"" package "\",\"InstalledVersion\":\"1\",\"Severity\":\"" severity "\"}"
#define G(matches) "{\"matches\":" matches ",\"descriptor\":{\"name\":\"grype\",\"version\":\"1\"}}"
#define M(id, severity, purl) "{\"vulnerability\":{\"id\":\"" id "\"" severity "},\"artifact\":{\"name\":\"n\",\"version\":\"1\",\"purl\":\"" purl "\"}}"
#define A(alerts) "{\"matches\":[],\"alertsByPackage\":[{\"package\":{\"name\":\"n\"}," alerts "}]}"
#define S(rules, results) "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"docker scout\",\"version\":\"1\",\"rules\":" rules "}}" results "}]}"
#define SR(id, severity) "{\"id\":\"" id "\",\"properties\":{\"cvssV3_severity\":\"" severity "\",\"purls\":[\"pkg:deb/debian/x@1\"]}}"
#define SM(id, index, text) "{\"ruleId\":\"" id "\",\"ruleIndex\":" index ",\"message\":{\"text\":\"" text "\"}}"
#define H(detector, rest) "{\"SourceMetadata\":{\"Data\":{\"Docker\":{\"file\":\"/a\",\"layer\":\"sha256:1\"}}},\"DetectorType\":2,\"DetectorName\":\"" detector "\"" rest "}\n"
#define DONE "{\"level\":\"info-0\",\"msg\":\"finished scanning\",\"chunks\":1}\n"

static const Row rows[] = {
	{ trivy_parse, T("\"Results\":[{\"Target\":\"t\",\"Class\":\"os-pkgs\",\"Vulnerabilities\":[" V("CVE-1", "a", "CRITICAL") "," V("CVE-2", "a", "HIGH") "]}]"), "", SCAN_FOUND, 1, 1, 0, 0, 0 },
	{ trivy_parse, T("\"Results\":[{\"Target\":\"t\",\"Vulnerabilities\":[" V("CVE-1", "a", "LOW") "," V("CVE-1", "a", "MEDIUM") "," V("CVE-1", "b", "LOW") "]}]"), "", SCAN_FOUND, 0, 0, 1, 1, 0 },
	{ trivy_parse, T("\"Results\":[{\"Vulnerabilities\":null,\"Secrets\":[{\"RuleID\":\"r\",\"Severity\":\"HIGH\",\"StartLine\":3,\"Match\":\"***\"}],\"Target\":\"/etc/x\"}]"), "", SCAN_FOUND, 0, 1, 0, 0, 0 },
	{ trivy_parse, T("\"Results\":[{\"Target\":\"t\",\"New\":{\"a\":[1,{\"b\":null}]}}]"), "", SCAN_CLEAN },
	{ trivy_parse, T("\"Results\":null"), "", SCAN_CLEAN },
	{ trivy_parse, T("\"Metadata\":{}"), "", SCAN_CLEAN },
	{ trivy_parse, "[{\"Target\":\"t\",\"Vulnerabilities\":[" V("CVE-1", "a", "UNKNOWN") "]}]", "", SCAN_FOUND },
	{ trivy_parse, "null\n", "", SCAN_FAILED },
	{ trivy_parse, "[]", "", SCAN_FAILED },
	{ trivy_parse, "[{\"Target\":\"t\",\"Vulnerabilities\":null}]", "", SCAN_CLEAN },
	{ trivy_parse, T("\"Metadata\":{\"OS\":{\"Family\":\"alpine\",\"Name\":\"3.10\",\"EOSL\":true}}"), "", SCAN_FOUND },
	{ trivy_parse, T("\"Metadata\":{\"OS\":{\"Family\":\"alpine\",\"Name\":\"3.22\"}}"), "", SCAN_CLEAN },
	{ trivy_parse, T("\"Results\":[{\"Target\":\"t\",\"Vulnerabilities\":[" V("", "a", "HIGH") "," V("CVE-2", "a", "HIGH") "]}]"), "", SCAN_INCOMPLETE, 0, 1, 0, 0, 0 },
	{ trivy_parse, T("\"Results\":[{\"Target\":\"t\",\"Vulnerabilities\":[" V("CVE-1", "a", "DREADFUL") "]}]"), "", SCAN_INCOMPLETE },
	{ trivy_parse, T("\"Results\":[{\"Target\":\"t\",\"Vulnerabilities\":[{\"VulnerabilityID\":7,\"PkgName\":\"a\",\"Severity\":\"HIGH\"}]}]"), "", SCAN_INCOMPLETE },
	{ trivy_parse, T("\"Results\":[{\"Target\":\"t\",\"Vulnerabilities\":[null]}]"), "", SCAN_INCOMPLETE },
	{ trivy_parse, T("\"Results\":[{\"Vulnerabilities\":[" V("CVE-1", "a", "HIGH") "]}]"), "", SCAN_INCOMPLETE, 0, 1, 0, 0, 0 },
	{ trivy_parse, T("\"Results\":[{\"Target\":\"t\",\"Vulnerabilities\":{}}]"), "", SCAN_INCOMPLETE },
	{ trivy_parse, T("\"Metadata\":{\"Cpe\":\"\\udc00\\u0000\"},\"Results\":[]"), "", SCAN_CLEAN },
	{ trivy_parse, T("\"Results\":{}"), "", SCAN_FAILED },
	{ trivy_parse, "{\"SchemaVersion\":3,\"ArtifactName\":\"a\"}", "", SCAN_FAILED },
	{ trivy_parse, "{\"SchemaVersion\":2}", "", SCAN_FAILED },
	{ trivy_parse, "{}", "", SCAN_FAILED },
	{ trivy_parse, "", "", SCAN_FAILED },
	{ trivy_parse, "2026-01-01 FATAL no database", "", SCAN_FAILED },
	{ trivy_parse, "{\"SchemaVersion\":2,\"ArtifactName\":\"a\",\"Results\":[{\"Target\":\"t\"", "", SCAN_FAILED },
	{ trivy_parse, T("\"Results\":[]") T(""), "", SCAN_FAILED },

	{ grype_parse, G("[" M("CVE-1", ",\"severity\":\"Critical\"", "pkg:npm/n@1") "," M("CVE-1", ",\"severity\":\"Critical\"", "pkg:npm/n@1") "," M("CVE-2", ",\"severity\":\"Low\"", "pkg:npm/n@1") "]"), "", SCAN_FOUND, 1, 0, 0, 1, 0 },
	{ grype_parse, G("[" M("CVE-1", "", "") "," M("CVE-2", ",\"severity\":\"Negligible\",\"fix\":{\"versions\":[\"1\",\"2\"],\"state\":\"fixed\"}", "") "]"), "", SCAN_FOUND },
	{ grype_parse, "{\"matches\":[],\"source\":null,\"distro\":{\"idLike\":\"x\"},\"descriptor\":{\"db\":{\"status\":{\"built\":\"2026-01-01T00:00:00Z\"}}}}", "", SCAN_CLEAN },
	{ grype_parse, "{\"matches\":[],\"descriptor\":{\"db\":{\"built\":\"2026-01-01T00:00:00Z\",\"schemaVersion\":5}}}", "", SCAN_CLEAN },
	{ grype_parse, G("[{\"vulnerability\":{\"id\":\"CVE-1\",\"severity\":\"High\"},\"artifact\":{\"name\":\"jdk\",\"version\":\"1\",\"cpes\":[\"cpe:\\u0000\",\"\\ud800\",\"a\\\"b\"]}}]"), "", SCAN_FOUND, 0, 1, 0, 0, 0 },
	{ grype_parse, G("[{\"vulnerability\":{\"id\":\"CVE-1\",\"severity\":\"High\"},\"artifact\":{\"name\":\"jdk\\u0000\",\"version\":\"1\"}}]"), "", SCAN_INCOMPLETE },
	{ grype_parse, G("[]") "\"\\u0000\"", "", SCAN_FAILED },
	{ grype_parse, G("[" M("", "", "") "]"), "", SCAN_INCOMPLETE },
	{ grype_parse, G("[" M("CVE-1", ",\"severity\":5", "") "," M("CVE-2", ",\"severity\":\"High\"", "") "]"), "", SCAN_INCOMPLETE, 0, 1, 0, 0, 0 },
	{ grype_parse, G("[7]"), "", SCAN_INCOMPLETE },
	{ grype_parse, A("\"alerts\":[{\"type\":\"distro-eol\",\"message\":\"m\",\"metadata\":{\"name\":\"ubuntu\",\"version\":\"14.04\"}}]"), "", SCAN_FOUND },
	{ grype_parse, A("\"alerts\":[{\"type\":\"something-new\"}]"), "", SCAN_CLEAN },
	{ grype_parse, A("\"alerts\":[{\"type\":\"distro-unknown\"}]"), "", SCAN_INCOMPLETE }, /* it compared nothing */
	{ grype_parse, A("\"alerts\":[{\"type\":\"distro-disabled\"}]"), "", SCAN_INCOMPLETE },
	{ grype_parse, A("\"alerts\":[{\"type\":7}]"), "", SCAN_INCOMPLETE },
	{ grype_parse, "{\"matches\":[],\"alertsByPackage\":{}}", "", SCAN_CLEAN },
	{ grype_parse, G("null"), "", SCAN_FAILED },
	{ grype_parse, G("{}"), "", SCAN_FAILED },
	{ grype_parse, "{}", "", SCAN_FAILED },
	{ grype_parse, "null", "", SCAN_FAILED },
	{ grype_parse, "[]", "", SCAN_FAILED },
	{ grype_parse, "", "", SCAN_FAILED },
	{ grype_parse, "{\"matches\":[" M("CVE-1", "", ""), "", SCAN_FAILED },

	{ scout_parse, S("[" SR("CVE-1", "HIGH") "," SR("CVE-2", "UNSPECIFIED") "]", ",\"results\":[" SM("CVE-1", "0", "  Package  : pkg:deb/debian/x@1 \\n  Fixed version : 2 \\n") "," SM("CVE-1", "0", "  Package : pkg:npm/%40a/x@2\\n") "," SM("CVE-2", "1", " Package : pkg:npm/y@2") "]"), "", SCAN_FOUND, 0, 2, 0, 0, 0 },
	{ scout_parse, S("[{\"id\":\"CVE-1\"}]", ",\"results\":[" SM("CVE-1", "0", " Severity : CRITICAL\\n Package : pkg:npm/y@2\\n") "]"), "", SCAN_FOUND, 1, 0, 0, 0, 0 },
	{ scout_parse, "{\"runs\":[{\"results\":[" SM("CVE-1", "0", "Package : pkg:npm/y@2") "],\"tool\":{\"driver\":{\"name\":\"Docker Scout\",\"rules\":[" SR("CVE-1", "LOW") "]}}}],\"version\":\"2.1.0\"}", "", SCAN_FOUND, 0, 0, 0, 1, 0 },
	{ scout_parse, S("[" SR("CVE-2", "LOW") "," SR("CVE-1", "HIGH") "]", ",\"results\":[" SM("CVE-1", "0", "Package : pkg:npm/y@2") "]"), "", SCAN_FOUND, 0, 1, 0, 0, 0 },
	{ scout_parse, S("[]", ",\"results\":[]"), "", SCAN_CLEAN },
	{ scout_parse, S("[]", "") "\nWhat's next:\n", "", SCAN_CLEAN },
	{ scout_parse, S("[" SR("CVE-1", "HIGH") "]", ",\"results\":[" SM("CVE-1", "0", "no package") "]"), "", SCAN_INCOMPLETE },
	{ scout_parse, S("[" SR("CVE-1", "HIGH") "]", ",\"results\":[" SM("CVE-9", "7", "Package : pkg:npm/y@2") "]"), "", SCAN_INCOMPLETE },
	{ scout_parse, S("[7," SR("CVE-1", "HIGH") "]", ",\"results\":[" SM("CVE-1", "1", "Package : pkg:npm/y@2") "]"), "", SCAN_INCOMPLETE, 0, 1, 0, 0, 0 },
	{ scout_parse, S("[]", ",\"results\":[{\"ruleId\":\"a\",\"ruleIndex\":\"b\"}]"), "", SCAN_INCOMPLETE },
	{ scout_parse, S("[]", ",\"invocations\":[{\"executionSuccessful\":false}]"), "", SCAN_INCOMPLETE },
	{ scout_parse, S("[]", ",\"invocations\":[{\"executionSuccessful\":true}]"), "", SCAN_CLEAN },
	{ scout_parse, S("[]", "") S("[]", ""), "", SCAN_FAILED },
	{ scout_parse, S("[]", "") "\n[1]", "", SCAN_FAILED },
	{ scout_parse, "{\"version\":\"3.0.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"docker scout\"}}}]}", "", SCAN_FAILED },
	{ scout_parse, "{\"runs\":[{\"tool\":{\"driver\":{\"name\":\"docker scout\"}}}]}", "", SCAN_FAILED },
	{ scout_parse, "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"eslint\"}}}]}", "", SCAN_FAILED },
	{ scout_parse, "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"docker scout\"}}},{\"tool\":{\"driver\":{\"name\":\"eslint\"}}}]}", "", SCAN_FAILED },
	{ scout_parse, "{\"version\":\"2.1.0\",\"runs\":[]}", "", SCAN_FAILED },
	{ scout_parse, "{\"version\":\"2.1.0\",\"runs\":[{}]}", "", SCAN_FAILED },
	{ scout_parse, "{\"version\":\"2.1.0\"}", "", SCAN_FAILED },
	{ scout_parse, "What's next:", "", SCAN_FAILED },
	{ scout_parse, "", "", SCAN_FAILED },

	{ trufflehog_parse, H("AWS", ",\"Verified\":true,\"Raw\":\"AKIA1\"") H("aws", ",\"Verified\":false,\"Raw\":\"AKIA2\"") H("Mapbox", ",\"Verified\":false,\"Raw\":\"x\""), DONE, SCAN_FOUND, 1, 1, 1, 0, 1 },
	{ trufflehog_parse, H("Mapbox", ",\"Verified\":false,\"VerificationError\":\"no net\",\"Raw\":\"x\"") H("Mapbox", ",\"ExtraData\":null,\"Raw\":\"x\""), DONE, SCAN_FOUND, 0, 1, 1, 0, 0 },
	{ trufflehog_parse, "{\"SourceMetadata\":null,\"DetectorType\":15,\"DetectorName\":\"PrivateKey\",\"Verified\":false,\"Raw\":\"\"}", DONE, SCAN_FOUND, 0, 1, 0, 0, 0 },
	{ trufflehog_parse, "{\"level\":\"info-0\",\"msg\":\"hello\"}\n\n" H("Mapbox", ",\"Raw\":\"x\""), DONE, SCAN_FOUND, 0, 0, 1, 0, 0 },
	{ trufflehog_parse, H("Mapbox", ",\"Raw\":\"x\""), "", SCAN_INCOMPLETE, 0, 0, 1, 0, 0 }, /* it does not say that it finished */
	{ trufflehog_parse, H("Mapbox", ",\"Raw\":\"x\""), DONE "{\"level\":\"info-0\",\"msg\":\"once more\"}\n", SCAN_INCOMPLETE, 0, 0, 1, 0, 0 },
	{ trufflehog_parse, "", DONE, SCAN_CLEAN },
	{ trufflehog_parse, "\n", "{\"level\":\"info-0\",\"msg\":\"starting\"}\n" DONE, SCAN_CLEAN },
	{ trufflehog_parse, "", DONE "{\"level\":\"info-0\",\"msg\":\"once more\"}\n", SCAN_FAILED },
	{ trufflehog_parse, "", "", SCAN_FAILED },
	{ trufflehog_parse, "", "{\"level\":\"error\",\"msg\":\"a layer cannot be read\"}\n" DONE, SCAN_INCOMPLETE },
	{ trufflehog_parse, H("AWS", ",\"Raw\":7") H("Mapbox", ",\"Raw\":\"x\""), DONE, SCAN_INCOMPLETE, 0, 0, 1, 0, 0 },
	{ trufflehog_parse, "nonsense\n", DONE, SCAN_INCOMPLETE },
	{ trufflehog_parse, "{}\n", DONE, SCAN_INCOMPLETE },
	{ trufflehog_parse, H("Mapbox", ",\"Raw\":\"x\"") "{\"DetectorName\":\"AWS\",\"Ra", DONE, SCAN_INCOMPLETE, 0, 0, 1, 0, 0 },

	{ gitleaks_parse, "[{\"RuleID\":\"r\",\"Description\":\"d\",\"StartLine\":1,\"Secret\":\"REDACTED\",\"File\":\"a\",\"Entropy\":3.5}]", "", SCAN_FOUND, 0, 1, 0, 0, 0 },
	{ gitleaks_parse, "[{\"line\":\"password = x\",\"lineNumber\":4,\"offender\":\"x\",\"rule\":\"r\",\"file\":\"a\"}]", "", SCAN_FOUND, 0, 1, 0, 0, 0 },
	{ gitleaks_parse, "[]", "", SCAN_CLEAN },
	{ gitleaks_parse, "null", "", SCAN_CLEAN },
	{ gitleaks_parse, "[{\"Description\":\"d\"}]", "", SCAN_INCOMPLETE },
	{ gitleaks_parse, "[[]]", "", SCAN_INCOMPLETE },
	{ gitleaks_parse, "{}", "", SCAN_FAILED },
	{ gitleaks_parse, "", "", SCAN_FAILED },
	{ gitleaks_parse, "[{\"RuleID\":\"r\"", "", SCAN_FAILED },
};

static void test_answers(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		const Row *row = &rows[i];
		const ScannerOutput output = { row->text, strlen(row->text), row->log, strlen(row->log), key };
		const ScanReport report = row->parse(&output, arena);
		const ScanCounts v = scan_count(&report, SCAN_VULNERABILITY, arena), s = scan_count(&report, SCAN_SECRET, arena);
		g_test_message("%s: %s", report.scanner, row->text);
		g_assert_cmpstr(scan_outcome_name(report.outcome), ==, scan_outcome_name(row->outcome));
		g_assert_cmpint(*report.detail != 0, ==, row->outcome == SCAN_FAILED || row->outcome == SCAN_INCOMPLETE);
		g_assert_cmpuint(v.by_severity[SCAN_CRITICAL] + s.by_severity[SCAN_CRITICAL], ==, row->critical);
		g_assert_cmpuint(v.by_severity[SCAN_HIGH] + s.by_severity[SCAN_HIGH], ==, row->high);
		g_assert_cmpuint(v.by_severity[SCAN_MEDIUM] + s.by_severity[SCAN_MEDIUM], ==, row->medium);
		g_assert_cmpuint(v.by_severity[SCAN_LOW] + s.by_severity[SCAN_LOW], ==, row->low);
		g_assert_cmpuint(s.verified, ==, row->verified);
	}
}

/* Every cut of an answer is a report that is not clean: the end is a part of it. */
static void test_cut(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].outcome != SCAN_FOUND || rows[i].parse == trufflehog_parse)
			continue;
		for (size_t length = 0; length < strlen(rows[i].text); length++) {
			g_autoptr(Arena) arena = arena_new();
			const ScannerOutput output = { rows[i].text, length, "", 0, key };
			g_assert_cmpint(rows[i].parse(&output, arena).outcome, ==, SCAN_FAILED);
		}
	}
}

static ScanFinding only(ScanParser parse, const char *text, Arena *arena)
{
	const ScannerOutput output = { text, strlen(text), "", 0, key };
	const ScanReport report = parse(&output, arena);

	g_assert_cmpuint(report.count, ==, 1);
	return report.items[0];
}

static void test_members(void)
{
	static const char trivy[] = T("\"Results\":[{\"Vulnerabilities\":[{\"VulnerabilityID\":\"CVE-1\",\"PkgName\":\"p\",\"InstalledVersion\":\"1\",\"FixedVersion\":\"1.2, 2.0\",\"Severity\":\"low\","
				      "\"Title\":\"a\\u001b[31mb\",\"PrimaryURL\":\"https://x\",\"PkgIdentifier\":{\"PURL\":\"pkg:deb/debian/p@1\"},\"Layer\":{\"DiffID\":\"sha256:2\"}}],\"Target\":\"t (debian)\"}]");
	g_autoptr(Arena) arena = arena_new();
	ScanFinding f = only(trivy_parse, trivy, arena);

	g_assert_cmpstr(f.id, ==, "CVE-1");
	g_assert_cmpstr(f.title, ==, "a?[31mb");
	g_assert_cmpstr(f.fixed_version, ==, "1.2, 2.0");
	g_assert_cmpstr(f.purl, ==, "pkg:deb/debian/p@1");
	g_assert_cmpstr(f.layer, ==, "sha256:2");
	g_assert_cmpstr(f.path, ==, "t (debian)");
	f = only(grype_parse, G("[{\"vulnerability\":{\"id\":\"GHSA-1\",\"severity\":\"High\",\"fix\":{\"versions\":[\"2\",\"3\"]}},\"artifact\":{\"name\":\"n\",\"version\":\"1\","
				"\"locations\":[{\"path\":\"/a\",\"layerID\":\"sha256:3\"},{\"path\":\"/b\"}]}}]"), arena);
	g_assert_cmpstr(f.fixed_version, ==, "2, 3");
	g_assert_cmpstr(f.path, ==, "/a");
	const ScannerOutput old = { T("\"Metadata\":{\"OS\":{\"Family\":\"alpine\",\"Name\":\"3.10\",\"EOSL\":true}}"), strlen(T("\"Metadata\":{\"OS\":{\"Family\":\"alpine\",\"Name\":\"3.10\",\"EOSL\":true}}")), "", 0, key };
	g_assert_cmpstr(trivy_parse(&old, arena).end_of_life, ==, "alpine 3.10");
	f = only(gitleaks_parse, "[{\"RuleID\":\"r\",\"File\":\"tree/00000000000000000000000000000000000000000000000000000000000000aa/etc/x\"}]", arena);
	g_assert_cmpstr(f.path, ==, "/etc/x");
	g_assert_cmpstr(f.layer, ==, "sha256:00000000000000000000000000000000000000000000000000000000000000aa");
	f = only(gitleaks_parse, "[{\"RuleID\":\"r\",\"File\":\"tree/image-metadata/c.json\"}]", arena);
	g_assert_cmpstr(f.path, ==, "image-metadata/c.json");
	f = only(scout_parse, S("[" SR("CVE-1", "HIGH") "]", ",\"results\":[" SM("CVE-1", "0", " Package : pkg:npm/%40s/x@2?a=b \\n Fixed version : not fixed \\n") "]"), arena);
	g_assert_cmpstr(f.package, ==, "x");
	g_assert_cmpstr(f.version, ==, "2");
	g_assert_cmpstr(f.fixed_version, ==, "");
}

/* The secret itself is nowhere in the report; the same secret has the same fingerprint under one key. */
static void test_secret(void)
{
	static const unsigned char other[SCAN_KEY_BYTES] = { 2 };
	static const char text[] = H("AWS", ",\"Verified\":false,\"Raw\":\"hunter2\",\"RawV2\":\"hunter2x\",\"Redacted\":\"hun\"");
	g_autoptr(Arena) arena = arena_new();
	const ScannerOutput one = { text, strlen(text), DONE, strlen(DONE), key }, two = { text, strlen(text), DONE, strlen(DONE), other };
	const ScanReport first = trufflehog_parse(&one, arena), again = trufflehog_parse(&one, arena), another = trufflehog_parse(&two, arena);
	const ScanFinding *f = &first.items[0];
	const char *const members[] = { f->id, f->title, f->path, f->layer, f->url, f->fingerprint, f->package };

	for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
		g_assert_null(strstr(members[i], "hun"));
	g_assert_cmpuint(strlen(f->fingerprint), ==, SCAN_FINGERPRINT_LENGTH);
	g_assert_cmpstr(f->fingerprint, ==, again.items[0].fingerprint);
	g_assert_cmpstr(f->fingerprint, !=, another.items[0].fingerprint);
	g_assert_cmpstr(f->path, ==, "/a");
}

static void test_limit(void)
{
	g_autoptr(GString) text = g_string_new("{\"matches\":[");
	g_autoptr(Arena) arena = arena_new();

	for (unsigned i = 0; i <= LIMIT_SCAN_FINDINGS; i++)
		g_string_append_printf(text, "%s{\"vulnerability\":{\"id\":\"C%u\"},\"artifact\":{\"name\":\"n\"}}", i ? "," : "", i);
	g_string_append(text, "]}");
	const ScannerOutput output = { text->str, text->len, "", 0, key };
	g_assert_cmpint(grype_parse(&output, arena).outcome, ==, SCAN_FAILED);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scan/answers", test_answers);
	g_test_add_func("/scan/cut", test_cut);
	g_test_add_func("/scan/members", test_members);
	g_test_add_func("/scan/secret", test_secret);
	g_test_add_func("/scan/limit", test_limit);
	return g_test_run();
}
