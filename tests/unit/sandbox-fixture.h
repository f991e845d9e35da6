/* SPDX-License-Identifier: MIT
 *
 * The sandbox behind a socket, with sentinel-scan as systemd would start it.
 */
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "scan/agent.h"
#include "scan/plan.h"
#include "scan/probe.h"
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

/* SPDX-License-Identifier: MIT
 *
 * Scanners that are not processes of the guard's: the sandbox behind a socket, with sentinel-scan as systemd would start it, and the cage
 * that the built-in detector makes for itself.
 */
/* What systemd does for a socket with Accept=yes and StandardInput=socket. */
static inline void *accept_all(void *data)
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

static inline int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_assert_cmpuint(strlen(path), <, sizeof address.sun_path);
	memcpy(address.sun_path, path, strlen(path));
	g_assert_cmpint(bind(fd, (const struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(fd, 8), ==, 0);
	return fd;
}

static inline void set_up(Fixture *f, gconstpointer data)
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

static inline void tear_down(Fixture *f, gconstpointer data)
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

static inline void put_program(const Fixture *f, const char *name, const char *script)
{
	g_autofree char *path = g_build_filename(f->bin, name, NULL), *text = g_strconcat("#!/bin/sh\n", script, "\n", NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(chmod(path, 0755), ==, 0);
}

static inline void put_image(const Fixture *f, GByteArray *image)
{
	g_autofree char *path = g_build_filename(f->image_dir, AGENT_IMAGE, NULL),
			*rules = g_build_filename(f->image_dir, AGENT_RULES, NULL);

	g_assert_true(g_file_set_contents(path, (const char *)image->data, image->len, NULL));
	g_assert_true(g_file_set_contents(rules, f->rules ? f->rules : "", -1, NULL));
	g_byte_array_unref(image);
}

/* `how`: what differs from a scan that is offline and has 20 s. */
static inline ScanReport scan_image(Fixture *f, const char *scanner, ScanKind kind, ScanTask how, Arena *arena)
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
