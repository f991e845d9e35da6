/* SPDX-License-Identifier: MIT
 *
 * The table of scanners.  Switches that only newer releases know are given as variables, which older
 * ones do not mind.
 */
#include <string.h>
#include <glib.h>
#include "scan/run.h"
#include "scan/scanner.h"

static const char *const builtin_words[] = { "--detect", "@rules", NULL };

static const char *const trivy_words[] = {
	"image", "--format", "json", "--quiet", "--scanners", "@kind", "--timeout", "@secondss", "--cache-dir", "@cache/trivy", "--input", "@archive", NULL,
};
static const char *const trivy_offline[] = { "--skip-db-update", "--skip-java-db-update", "--offline-scan", NULL };
static const char *const trivy_env[] = { "TRIVY_SKIP_VERSION_CHECK=true", "TRIVY_DISABLE_TELEMETRY=true", NULL };

/* Environment, labels and history: nothing of it is in the layers. */
static const char *const trivy_secret_env[] = { "TRIVY_IMAGE_CONFIG_SCANNERS=secret", NULL };

static const char *const grype_words[] = { "--quiet", "--by-cve", "-o", "json", "docker-archive:@archive", NULL };
static const char *const grype_env[] = { "GRYPE_DB_CACHE_DIR=@cache/grype", "GRYPE_CHECK_FOR_APP_UPDATE=false", NULL };
static const char *const grype_offline_env[] = { "GRYPE_DB_AUTO_UPDATE=false", "GRYPE_DB_VALIDATE_AGE=false", NULL };

static const char *const scout_words[] = { "scout", "cves", "--format", "sarif", "--output", "@answer", "archive://@archive", NULL };

static const char *const trufflehog_words[] = { "docker", "--image", "file://@archive", "--json", "--no-update", "--fail-on-scan-errors", NULL };
static const char *const trufflehog_verify[] = { "--results=verified,unknown,unverified", NULL };
static const char *const trufflehog_no_verify[] = { "--no-verification", "--results=unverified,unknown", NULL };

/* Before 8.27 no archives, before 8.19 other words; Debian's do not say which they are.  Either is given no archive: of those it knows nothing it looks into none. */
static const char *const gitleaks_words[] = {
	"dir", "@tree", "--report-format", "json", "--report-path", "@answer", "--no-banner", "--redact=100", "--exit-code", "0", "--max-archive-depth", "8", "--ignore-gitleaks-allow", NULL,
};
static const char *const gitleaks_older[] = {
	"detect", "--no-git", "--source", "@tree", "--report-format", "json", "--report-path", "@answer", "--no-banner", "--redact", "--exit-code", "0", NULL,
};

static const char *const version_word[] = { "version", NULL };
static const char *const version_option[] = { "--version", NULL };
static const char *const scout_version[] = { "scout", "version", NULL };

const Scanner scanners[SCANNER_NAMES] = {
	[SCANNER_BUILTIN] = { .is = &scanner_names[SCANNER_BUILTIN], .program = "sentinel-scan", .parse = builtin_parse, .own = true, .words = builtin_words },
	[SCANNER_TRUFFLEHOG] = { .is = &scanner_names[SCANNER_TRUFFLEHOG], .program = "trufflehog", .parse = trufflehog_parse, .words = trufflehog_words, .verify_words = trufflehog_verify,
		.no_verify_words = trufflehog_no_verify, .version_words = version_option },
	[SCANNER_GITLEAKS] = { .is = &scanner_names[SCANNER_GITLEAKS], .program = "gitleaks", .parse = gitleaks_parse, .words = gitleaks_words, .older_words = gitleaks_older, .unpacked = true, .answers_in_file = true,
		.version_words = version_word },
	[SCANNER_TRIVY] = { .is = &scanner_names[SCANNER_TRIVY], .program = "trivy", .parse = trivy_parse, .fetches = true, .words = trivy_words, .offline_words = trivy_offline,
		.database_file = "@cache/trivy/db/metadata.json", .env = trivy_env, .secret_env = trivy_secret_env, .version_words = version_option },
	[SCANNER_GRYPE] = { .is = &scanner_names[SCANNER_GRYPE], .program = "grype", .parse = grype_parse, .fetches = true, .words = grype_words, .env = grype_env, .offline_env = grype_offline_env,
		.version_words = version_word },
	/* A plugin of the docker client's: needs the network and a login. */
	[SCANNER_SCOUT] = { .is = &scanner_names[SCANNER_SCOUT], .program = "docker", .parse = scout_parse, .fetches = true, .words = scout_words, .answers_in_file = true, .incomplete_status = 255,
		.version_words = scout_version },
};
const size_t scanner_count = G_N_ELEMENTS(scanners);

const char *const scanner_directories[] = { "/usr/local/bin", "/usr/bin", "/bin", NULL };

const Scanner *scanner_find(const char *name)
{
	const ScannerName *known = scanner_name_find(name);

	return known ? &scanners[known - scanner_names] : NULL;
}

bool scanner_finds(const Scanner *scanner, ScanKind kind)
{
	if (kind == SCAN_SIGNATURE || scanner->verifies)
		return kind == SCAN_SIGNATURE && scanner->verifies;
	return kind == SCAN_SECRET ? scanner->is->secrets : scanner->is->vulnerabilities;
}

/* Beside this program, or where it is in a build directory. */
static char *own_program(const char *name)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *here = g_path_get_dirname(self ? self : ""), *helper = g_build_filename(here, "..", "helper", NULL),
		*higher = g_build_filename(here, "..", "..", "helper", NULL);
	const char *const places[] = { here, helper, higher, NULL };

	return program_find(name, places);
}

char *scanner_program(const Scanner *scanner, const char *const *program_dirs)
{
	return scanner->own ? own_program(scanner->program) : program_find(scanner->program, program_dirs);
}
