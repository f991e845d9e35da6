/* SPDX-License-Identifier: MIT
 *
 * Scanners that lie, break off, flood, hang and fork: none of it is ever a clean image, whichever of them it is.
 *
 * Forks are bounded twice: by the limit of a user that nobody else is, and by the time that the scan has.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "scan/scanner.h"
#include "scratch.h"
#include "secret-image.h"

#define LONG_MS 20000u /* what is slow here is the machine */
#define SHORT_MS 300u
#define FINISHED "{\"level\":\"info-0\",\"msg\":\"finished scanning\"}"
#define FORKER 64123u /* a uid that nobody has */

/* What each writes of an image without findings, to a file or not. */
static const struct { const char *name, *program; ScanKind kind; const char *clean, *log; } adapters[] = {
	{ "trivy", "trivy", SCAN_VULNERABILITY, "{\"SchemaVersion\":2,\"ArtifactName\":\"a\",\"Results\":[{\"Target\":\"os\",\"Class\":\"os-pkgs\"}]}", "" },
	{ "trivy", "trivy", SCAN_SECRET, "{\"SchemaVersion\":2,\"ArtifactName\":\"a\",\"Results\":[{\"Target\":\"os\",\"Class\":\"secret\"}]}", "" },
	{ "grype", "grype", SCAN_VULNERABILITY, "{\"matches\":[],\"descriptor\":{\"name\":\"grype\",\"version\":\"1\"}}", "" },
	{ "scout", "docker", SCAN_VULNERABILITY,
		"{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"docker scout\",\"version\":\"1\",\"rules\":[]}},\"results\":[]}]}", "" },
	{ "trufflehog", "trufflehog", SCAN_SECRET, "", FINISHED },
	{ "gitleaks", "gitleaks", SCAN_SECRET, "[]", "" },
};

enum { TRUFFLEHOG = 1u << 4, GITLEAKS = 1u << 5 };

/* `say` writes to where the answer belongs, `good` is the clean answer; $clean is the file with it. */
static const char prelude[] = "while [ $# -gt 0 ]; do case $1 in --output | --report-path) f=$2 ;; esac; shift; done\n"
			      "say() { if [ -n \"$f\" ]; then cat >> \"$f\"; else cat; fi; }\n"
			      "end() { [ -z \"$log\" ] || echo \"$log\" >&2; }\n"
			      "good() { say < \"$clean\"; end; }\n";

typedef struct Hostile {
	const char *script;
	unsigned right; /* of which adapters this is a right answer: bits by their places */
	unsigned timeout_ms; /* 0: long */
} Hostile;

static const Hostile rows[] = {
	/* Nothing, half, null, another form. */
	{ "exit 0" }, { "end", TRUFFLEHOG }, { ": | say" }, { "head -c $(($(wc -c < \"$clean\") / 2)) \"$clean\" | say; end", TRUFFLEHOG },
	{ "head -c $(($(wc -c < \"$clean\") - 1)) \"$clean\" | say; end", TRUFFLEHOG }, { "printf '{\"DetectorName\":\"AW' | say; end" },
	{ "echo null | say; end", GITLEAKS }, /* some of its releases write that of no findings */
	{ "echo '{}' | say; end" }, { "echo '{\"foo\":1}' | say; end" }, { "echo 7 | say; end" }, { "echo '\"x\"' | say; end" }, { "echo true | say; end" },
	{ "echo '[]' | say; end", GITLEAKS }, { "echo '[7]' | say; end" }, { "echo '[[]]' | say; end" }, { "echo '[{}]' | say; end" }, { "echo '<html>' | say; end" },
	{ "echo '{\"SchemaVersion\":\"2\",\"ArtifactName\":7,\"matches\":7,\"runs\":7,\"Results\":7}' | say; end" },
	{ "printf '\\0' | say; good" }, { "printf '\\357\\273\\277' | say; good" }, { "printf '}' | say; good" }, { "good; good; echo '{' | say" }, { "good; good", TRUFFLEHOG },
	{ "head -c 100000 /dev/zero | tr '\\0' '[' | say; end" }, { "head -c 100000 /dev/zero | tr '\\0' '{' | say; end" },
	/* 200 MB: blanks behind an answer, and a log. */
	{ "good; if [ -n \"$f\" ]; then truncate -s 200000000 \"$f\"; else head -c 200000000 /dev/zero | tr '\\0' ' '; fi" },
	{ "if [ -n \"$f\" ]; then truncate -s 200000000 \"$f\"; else head -c 200000000 /dev/zero; fi; end" },
	/* An answer that is no file. */
	{ "[ -z \"$f\" ] || { mkdir \"$f\" && exit 0; }; exit 1" }, { "[ -z \"$f\" ] || { ln -s \"$clean\" \"$f\" && exit 0; }; exit 1" },
	{ "[ -z \"$f\" ] || { mkfifo \"$f\" && exit 0; }; exit 1" },
	/* Right words, and a status that says otherwise. */
	{ "good; exit 1" }, { "good; exit 2" }, { "good; exit 3" }, { "good; exit 42" }, { "good; exit 126" }, { "good; exit 127" }, { "good; exit 130" }, { "good; exit 183" },
	{ "good; exit 255" }, { "good; kill -9 $$" }, { "good; kill -SEGV $$" }, { "good; kill -PIPE $$" },
	/* It hangs, also when it has said all. */
	{ "sleep 60", 0, SHORT_MS }, { "good; sleep 60", 0, SHORT_MS }, { "trap '' TERM HUP INT; good; sleep 60 & wait; sleep 60", 0, SHORT_MS },
};

/* One adapter, with a place of its own: they are tried beside each other. */
typedef struct Host {
	size_t adapter;
	char *dir, *bin, *clean, *scan_dir;
	const GByteArray *image;
} Host;

static void put_program(const Host *host, const char *name, const char *script)
{
	g_autofree char *path = g_build_filename(host->bin, name, NULL), *text = g_strconcat("#!/bin/sh\n", script, "\n", NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(chmod(path, 0755), ==, 0);
}

static ScanReport ask(const Host *host, const char *script, unsigned timeout_ms, Arena *arena)
{
	static const unsigned char key[SCAN_KEY_BYTES] = { 1 };
	const char *const dirs[] = { host->bin, NULL };
	_Atomic bool cancelled = false;
	g_autofree char *text = g_strdup_printf("clean='%s' log='%s'\n%s%s", host->clean, adapters[host->adapter].log, prelude, script);
	g_autofree char *archive = g_build_filename(host->scan_dir, "image", NULL);
	ScanTask task = { .kind = adapters[host->adapter].kind, .archive = archive, .directory = host->scan_dir, .cache = host->dir, .program_dirs = dirs,
		.offline = true, .timeout_ms = timeout_ms ? timeout_ms : LONG_MS, .key = key, .cancelled = &cancelled };

	g_assert_cmpint(mkdir(host->scan_dir, 0700), ==, 0);
	g_assert_true(g_file_set_contents(archive, (const char *)host->image->data, host->image->len, NULL));
	task.archive_fd = open(archive, O_RDONLY | O_CLOEXEC);
	g_assert_cmpint(task.archive_fd, >, 0);
	put_program(host, adapters[host->adapter].program, text);
	ScanReport report = scanner_scan(scanner_find(adapters[host->adapter].name), &task, arena);
	(void)close(task.archive_fd);
	scratch_free(g_strdup(host->scan_dir)); /* with all that is in it */
	return report;
}

/* `try` for each adapter, in a thread of its own. */
static void each(void *(*try)(void *host))
{
	Host hosts[G_N_ELEMENTS(adapters)];
	GThread *threads[G_N_ELEMENTS(adapters)];
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(GByteArray) image = image_of(layer_of("mark", "x"));

	for (size_t i = 0; i < G_N_ELEMENTS(adapters); i++) {
		char *dir = g_strdup_printf("%s/%zu", scratch, i);
		hosts[i] = (Host){ .dir = dir, .bin = g_build_filename(dir, "bin", NULL), .adapter = i, .clean = g_build_filename(dir, "clean", NULL),
			.scan_dir = g_build_filename(dir, "one", NULL), .image = image };
		g_assert_cmpint(g_mkdir_with_parents(hosts[i].bin, 0755), ==, 0);
		g_assert_true(g_file_set_contents(hosts[i].clean, adapters[i].clean, -1, NULL));
		threads[i] = g_thread_new(adapters[i].name, try, &hosts[i]);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(adapters); i++) {
		(void)g_thread_join(threads[i]);
		g_free(hosts[i].dir);
		g_free(hosts[i].bin);
		g_free(hosts[i].clean);
		g_free(hosts[i].scan_dir);
	}
}

static void *try_rows(void *data)
{
	const Host *host = data;
	g_autoptr(Arena) arena = arena_new();

	g_assert_cmpint(ask(host, "good", 0, arena).outcome, ==, SCAN_CLEAN); /* so the others could be */
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const ScanReport report = ask(host, rows[i].script, rows[i].timeout_ms, arena);
		const bool clean = report.outcome == SCAN_CLEAN;
		if (clean != ((rows[i].right >> host->adapter) & 1) || (!clean && !*report.detail))
			g_error("%s, %s: %d %s", adapters[host->adapter].name, rows[i].script, (int)report.outcome, report.detail);
	}
	return NULL;
}

static void test_rows(void)
{
	each(try_rows);
}

/* The right answer of another one is none of its own. */
static void *try_others(void *data)
{
	const Host *host = data;
	const char *own = adapters[host->adapter].name;

	for (size_t i = 0; i < G_N_ELEMENTS(adapters); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autofree char *script = g_strdup_printf("echo '%s' | say; end", adapters[i].clean);
		if (strcmp(own, adapters[i].name) != 0 && ask(host, script, 0, arena).outcome == SCAN_CLEAN)
			g_error("%s takes the answer of %s for its own", own, adapters[i].name);
	}
	return NULL;
}

static void test_others(void)
{
	each(try_others);
}

/* How many processes of that user there are that have not ended. */
static unsigned processes_of(uid_t uid)
{
	g_autoptr(GDir) dir = g_dir_open("/proc", 0, NULL);
	unsigned count = 0;
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename("/proc", name, NULL), *file = g_build_filename(path, "stat", NULL), *text = NULL;
		struct stat status;
		if (!g_ascii_isdigit(*name) || stat(path, &status) < 0 || status.st_uid != uid || !g_file_get_contents(file, &text, NULL, NULL))
			continue;
		const char *end = strrchr(text, ')');
		count += end && end[1] == ' ' && end[2] != 'Z' && end[2] != 'X';
	}
	return count;
}

/* Forty at most: by the kernel's own count of that user, which is looked at before anything forks. */
static const char fork_safely[] = "good\nexec setpriv --reuid=64123 --regid=64123 --clear-groups prlimit --nproc=40:40 bash -c '"
				  "[ \"$(id -u) $(ulimit -Hu)\" = \"64123 40\" ] || exit 1\n%s'";

/* What forks without end, or leaves others behind, is no clean image either, and nothing of it stays. */
static void *try_forks(void *data)
{
	static const char *const scripts[] = {
		"fork() { fork | fork & }; fork; wait; sleep 60",
		"for i in {1..100}; do sleep 60 & done; wait",
		"trap \"\" TERM HUP INT; (sleep 60) & sleep 60",
	};
	const Host *host = data;

	for (size_t i = 0; i < G_N_ELEMENTS(scripts); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autofree char *script = g_strdup_printf(fork_safely, scripts[i]);
		g_assert_cmpint(ask(host, script, SHORT_MS, arena).outcome, !=, SCAN_CLEAN);
	}
	return NULL;
}

static void test_forks(void)
{
	each(try_forks);
	for (unsigned k = 0; k < 500 && processes_of(FORKER); k++)
		g_usleep(10000);
	g_assert_cmpuint(processes_of(FORKER), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scan-hostile/rows", test_rows);
	g_test_add_func("/scan-hostile/others", test_others);
	g_test_add_func("/scan-hostile/forks", test_forks);
	return g_test_run();
}
