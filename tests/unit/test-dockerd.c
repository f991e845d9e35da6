/* SPDX-License-Identifier: MIT
 *
 * What Docker's builder gives: what daemon.json says, and whether that is what a running process has read.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/limits.h"
#include "core/dockerd.h"
#include "scratch.h"

#define MS_US 1000

static void test_configuration(void)
{
	static const struct { const char *text; Entitlement network, insecure, device; bool closed; } rows[] = {
		{ NULL, ENTITLEMENT_ON, ENTITLEMENT_OFF, ENTITLEMENT_ON, false },
		{ "{}", ENTITLEMENT_ON, ENTITLEMENT_OFF, ENTITLEMENT_ON, false },
		{ "{\"debug\":true,\"builder\":null}", ENTITLEMENT_ON, ENTITLEMENT_OFF, ENTITLEMENT_ON, false },
		{ "{\"builder\":{\"gc\":{\"enabled\":true}}}", ENTITLEMENT_ON, ENTITLEMENT_OFF, ENTITLEMENT_ON, false },
		{ "{\"builder\":{\"entitlements\":{}}}", ENTITLEMENT_ON, ENTITLEMENT_OFF, ENTITLEMENT_ON, false },
		{ "{\"builder\":{\"entitlements\":{\"network-host\":null}}}", ENTITLEMENT_ON, ENTITLEMENT_OFF, ENTITLEMENT_ON, false },
		{ "{\"builder\":{\"entitlements\":{\"network-host\":true}}}", ENTITLEMENT_ON, ENTITLEMENT_OFF, ENTITLEMENT_ON, false },
		{ "{\"builder\":{\"entitlements\":{\"network-host\":false}}}", ENTITLEMENT_OFF, ENTITLEMENT_OFF, ENTITLEMENT_ON, true },
		{ "{\"builder\":{\"Entitlements\":{\"Network-Host\":false,\"SECURITY-INSECURE\":false}}}", ENTITLEMENT_OFF, ENTITLEMENT_OFF, ENTITLEMENT_ON, true },
		{ "{\"builder\":{\"entitlements\":{\"network-host\":false,\"security-insecure\":true}}}", ENTITLEMENT_OFF, ENTITLEMENT_ON, ENTITLEMENT_ON, false },
		{ "{\"builder\":{\"entitlements\":{\"security-insecure\":true}}}", ENTITLEMENT_ON, ENTITLEMENT_ON, ENTITLEMENT_ON, false },
		{ "{\"builder\":{\"entitlements\":{\"network-host\":false,\"device\":false}}}", ENTITLEMENT_OFF, ENTITLEMENT_OFF, ENTITLEMENT_OFF, true },
		{ "{\"builder\":{\"entitlements\":{\"network_host\":false}}}", ENTITLEMENT_ON, ENTITLEMENT_OFF, ENTITLEMENT_ON, false },
		{ "{\"builder\":{\"network-host\":false}}", ENTITLEMENT_ON, ENTITLEMENT_OFF, ENTITLEMENT_ON, false },
		/* what Docker would not start with, or what has two readings */
		{ "", ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, false },
		{ "[]", ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, false },
		{ "{\"builder\":{\"entitlements\":{\"network-host\":\"false\"}}}", ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, false },
		{ "{\"builder\":{\"entitlements\":{\"network-host\":0}}}", ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, false },
		{ "{\"builder\":{\"entitlements\":[\"network-host\"]}}", ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, false },
		{ "{\"builder\":{\"entitlements\":{\"network-host\":false,\"network-host\":true}}}", ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, false },
		{ "{\"builder\":{\"entitlements\":{\"network-host\":false}},\"builder\":{}}", ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, false },
		{ "{\"builder\":{\"entitlements\":{\"network-host\":false}}} {}", ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, ENTITLEMENT_UNKNOWN, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Builder builder = builder_read(rows[i].text, rows[i].text ? strlen(rows[i].text) : 0, arena);
		g_test_message("%s", rows[i].text);
		g_assert_cmpint(builder.network_host, ==, rows[i].network);
		g_assert_cmpint(builder.security_insecure, ==, rows[i].insecure);
		g_assert_cmpint(builder.device, ==, rows[i].device);
		g_assert_true(builder_closed(&builder) == rows[i].closed);
		g_assert_true((*builder.unknown != 0) == (rows[i].network == ENTITLEMENT_UNKNOWN));
	}
}

/* A process that is called dockerd, in a directory with its daemon.json and process file. */
typedef struct Host {
	char *dir, *config, *pid_file;
	pid_t pid;
	int in; /* it lives as long as nothing comes from here */
} Host;

static void host_start(Host *host, const char *name, const char *const *words)
{
	g_autofree char *program = g_build_filename(host->dir, name, NULL), *number = NULL;
	g_autoptr(GPtrArray) argv = g_ptr_array_new();

	g_usleep(40 * MS_US); /* more than the ticks in which the kernel counts */
	g_ptr_array_add(argv, program);
	for (; *words; words++)
		g_ptr_array_add(argv, (gpointer)(uintptr_t)*words);
	g_ptr_array_add(argv, NULL);
	scratch_put(host->dir, name, "#!/bin/sh\necho ready\nread end\n");
	g_assert_cmpint(chmod(program, 0755), ==, 0);
	int out = -1;
	g_autoptr(GError) error = NULL;
	(void)g_spawn_async_with_pipes(NULL, (char **)argv->pdata, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &host->pid, &host->in, &out, NULL, &error);
	g_assert_no_error(error);
	char ready[8];
	g_assert_cmpint(read(out, ready, sizeof ready), >, 0);
	(void)close(out);
	number = g_strdup_printf("%d", (int)host->pid);
	scratch_put(host->dir, "docker.pid", number);
}

static void host_stop(Host *host)
{
	(void)kill(host->pid, SIGKILL);
	(void)close(host->in);
	g_assert_cmpint(waitpid(host->pid, NULL, 0), ==, host->pid);
}

static Host host_new(const char *config)
{
	Host host = { .dir = scratch_new() };

	host.config = g_build_filename(host.dir, "daemon.json", NULL);
	host.pid_file = g_build_filename(host.dir, "docker.pid", NULL);
	if (config)
		scratch_put(host.dir, "daemon.json", config);
	return host;
}

static void host_free(Host *host)
{
	scratch_free(host->dir);
	g_free(host->config);
	g_free(host->pid_file);
}

#define CLOSED "{\"builder\":{\"entitlements\":{\"network-host\":false,\"security-insecure\":false}}}"
#define OPEN "{\"builder\":{\"entitlements\":{\"network-host\":true}}}"

static void expect(const Host *host, bool closed, const char *unknown)
{
	g_autoptr(Arena) arena = arena_new();
	Builder builder = dockerd_builder(host->pid, arena);

	g_test_message("%s", builder.unknown);
	g_assert_true(builder_closed(&builder) == closed);
	if (*unknown)
		g_assert_nonnull(strstr(builder.unknown, unknown));
	else
		g_assert_cmpstr(builder.unknown, ==, "");
	g_assert_true((builder.network_host == ENTITLEMENT_UNKNOWN) == (*unknown != 0));
}

static void start_usual(Host *host, const char *config)
{
	host_start(host, "dockerd", (const char *[]){ "--config-file", config, "--pidfile", host->pid_file, NULL });
}

static void test_in_force(void)
{
	Host host = host_new(CLOSED);

	start_usual(&host, host.config);
	scratch_put(host.dir, "daemon.json", CLOSED); /* written again: what was there before is not known */
	expect(&host, false, "changed after Docker was started");
	host_stop(&host);
	start_usual(&host, host.config);
	expect(&host, true, "");
	scratch_put(host.dir, "daemon.json", OPEN); /* what the process has read is known by now */
	expect(&host, true, "");
	host_stop(&host);
	start_usual(&host, host.config);
	expect(&host, false, "");
	scratch_put(host.dir, "daemon.json", CLOSED);
	expect(&host, false, "");
	host_stop(&host);
	expect(&host, false, "no dockerd");
	start_usual(&host, host.config);
	dockerd_notice(host.pid);
	scratch_put(host.dir, "daemon.json", OPEN);
	expect(&host, true, "");
	host_stop(&host);
	host_free(&host);
}

/* The change that is not one: its times are set back, or an old file is put in its place. */
static void test_disguised(void)
{
	static const struct timespec long_ago[] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	Host host = host_new(OPEN);
	g_autofree char *other = g_build_filename(host.dir, "other.json", NULL), *link = g_build_filename(host.dir, "link.json", NULL);

	scratch_put(host.dir, "other.json", CLOSED);
	g_assert_cmpint(symlink("daemon.json", link), ==, 0);
	start_usual(&host, link);
	g_assert_cmpint(unlink(link), ==, 0);
	g_assert_cmpint(symlink("other.json", link), ==, 0);
	expect(&host, false, "changed after Docker was started");
	host_stop(&host);

	start_usual(&host, host.config);
	g_assert_cmpint(rename(other, host.config), ==, 0);
	expect(&host, false, "changed after Docker was started");
	host_stop(&host);

	start_usual(&host, host.config);
	scratch_put(host.dir, "daemon.json", CLOSED);
	g_assert_cmpint(utimensat(AT_FDCWD, host.config, long_ago, 0), ==, 0);
	expect(&host, false, "changed after Docker was started");
	g_assert_cmpint(unlink(host.config), ==, 0);
	expect(&host, false, "cannot be read");
	host_stop(&host);
	host_free(&host);
}

/* The clock was set forward after the change: the process file has the order. */
static void test_clock(void)
{
	Host host = host_new(CLOSED);

	start_usual(&host, host.config);
	const struct timespec before[] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	g_assert_cmpint(utimensat(AT_FDCWD, host.pid_file, before, 0), ==, 0);
	expect(&host, false, "changed after Docker was started");
	scratch_put(host.dir, "docker.pid", "1");
	expect(&host, false, "not its process file");
	host_stop(&host);
	host_free(&host);
}

static void test_command_line(void)
{
	Host host = host_new(CLOSED);
	g_autofree char *config = g_strconcat("--config-file=", host.config, NULL), *pid_file = g_strconcat("--pidfile=", host.pid_file, NULL);
	const struct { const char *name, *words[6]; bool closed; const char *unknown; } rows[] = {
		{ "dockerd", { config, pid_file, NULL }, true, "" },
		{ "dockerd", { "-D", "-p", host.pid_file, "--config-file", host.config, NULL }, true, "" },
		{ "dockerd", { pid_file, config, config, NULL }, false, "does not say with certainty" },
		{ "dockerd", { pid_file, "--config-file", NULL }, false, "does not say with certainty" },
		{ "dockerd", { pid_file, "--config-file=daemon.json", NULL }, false, "does not say with certainty" },
		{ "dockerd", { config, "--pidfile=", NULL }, false, "not its process file" },
		{ "podman", { config, pid_file, NULL }, false, "no dockerd" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		host_start(&host, rows[i].name, rows[i].words);
		expect(&host, rows[i].closed, rows[i].unknown);
		host_stop(&host);
	}
	host_free(&host);
}

static void test_limits(void)
{
	Host host = host_new(NULL);
	g_autofree char *space = g_strnfill(LIMIT_DOCKERD_CONFIG_BYTES - strlen(CLOSED), ' '), *fits = g_strconcat(space, CLOSED, NULL);
	g_autofree char *long_word = g_strnfill(LIMIT_DOCKERD_PROC_BYTES, 'x'), *too_large = g_strconcat(" ", fits, NULL);
	const char *const words[] = { "--config-file", host.config, "--pidfile", host.pid_file, NULL };

	scratch_put(host.dir, "daemon.json", fits);
	host_start(&host, "dockerd", words);
	expect(&host, true, "");
	host_stop(&host);
	scratch_put(host.dir, "daemon.json", too_large);
	host_start(&host, "dockerd", words);
	expect(&host, false, "cannot be read");
	host_stop(&host);
	scratch_put(host.dir, "daemon.json", CLOSED);
	host_start(&host, "dockerd", (const char *[]){ "--config-file", host.config, "--pidfile", host.pid_file, long_word, NULL });
	expect(&host, false, "no dockerd");
	host_stop(&host);
	host_free(&host);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/dockerd/configuration", test_configuration);
	g_test_add_func("/dockerd/in-force", test_in_force);
	g_test_add_func("/dockerd/disguised", test_disguised);
	g_test_add_func("/dockerd/clock", test_clock);
	g_test_add_func("/dockerd/command-line", test_command_line);
	g_test_add_func("/dockerd/limits", test_limits);
	return g_test_run();
}
