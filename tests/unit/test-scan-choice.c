/* SPDX-License-Identifier: MIT
 *
 * Which scanner is taken when nobody names one.
 */
#include "scan-fixture.h"

/* Which scanner is taken when nobody names one. */
static void test_default(Fixture *f, gconstpointer data)
{
	const char *const dirs[] = { f->bin, NULL };

	(void)data;
	g_assert_cmpstr(plan_default(SCAN_VULNERABILITY, dirs)->is->name, ==, "trivy");
	g_assert_cmpstr(plan_default(SCAN_SECRET, dirs)->is->name, ==, "builtin");
	put_program(f, "grype", "exit 0");
	g_assert_cmpstr(plan_default(SCAN_VULNERABILITY, dirs)->is->name, ==, "grype");
}

/* A program of the right name is not a scanner that works. */
static void test_default_works(Fixture *f, gconstpointer data)
{
	static const struct { const char *name, *program, *script; ScannerState state; } rows[] = {
		{ "trivy", "trivy", "exit 1", SCANNER_BROKEN },
		{ "trivy", "trivy", "[ \"$1\" = --version ]", SCANNER_READY },
		{ "trivy", "trivy", "kill -9 $$", SCANNER_BROKEN },
		{ "grype", "grype", "[ \"$1\" = version ] && echo 0.1", SCANNER_READY },
		{ "grype", "grype", "echo no such library >&2; exit 127", SCANNER_BROKEN },
		{ "scout", "docker", "[ \"$1 $2\" = 'scout version' ]", SCANNER_READY },
		{ "scout", "docker", "[ \"$1\" != scout ] || { echo \"docker: 'scout' is not a docker command.\" >&2; exit 1; }", SCANNER_BROKEN },
		{ "gitleaks", "gitleaks", "[ \"$1\" = version ]", SCANNER_READY },
		{ "gitleaks", "gitleaks", "yes | head -c 70000000", SCANNER_BROKEN },
		{ "trufflehog", "trufflehog", "[ \"$1\" = --version ]", SCANNER_READY },
		{ "trufflehog", "trufflehog", "sleep 60", SCANNER_BROKEN },
	};
	const char *const dirs[] = { f->bin, NULL };

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Scanner *scanner = scanner_find(rows[i].name);
		put_file(f, rows[i].program, rows[i].script);
		g_test_message("%s: %s", rows[i].name, rows[i].script);
		g_assert_cmpint(scanner_state(scanner, dirs), ==, SCANNER_UNTRIED);
		g_assert_cmpint(scanner_probe(scanner, dirs, NULL), ==, rows[i].state);
		g_assert_cmpint(scanner_state(scanner, dirs), ==, rows[i].state);
	}
}

/* Docker's client is nearly always there, and mostly without the plugin that is meant. */
static void test_default_scout(Fixture *f, gconstpointer data)
{
	const char *const dirs[] = { f->bin, NULL };

	(void)data;
	g_assert_null(plan_ready(SCAN_VULNERABILITY, dirs));
	put_file(f, "docker", "exit 1");
	g_assert_null(plan_ready(SCAN_VULNERABILITY, dirs)); /* nobody tried it */
	scanners_probe(dirs, NULL);
	g_assert_null(plan_ready(SCAN_VULNERABILITY, dirs));
	put_file(f, "docker", "exit 0");
	g_assert_null(plan_ready(SCAN_VULNERABILITY, dirs)); /* another file */
	scanners_probe(dirs, NULL);
	g_assert_cmpstr(plan_ready(SCAN_VULNERABILITY, dirs)->is->name, ==, "scout");
	put_file(f, "trivy", "exit 0");
	scanners_probe(dirs, NULL);
	g_assert_cmpstr(plan_ready(SCAN_VULNERABILITY, dirs)->is->name, ==, "trivy");
	put_file(f, "trivy", "exit 2");
	scanners_probe(dirs, NULL);
	g_assert_cmpstr(plan_ready(SCAN_VULNERABILITY, dirs)->is->name, ==, "scout");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/scan-choice/default", Fixture, NULL, set_up, test_default, tear_down);
	g_test_add("/scan-choice/works", Fixture, NULL, set_up, test_default_works, tear_down);
	g_test_add("/scan-choice/scout", Fixture, NULL, set_up, test_default_scout, tear_down);
	return g_test_run();
}
