/* SPDX-License-Identifier: MIT
 *
 * Scanners that are not processes of the guard's: the sandbox behind a socket.
 */
#include "sandbox-fixture.h"
#include "scan/signers.h"

static void test_call(Fixture *f, gconstpointer data)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *seen = g_build_filename(f->dir, "seen", NULL);
	g_autofree char *script = g_strdup_printf("{ echo \"$*\"; env; while [ \"$1\" != --input ]; do shift; done; grep -ao \"the image\" \"$2\"; cat; ls /proc/self/fd | wc -l; } > %s\necho '" REPORT "'", seen);

	(void)data;
	put_image(f, layer_of("mark", "the image"));
	g_assert_true(g_setenv("SENTINEL_TEST_SECRET", "hunter2", TRUE));
	put_program(f, "trivy", script);
	const ScanReport report = scan_image(f, "trivy", SCAN_VULNERABILITY, OFFLINE, arena);
	g_assert_cmpstr(report.detail, ==, "");
	g_assert_cmpint(report.outcome, ==, SCAN_FOUND);
	g_autofree char *text = scratch_get(f->dir, "seen");
	g_assert_nonnull(strstr(text, "--skip-db-update --skip-java-db-update --offline-scan"));
	g_assert_nonnull(strstr(text, "--input " RUN_KEPT_PATH "/" AGENT_IMAGE));
	g_assert_nonnull(strstr(text, "the image"));
	g_assert_null(strstr(text, "hunter2"));
	g_assert_null(strstr(text, "/logins"));
	g_assert_null(strstr(text, f->image_dir));
	g_assert_true(g_str_has_suffix(text, "\n5\n")); /* the usual three, the image's directory, and that of ls */
}

static void test_trouble(Fixture *f, gconstpointer data)
{
	static const struct { const char *script, *detail; ScanOutcome outcome; unsigned timeout_ms; } rows[] = {
		{ "echo '" REPORT "'; exit 1", "ended with status 1", SCAN_FAILED }, { "echo no database >&2; exit 1", "status 1: no database", SCAN_FAILED },
		{ "kill -TERM $$", "was killed", SCAN_FAILED }, { "yes 0123456789012345678901234567890123456789", "wrote more than it may", SCAN_FAILED },
		{ "sleep 60", "did not end in time", SCAN_FAILED, 3000 }, { "yes complaint | head -c 300000 >&2; echo '" REPORT "'", "", SCAN_FOUND },
	};

	(void)data;
	put_image(f, layer_of("mark", "x"));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		put_program(f, "trivy", rows[i].script);
		const ScanTask task = { .offline = true, .timeout_ms = rows[i].timeout_ms ? rows[i].timeout_ms : 60000 }; /* what is slow here is the machine */
		const ScanReport report = scan_image(f, "trivy", SCAN_VULNERABILITY, task, arena);
		g_test_message("%s: %s", rows[i].script, report.detail);
		g_assert_nonnull(strstr(report.detail, rows[i].detail));
		g_assert_cmpint(report.outcome, ==, rows[i].outcome);
	}
}

/* The network is for those that need it, and not when they are told to do without. */
static void test_network(Fixture *f, gconstpointer data)
{
	static const struct { const char *scanner; ScanKind kind; bool offline, verify, online; } rows[] = {
		{ "trivy", SCAN_VULNERABILITY, true, false, false }, { "trivy", SCAN_VULNERABILITY, false, false, true }, { "grype", SCAN_VULNERABILITY, false, false, true },
		{ "trufflehog", SCAN_SECRET, false, false, false }, { "trufflehog", SCAN_SECRET, false, true, true }, { "trufflehog", SCAN_SECRET, true, true, false },
		{ "gitleaks", SCAN_SECRET, false, true, false }, { "builtin", SCAN_SECRET, false, true, false },
	};

	(void)data;
	put_image(f, layer_of("mark", "x"));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		unsigned before = f->served[rows[i].online];
		put_program(f, rows[i].scanner, "exit 1");
		(void)scan_image(f, rows[i].scanner, rows[i].kind, (ScanTask){ .offline = rows[i].offline, .verify = rows[i].verify }, arena);
		for (unsigned j = 0; j < 1000 && f->served[rows[i].online] == before; j++)
			g_usleep(10000);
		g_test_message("%s", rows[i].scanner);
		g_assert_cmpuint(f->served[rows[i].online], ==, before + 1);
	}
}

/* Who checks signatures has a sandbox of its own, finds the key by a descriptor, and alone is told where logins are. */
static void test_signer(Fixture *f, gconstpointer data)
{
	g_autoptr(Arena) arena = arena_new();
	const char *const dirs[] = { f->bin, NULL };
	g_autofree char *script = g_strdup_printf("{ echo \"$*\"; env; cat \"${2#--key=}\"; } > %s/seen; echo answer; exit 12", f->dir);
	RunResult result = { 0 };

	(void)data;
	put_program(f, "cosign", script);
	scratch_put(f->image_dir, SIGNER_KEY, "the key");
	const ScanTask task = {
		.kind = SCAN_SIGNATURE, .directory_fd = open(f->image_dir, O_PATH | O_DIRECTORY | O_CLOEXEC), .archive = f->image_dir, .directory = f->dir, .cache = f->dir,
		.program_dirs = dirs, .timeout_ms = 20000, .subject = "a.net/x@sha256:0", .identity = "", .issuer = "", .cancelled = &f->cancelled,
	};
	scanner_ask(&signers[SIGNER_COSIGN_KEY], &task, arena, &result);
	g_assert_cmpstr(result.problem, ==, NULL);
	g_assert_cmpint(result.exit_status, ==, 12);
	g_assert_cmpstr(result.text, ==, "answer\n");
	run_result_clear(&result);
	(void)close(task.directory_fd);
	for (unsigned j = 0; j < 1000 && !f->served[2]; j++)
		g_usleep(10000);
	g_assert_cmpuint(f->served[2], ==, 1);
	g_autofree char *text = scratch_get(f->dir, "seen");
	g_assert_nonnull(strstr(text, "verify --key=" RUN_KEPT_PATH "/" SIGNER_KEY " --private-infrastructure=true --output=json -- a.net/x@sha256:0\n"));
	g_assert_nonnull(strstr(text, "the key"));
	g_assert_nonnull(strstr(text, "DOCKER_CONFIG=/logins\n"));
	g_assert_nonnull(strstr(text, "REGISTRY_AUTH_FILE=/logins/config.json\n"));
}

static void test_answer_file(Fixture *f, gconstpointer data)
{
	g_autoptr(Arena) arena = arena_new();

	(void)data;
	put_image(f, image_of(layer_of("mark", "x")));
	put_program(f, "gitleaks", "while [ $# -gt 0 ]; do case $1 in --report-path) f=$2;; esac; shift; done\necho '[]' > \"$f\"");
	g_assert_cmpint(scan_image(f, "gitleaks", SCAN_SECRET, OFFLINE, arena).outcome, ==, SCAN_CLEAN);
}

/* A scanner of directories gets the files: in one for each layer, with nothing outside it; one that knows its first words not is given older ones. */
static void test_unpacked(Fixture *f, gconstpointer data)
{
	static const char old[] = "[ \"$1\" != dir ] || { echo 'unknown command' >&2; exit 1; }\n"
				  "[ \"$1 $2 $3 $4\" = 'detect --no-git --source tree' ] || exit 2\n"
				  "while [ $# -gt 0 ]; do case $1 in --report-path) f=$2;; esac; shift; done\n"
				  "place=$(find tree -type f -name mark)\n"
				  "[ \"$(cat \"$place\")\" = 'the secret' ] && [ ! -L \"$place\" ] || exit 3\n"
				  "ls tree/image-metadata > /dev/null || exit 4\n"
				  "echo '[{\"RuleID\":\"r\",\"Secret\":\"REDACTED\",\"File\":\"'$place'\",\"StartLine\":1}]' > \"$f\"";
	g_autoptr(Arena) arena = arena_new();

	(void)data;
	put_image(f, image_of(layer_of("../../etc/../mark", "the secret")));
	put_program(f, "gitleaks", old);
	const ScanReport report = scan_image(f, "gitleaks", SCAN_SECRET, OFFLINE, arena);
	g_test_message("%s", report.detail);
	g_assert_cmpint(report.outcome, ==, SCAN_FOUND);
	g_assert_cmpstr(report.items[0].path, ==, "/etc/mark");
	g_assert_cmpstr(report.items[0].layer, ==, "");

	/* What cannot be unpacked whole is not looked at: no archive, no layer in it, a layer that ends early, one that is none. */
	GByteArray *none = g_byte_array_new(), *cut = layer_of("mark", "the secret"), *text = g_byte_array_new();
	(void)g_byte_array_append(none, (const guint8 *)"no archive", strlen("no archive"));
	(void)g_byte_array_append(text, (const guint8 *)"no layer", strlen("no layer"));
	g_byte_array_set_size(cut, TAR_BLOCK + 3);
	GByteArray *const images[] = { none, layer_of("mark", "the secret"), image_of(cut), image_of(text) };
	for (size_t i = 0; i < G_N_ELEMENTS(images); i++) {
		put_image(f, images[i]);
		const ScanReport broken = scan_image(f, "gitleaks", SCAN_SECRET, OFFLINE, arena);
		g_test_message("%zu: %s", i, broken.detail);
		g_assert_cmpint(broken.outcome, ==, SCAN_FAILED);
		g_assert_nonnull(strstr(broken.detail, "the image is damaged"));
	}
}

/* No sandbox, no verdict: a scanner never becomes a process of the guard's instead. */
static void test_absent(Fixture *f, gconstpointer data)
{
	g_autoptr(Arena) arena = arena_new();

	(void)data;
	put_image(f, layer_of("mark", "x"));
	put_program(f, "trivy", "echo '" REPORT "'");
	remote_use(f->dir);
	const ScanReport report = scan_image(f, "trivy", SCAN_VULNERABILITY, OFFLINE, arena);
	g_assert_cmpint(report.outcome, ==, SCAN_FAILED);
	g_assert_nonnull(strstr(report.detail, "sentinel-scan.socket"));

	/* Nor does a sandbox that is away make a scanner one that does not work; it is tried again at once. */
	const char *const dirs[] = { f->bin, NULL };
	put_program(f, "grype", "exit 0");
	const Scanner *grype = scanner_find("grype");
	g_assert_cmpint(scanner_probe(grype, dirs, NULL), ==, SCANNER_SHUT_OUT);
	g_assert_cmpint(scanner_state(grype, dirs), ==, SCANNER_SHUT_OUT);
	g_assert_nonnull(plan_ready(SCAN_VULNERABILITY, dirs));
	remote_use(f->sockets);
	g_assert_cmpint(scanner_probe(grype, dirs, NULL), ==, SCANNER_READY);
}

static void *cancel_soon(void *data)
{
	g_usleep(300000);
	atomic_store(&((Fixture *)data)->cancelled, true);
	return NULL;
}

/* What is cancelled ends in the sandbox as well. */
static void test_cancel(Fixture *f, gconstpointer data)
{
	g_autoptr(Arena) arena = arena_new();
	pthread_t canceller;

	(void)data;
	put_image(f, layer_of("mark", "x"));
	put_program(f, "trivy", "sleep 60");
	g_assert_cmpint(pthread_create(&canceller, NULL, cancel_soon, f), ==, 0);
	const ScanReport report = scan_image(f, "trivy", SCAN_VULNERABILITY, OFFLINE, arena);
	(void)pthread_join(canceller, NULL);
	g_assert_nonnull(strstr(report.detail, "was cancelled"));
	for (unsigned i = 0; i < 1000 && !f->served[0]; i++)
		g_usleep(10000);
	g_assert_cmpuint(f->served[0], ==, 1); /* sentinel-scan has ended */
}

/* The sandbox runs scanners, by their names and from where only root or its user can write. */
static void test_refused(Fixture *f, gconstpointer data)
{
	g_autofree char *wrong = g_build_filename(f->bin, "sh", NULL), *open_one = g_build_filename(f->bin, "grype", NULL);
	const struct { const char *scanner, *program; bool directory; uint32_t flags, size; } rows[] = {
		{ "nobody", "/bin/sh", true, 0, sizeof(AgentQuestion) }, { "trivy", "/bin/sh", true, 0, sizeof(AgentQuestion) }, { "trivy", wrong, true, 0, sizeof(AgentQuestion) },
		{ "grype", open_one, true, 0, sizeof(AgentQuestion) }, { "grype", "grype", true, 0, sizeof(AgentQuestion) }, { "builtin", "/bin/sh", true, 0, sizeof(AgentQuestion) },
		{ "builtin", "", false, 0, sizeof(AgentQuestion) }, { "builtin", "", false, AGENT_PROBE, sizeof(AgentQuestion) }, { "builtin", "", true, 0, 7 },
	};

	(void)data;
	put_program(f, "sh", "exit 0");
	put_program(f, "grype", "exit 0");
	g_assert_cmpint(chmod(open_one, 0777), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		AgentQuestion question = { .size = rows[i].size, .kind = SCAN_SECRET, .flags = rows[i].flags, .timeout_ms = 1000 };
		union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control = { .header = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
		struct iovec part = { &question, sizeof question };
		struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes };
		int ends[2], directory = open(f->image_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
		char byte;
		(void)g_strlcpy(question.scanner, rows[i].scanner, sizeof question.scanner);
		(void)g_strlcpy(question.program, rows[i].program, sizeof question.program);
		memcpy(CMSG_DATA(&control.header), &directory, sizeof directory);
		if (!rows[i].directory)
			message.msg_controllen = 0;
		g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
		g_assert_cmpint(sendmsg(ends[0], &message, 0), ==, (ssize_t)sizeof question);
		g_test_message("%s %s", rows[i].scanner, rows[i].program);
		g_assert_false(agent_serve(ends[1]));
		(void)close(ends[1]);
		g_assert_cmpint(recv(ends[0], &byte, 1, 0), ==, 0);
		(void)close(ends[0]);
		(void)close(directory);
	}
}

int main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(Fixture *f, gconstpointer data); } tests[] = {
		{ "/sandbox/call", test_call }, { "/sandbox/trouble", test_trouble }, { "/sandbox/network", test_network },
		{ "/sandbox/signer", test_signer }, { "/sandbox/answer-file", test_answer_file }, { "/sandbox/unpacked", test_unpacked },
		{ "/sandbox/absent", test_absent }, { "/sandbox/cancel", test_cancel }, { "/sandbox/refused", test_refused },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
