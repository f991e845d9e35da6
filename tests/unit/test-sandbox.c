/* SPDX-License-Identifier: MIT
 *
 * Scanners that are not processes of the guard's: the sandbox behind a socket, with sentinel-scan as systemd would start it, and the cage
 * that the built-in detector makes for itself.
 */
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "scan/agent.h"
#include "scan/builtin-text.h"
#include "scan/cage.h"
#include "scan/plan.h"
#include "scan/probe.h"
#include "scan/signers.h"
#include "secret-image.h"
#include "scratch.h"

#define REPORT "{\"SchemaVersion\":2,\"ArtifactName\":\"a\",\"Results\":[{\"Target\":\"t\",\"Vulnerabilities\":[{\"VulnerabilityID\":\"CVE-1\",\"PkgName\":\"p\",\"Severity\":\"HIGH\"}]}]}"

typedef struct Fixture {
	char *dir, *bin, *image_dir, *sockets, *program;
	const char *rules; /* of the site's own, "" when NULL */
	int listeners[3], stop[2];
	pthread_t acceptor;
	_Atomic unsigned served[3];
	_Atomic bool cancelled;
} Fixture;

/* What systemd does for a socket with Accept=yes and StandardInput=socket. */
static void *accept_all(void *data)
{
	Fixture *f = data;
	struct pollfd fds[] = { { f->listeners[0], POLLIN, 0 }, { f->listeners[1], POLLIN, 0 }, { f->listeners[2], POLLIN, 0 }, { f->stop[0], POLLIN, 0 } };

	while (poll(fds, G_N_ELEMENTS(fds), -1) > 0 && !fds[3].revents)
		for (unsigned i = 0; i < 3; i++) {
			if (!fds[i].revents)
				continue;
			char *argv[] = { f->program, NULL }, *env[] = { g_strdup_printf("CACHE_DIRECTORY=%s", f->dir), g_strdup("PATH=/usr/bin:/bin"), g_strdup("CREDENTIALS_DIRECTORY=/logins"), NULL };
			int connection = accept4(f->listeners[i], NULL, NULL, SOCK_CLOEXEC);
			posix_spawn_file_actions_t actions;
			pid_t child;
			(void)posix_spawn_file_actions_init(&actions);
			(void)posix_spawn_file_actions_adddup2(&actions, connection, STDIN_FILENO);
			g_assert_cmpint(posix_spawn(&child, f->program, &actions, NULL, argv, env), ==, 0);
			(void)posix_spawn_file_actions_destroy(&actions);
			(void)close(connection);
			(void)waitpid(child, NULL, 0);
			f->served[i]++;
			g_free(env[0]);
			g_free(env[1]);
			g_free(env[2]);
		}
	return NULL;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_assert_cmpuint(strlen(path), <, sizeof address.sun_path);
	memcpy(address.sun_path, path, strlen(path));
	g_assert_cmpint(bind(fd, (const struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(fd, 8), ==, 0);
	return fd;
}

static void set_up(Fixture *f, gconstpointer data)
{
	(void)data;
	f->dir = scratch_new();
	f->bin = g_build_filename(f->dir, "bin", NULL);
	f->image_dir = g_build_filename(f->dir, "image", NULL);
	f->sockets = g_build_filename(f->dir, "sockets", NULL);
	char *const made[] = { f->bin, f->image_dir, f->sockets };
	for (size_t i = 0; i < G_N_ELEMENTS(made); i++)
		g_assert_cmpint(mkdir(made[i], 0755), ==, 0);
	f->program = scanner_program(scanner_find("builtin"), NULL);
	g_assert_nonnull(f->program);
	g_autofree char *offline = g_build_filename(f->sockets, "offline", NULL), *online = g_build_filename(f->sockets, "online", NULL), *verify = g_build_filename(f->sockets, "verify", NULL);
	f->listeners[0] = listen_at(offline);
	f->listeners[1] = listen_at(online);
	f->listeners[2] = listen_at(verify);
	g_assert_cmpint(pipe2(f->stop, O_CLOEXEC), ==, 0);
	remote_use(f->sockets);
	g_assert_cmpint(pthread_create(&f->acceptor, NULL, accept_all, f), ==, 0);
}

static void tear_down(Fixture *f, gconstpointer data)
{
	(void)data;
	remote_use(NULL);
	g_assert_cmpint(write(f->stop[1], "", 1), ==, 1);
	(void)pthread_join(f->acceptor, NULL);
	const int fds[] = { f->listeners[0], f->listeners[1], f->listeners[2], f->stop[0], f->stop[1] };
	for (size_t i = 0; i < G_N_ELEMENTS(fds); i++)
		(void)close(fds[i]);
	char *const texts[] = { f->bin, f->image_dir, f->sockets, f->program };
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	scratch_free(f->dir);
}

static void put_program(const Fixture *f, const char *name, const char *script)
{
	g_autofree char *path = g_build_filename(f->bin, name, NULL), *text = g_strconcat("#!/bin/sh\n", script, "\n", NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(chmod(path, 0755), ==, 0);
}

static void put_image(const Fixture *f, GByteArray *image)
{
	g_autofree char *path = g_build_filename(f->image_dir, AGENT_IMAGE, NULL),
			*rules = g_build_filename(f->image_dir, AGENT_RULES, NULL);

	g_assert_true(g_file_set_contents(path, (const char *)image->data, image->len, NULL));
	g_assert_true(g_file_set_contents(rules, f->rules ? f->rules : "", -1, NULL));
	g_byte_array_unref(image);
}

/* `how`: what differs from a scan that is offline and has 20 s. */
static ScanReport scan_image(Fixture *f, const char *scanner, ScanKind kind, ScanTask how, Arena *arena)
{
	static const unsigned char key[SCAN_KEY_BYTES] = { 7 };
	const char *const dirs[] = { f->bin, NULL };
	g_autofree char *path = g_build_filename(f->image_dir, AGENT_IMAGE, NULL), *rules = g_build_filename(f->image_dir, AGENT_RULES, NULL);

	how.kind = kind;
	how.archive = path;
	how.rules = rules;
	how.archive_fd = open(path, O_RDONLY | O_CLOEXEC);
	how.directory_fd = remote_used() ? open(f->image_dir, O_PATH | O_DIRECTORY | O_CLOEXEC) : 0;
	how.directory = f->dir;
	how.cache = f->dir;
	how.program_dirs = dirs;
	how.key = key;
	how.cancelled = &f->cancelled;
	how.timeout_ms = how.timeout_ms ? how.timeout_ms : 20000;
	const ScanReport report = scanner_scan(scanner_find(scanner), &how, arena);
	(void)close(how.archive_fd);
	if (how.directory_fd > 0)
		(void)close(how.directory_fd);
	return report;
}

#define OFFLINE ((ScanTask){ .offline = true })

/* The sandbox's scanner has the image by a descriptor, and nothing of the guard's. */
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
	static const struct { const char *path; void (*run)(Fixture *f, gconstpointer data); } tests[] = {
		{ "/sandbox/call", test_call }, { "/sandbox/trouble", test_trouble }, { "/sandbox/network", test_network }, { "/sandbox/signer", test_signer }, { "/sandbox/answer-file", test_answer_file }, { "/sandbox/unpacked", test_unpacked },
		{ "/sandbox/absent", test_absent }, { "/sandbox/cancel", test_cancel }, { "/sandbox/refused", test_refused }, { "/sandbox/builtin", test_builtin },
	};

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sandbox/cage", test_cage);
	g_test_add_func("/sandbox/liar", test_liar);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
