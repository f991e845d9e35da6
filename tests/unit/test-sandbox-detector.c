/* SPDX-License-Identifier: MIT
 *
 * The built-in detector, which is no program of somebody else's: the cage that it makes for itself, and what is believed of what it says.
 */
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "sandbox-fixture.h"
#include "scan/builtin-text.h"
#include "scan/cage.h"

/* The detector says the same in its cage as without, and its fingerprints have the guard's key, as other scanners' do. */
static void test_builtin(Fixture *f, gconstpointer data)
{
	static const DetectorOptions options = { .cancelled = NULL };
	static const bool remote[] = { true, false };
	g_autofree char *token = fine_token();
	g_autoptr(GByteArray) layer = layer_of("etc/token", token), packed = pack_one(false, ARCHIVE_FILTER_GZIP, "etc/token", token, strlen(token));
	g_autofree char *digest = digest_of(layer->data, layer->len);
	GByteArray *image = image_of_digest(packed, CONFIG, digest);
	g_autofree char *line = g_strdup_printf("echo '{\"DetectorName\":\"d\",\"Raw\":\"%s\",\"SourceMetadata\":{\"Data\":{\"Docker\":{\"file\":\"/x\"}}}}'", strstr(g_strchomp(token), "glpat-"));
	g_autoptr(Arena) arena = arena_new();
	const ScanReport plain = scan_with(image, image->len, &options, arena);

	(void)data;
	put_image(f, image);
	put_program(f, "trufflehog", line);
	for (size_t i = 0; i < G_N_ELEMENTS(remote); i++) {
		remote_use(remote[i] ? f->sockets : NULL);
		const ScanReport report = scan_image(f, "builtin", SCAN_SECRET, OFFLINE, arena), other = scan_image(f, "trufflehog", SCAN_SECRET, OFFLINE, arena);
		g_assert_cmpstr(report.detail, ==, "");
		g_assert_cmpint(report.outcome, ==, SCAN_FOUND);
		g_assert_cmpuint(report.count, ==, plain.count);
		g_assert_cmpstr(report.version, ==, plain.version);
		g_assert_cmpstr(report.items[0].id, ==, plain.items[0].id);
		g_assert_cmpstr(report.items[0].path, ==, "/etc/token");
		g_assert_cmpstr(report.items[0].layer, ==, plain.items[0].layer);
		g_assert_cmpint(report.items[0].severity, ==, plain.items[0].severity);
		g_assert_cmpstr(report.items[0].fingerprint, !=, plain.items[0].fingerprint);
		g_assert_cmpuint(other.count, ==, 1);
		g_assert_cmpstr(report.items[0].fingerprint, ==, other.items[0].fingerprint);
	}
	/* with rules of the site's own, also handed to the sandbox; wrong ones are no reason to look without them */
	f->rules = "secret_rules:\n  - {id: mark, title: t, keywords: [mark_], regex: 'mark_([a-z0-9]{8})', examples: {finds: [mark_q7w8e9r0], ignores: [mark_]}}\n";
	put_image(f, image_of(layer_of("etc/a", "mark_z9y8x7w6\n")));
	for (size_t i = 0; i < G_N_ELEMENTS(remote); i++) {
		remote_use(remote[i] ? f->sockets : NULL);
		const ScanReport report = scan_image(f, "builtin", SCAN_SECRET, OFFLINE, arena);
		g_assert_cmpstr(report.detail, ==, "");
		g_assert_cmpuint(report.count, ==, 1);
		g_assert_cmpstr(report.items[0].id, ==, "mark");
		g_assert_true(g_str_has_prefix(report.version, SECRET_RULES_VERSION "+"));
	}
	f->rules = "secret_rules: 3\n";
	put_image(f, image_of(layer_of("etc/a", "a")));
	g_assert_cmpint(scan_image(f, "builtin", SCAN_SECRET, OFFLINE, arena).outcome, ==, SCAN_FAILED);
	f->rules = NULL;
	put_image(f, layer_of("no", "image"));
	g_assert_cmpint(scan_image(f, "builtin", SCAN_SECRET, OFFLINE, arena).outcome, ==, SCAN_FAILED);
}

/* What a detector that somebody took over would write. */
static void test_liar(void)
{
#define ONE "{\"id\":\"r\",\"title\":\"t\",\"severity\":\"high\",\"path\":\"/p\",\"layer\":\"\",\"fingerprint\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"line\":1}"
	static const struct { const char *text; ScanOutcome outcome; bool only_gaps; } rows[] = {
		{ "{\"outcome\":\"incomplete\",\"onlygaps\":true,\"gaps\":[\"/a\"],\"findings\":[" ONE "]}", SCAN_INCOMPLETE, true },
		{ "{\"outcome\":\"incomplete\",\"onlygaps\":true,\"gaps\":[],\"findings\":[]}", SCAN_INCOMPLETE, false },
		{ "{\"outcome\":\"incomplete\",\"gaps\":[\"/a\"],\"findings\":[]}", SCAN_INCOMPLETE, false },
		{ "{\"outcome\":\"incomplete\",\"onlygaps\":true,\"gaps\":[\"/a\"],\"findings\":[{\"id\":\"x\"}]}", SCAN_INCOMPLETE, false },
		{ "{\"outcome\":\"failed\",\"onlygaps\":true,\"gaps\":[\"/a\"],\"findings\":[]}", SCAN_FAILED, false },
		{ "{\"outcome\":\"found\",\"findings\":[" ONE "]}", SCAN_FOUND, false }, { "{\"outcome\":\"clean\",\"findings\":[]}", SCAN_CLEAN, false },
		{ "{\"outcome\":\"clean\",\"findings\":[" ONE "]}", SCAN_FAILED, false }, { "{\"outcome\":\"found\",\"findings\":[]}", SCAN_FAILED, false },
		{ "{\"outcome\":\"incomplete\",\"findings\":[]}", SCAN_INCOMPLETE, false }, { "{\"outcome\":\"failed\",\"findings\":[" ONE "]}", SCAN_FAILED, false },
		{ "{\"findings\":[]}", SCAN_FAILED, false }, { "", SCAN_FAILED, false }, { "{\"outcome\":\"clean\",\"findings\":[]}{}", SCAN_FAILED, false },
		{ "{\"outcome\":\"found\",\"findings\":[" ONE ",{\"id\":\"x\"}]}", SCAN_INCOMPLETE, false },
	};
	static const unsigned char key[SCAN_KEY_BYTES] = { 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		const ScannerOutput output = { rows[i].text, strlen(rows[i].text), "", 0, key };
		g_test_message("%s", rows[i].text);
		const ScanReport report = builtin_parse(&output, arena);
		g_assert_cmpint(report.outcome, ==, rows[i].outcome);
		g_assert_cmpint(report.only_gaps, ==, rows[i].only_gaps);
	}
}

/* Whether each thing that is forbidden in the cage fails there; a bit for each that does not. */
static unsigned try_all(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/run/docker.sock" };
	unsigned done = 0;

	done |= (unsigned)(open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0) << 0;
	done |= (unsigned)(open("/tmp/sentinel-cage", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0) << 1;
	done |= (unsigned)(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0) << 2;
	done |= (unsigned)(connect(STDIN_FILENO, (const struct sockaddr *)&address, sizeof address) == 0 || errno != EPERM) << 3;
	done |= (unsigned)(kill(getppid(), 0) == 0) << 4;
	done |= (unsigned)(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0) << 5;
	done |= (unsigned)(execl("/bin/true", "true", NULL) == 0 || errno != EPERM) << 6;
	done |= (unsigned)(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED) << 7;
	done |= (unsigned)(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) << 8;
	done |= (unsigned)(unlink("/tmp/sentinel-cage") == 0) << 9;
	done |= (unsigned)(fcntl(STDOUT_FILENO, F_SETFL, 0) == 0) << 10;
	return done;
}

static void test_cage(void)
{
	int ends[2], status;
	unsigned done = ~0U;

	g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
	pid_t child = fork();
	if (child == 0) {
		if (!cage_enter(NULL))
			_exit(1);
		done = try_all();
		_exit(write(ends[1], &done, sizeof done) == (ssize_t)sizeof done ? 0 : 2);
	}
	(void)close(ends[1]);
	g_assert_cmpint(read(ends[0], &done, sizeof done), ==, (ssize_t)sizeof done);
	(void)close(ends[0]);
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
	g_assert_cmphex(done, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sandbox/cage", test_cage);
	g_test_add_func("/sandbox/liar", test_liar);
	g_test_add("/sandbox/builtin", Fixture, NULL, set_up, test_builtin, tear_down);
	return g_test_run();
}
