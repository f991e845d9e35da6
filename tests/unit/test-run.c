/* SPDX-License-Identifier: MIT
 *
 * Programs of others: what must have been taken from them before they begin, or they do not begin.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "scan/run.h"
#include "scratch.h"

#define NOTHING (-1)

static int refused = NOTHING; /* which prctl(2) fails */

/* Instead of the C library's. */
int prctl(int option, ...)
{
	unsigned long words[4];
	va_list rest;

	va_start(rest, option);
	for (int i = 0; i < 4; i++)
		words[i] = va_arg(rest, unsigned long);
	va_end(rest);
	if (option == refused) {
		errno = EPERM;
		return -1;
	}
	return (int)syscall(SYS_prctl, option, words[0], words[1], words[2], words[3]);
}

static _Atomic bool cancelled;

static RunResult run_for(const char *script, const char *directory, unsigned timeout_ms)
{
	static const char *const env[] = { NULL };
	const char *const argv[] = { "sh", "-c", script, NULL };
	const RunPlan plan = { .program = "/bin/sh", .argv = argv, .env = env, .directory = directory, .timeout_ms = timeout_ms, .cancelled = &cancelled };
	RunResult result;

	program_run(&plan, &result);
	return result;
}

static RunResult run(const char *script, const char *directory)
{
	return run_for(script, directory, 20000);
}

/* A restriction that the kernel does not take: the program is not run without it. */
static void test_restrictions(void)
{
	static const struct { int refused; const char *directory; bool runs; } rows[] = {
		{ NOTHING, "/", true }, { PR_SET_NO_NEW_PRIVS, "/", false }, { PR_CAP_AMBIENT, "/", false }, { PR_SET_PDEATHSIG, "/", false }, { NOTHING, "/nonexistent", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		refused = rows[i].refused;
		RunResult result = run("echo it runs", rows[i].directory);
		refused = NOTHING;
		g_test_message("row %zu", i);
		g_assert_cmpstr(result.text, ==, rows[i].runs ? "it runs\n" : "");
		g_assert_cmpint(result.exit_status == 0 && !result.problem, ==, rows[i].runs);
		run_result_clear(&result);
	}
}

/* What it finds: nothing of ours but the two pipes, no way to more rights, a group of its own, nothing to read. */
static void test_surroundings(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	RunResult result = run("grep -E 'NoNewPrivs|CapAmb' /proc/self/status; ls /proc/self/fd | wc -l; cat; pwd; env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD=", dir);
	g_autofree char *expected = g_strdup_printf("NoNewPrivs:\t1\nCapAmb:\t0000000000000000\n4\n%s\n", dir);
	char ours[] = "NoNewPrivs", *text = result.text;

	/* The kernel has its own order. */
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_assert_nonnull(strstr(text, ours));
	g_assert_cmpuint(g_strv_length(lines), ==, 5);
	for (char **line = lines; **line; line++)
		if (!strstr(expected, *line))
			g_error("'%s' is not what it should find:\n%s", *line, text);
	run_result_clear(&result);
}

static void test_ends(void)
{
	static const struct { const char *script, *problem; int status; } rows[] = {
		{ "exit 0", NULL, 0 }, { "exit 7", NULL, 7 }, { "kill -9 $$", "it was killed", -1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		RunResult result = run(rows[i].script, "/");
		g_assert_cmpstr(result.problem, ==, rows[i].problem);
		g_assert_cmpint(result.exit_status, ==, rows[i].status);
		run_result_clear(&result);
	}
}

static void *leave_at_once(void *ended)
{
	atomic_store((_Atomic bool *)ended, true);
	return NULL;
}

/* How it ended is told truly beside a thread that has ended and is not joined yet: a sanitizer in the keeper would take it for a leak,
 * and change the status. */
static void test_ends_beside(void)
{
	_Atomic bool ended = false;
	pthread_t thread;

	g_assert_cmpint(pthread_create(&thread, NULL, leave_at_once, &ended), ==, 0);
	while (!atomic_load(&ended))
		g_usleep(1000);
	for (int i = 0; i < 10; i++)
		test_ends();
	g_assert_cmpint(pthread_join(thread, NULL), ==, 0);
}

static bool is_there(const char *pid)
{
	return *pid && kill((pid_t)g_ascii_strtoll(pid, NULL, 10), 0) == 0;
}

/* ... also in a session of its own, or when who had started it has gone; whether the program ends or is ended. */
static void test_left_behind(void)
{
	static const struct { const char *script; unsigned timeout_ms; } rows[] = {
		{ "setsid sh -c 'echo $$; exec sleep 600' & sleep 0.2", 20000 },
		{ "(setsid sh -c 'echo $$; exec sleep 600' &) ; sleep 600", 300 },
		{ "setsid setsid sh -c '(setsid sh -c \"echo \\$\\$; exec sleep 600\" &); sleep 600' & sleep 0.2; exit 3", 20000 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		RunResult result = run_for(rows[i].script, "/", rows[i].timeout_ms);
		g_test_message("%s: %s", rows[i].script, result.text);
		g_assert_cmpstr(result.problem, ==, rows[i].timeout_ms < 1000 ? "it did not end in time" : NULL);
		g_assert_cmpstr(result.text, !=, "");
		g_assert_false(is_there(result.text));
		run_result_clear(&result);
	}
}

static void *run_in_thread(void *script)
{
	RunResult result = run(script, "/");

	run_result_clear(&result);
	return NULL;
}

/* A guard that is killed leaves nothing behind either. */
static void test_killed_guard(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *file = g_build_filename(dir, "pid", NULL), *script = g_strdup_printf("(setsid sh -c 'echo $$ > %s.new; mv %s.new %s; exec sleep 600' &); sleep 600", file, file, file);
	pid_t guard = fork();

	if (guard == 0) {
		(void)run_in_thread(script);
		_exit(0);
	}
	while (access(file, F_OK) < 0)
		g_usleep(1000);
	g_autofree char *pid = scratch_get(dir, "pid");
	g_assert_true(is_there(pid));
	g_assert_cmpint(kill(guard, SIGKILL), ==, 0);
	g_assert_cmpint(waitpid(guard, NULL, 0), ==, guard);
	for (int i = 0; i < 10000 && is_there(pid); i++)
		g_usleep(1000);
	g_assert_false(is_there(pid));
}

/* Whoever it has started goes with it. */
static void test_stopped(void)
{
	RunResult result = run_for("sleep 60 & sleep 60", "/", 100);

	g_assert_cmpstr(result.problem, ==, "it did not end in time");
	run_result_clear(&result);
	cancelled = true;
	result = run("sleep 60", "/");
	cancelled = false;
	g_assert_cmpstr(result.problem, ==, "it was cancelled");
	run_result_clear(&result);
}

static void test_find(void)
{
	static const struct { const char *name; mode_t mode; bool found; } rows[] = {
		{ "good", 0755, true }, { "plain", 0644, false }, { "anybodys", 0757, false }, { "groups", 0775, true },
	};
	g_autoptr(Scratch) dir = scratch_new();
	const char *const dirs[] = { "/nonexistent", dir, NULL };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_build_filename(dir, rows[i].name, NULL);
		scratch_put(dir, rows[i].name, "#!/bin/sh\n");
		g_assert_cmpint(chmod(path, rows[i].mode), ==, 0);
		g_autofree char *found = program_find(rows[i].name, dirs);
		g_test_message("%s", rows[i].name);
		g_assert_cmpstr(found, ==, rows[i].found ? path : NULL);
	}
	g_assert_null(program_find("missing", dirs));
}

/* In a user namespace of its own: we are its only user, and the files of all others are somebody else's, root's as well. */
static void map_user(uid_t uid)
{
	g_autofree char *map = g_strdup_printf("1000 %u 1", uid);
	int fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);

	g_assert_cmpint(write(fd, map, strlen(map)), ==, (ssize_t)strlen(map));
	(void)close(fd);
	g_assert_cmpuint(geteuid(), ==, 1000);
}

static void put_runnable(const char *dir, const char *name, uid_t owner)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	scratch_put(dir, name, "#!/bin/sh\n");
	g_assert_cmpint(chmod(path, 0755), ==, 0);
	g_assert_cmpint(chown(path, owner, (gid_t)-1), ==, 0);
}

/* What a third user could have put there is no scanner. */
static void test_owner(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	const char *const dirs[] = { dir, "/bin", NULL };
	const char *other = geteuid() ? "sh" : "other"; /* only root makes files of others; who is not has root's */
	int status;

	put_runnable(dir, "own", geteuid());
	if (!geteuid())
		put_runnable(dir, other, 65534);
	const uid_t uid = geteuid();
	pid_t child = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0); /* unshare(2) takes no process with threads, as a sanitizer's has */
	if (child == 0) {
		map_user(uid);
		g_autofree char *ours = program_find("own", dirs), *theirs = program_find(other, dirs);
		_exit(!ours || theirs);
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/run/restrictions", test_restrictions);
	g_test_add_func("/run/surroundings", test_surroundings);
	g_test_add_func("/run/ends", test_ends);
	g_test_add_func("/run/ends-beside", test_ends_beside);
	g_test_add_func("/run/stopped", test_stopped);
	g_test_add_func("/run/left-behind", test_left_behind);
	g_test_add_func("/run/killed-guard", test_killed_guard);
	g_test_add_func("/run/find", test_find);
	g_test_add_func("/run/owner", test_owner);
	return g_test_run();
}
