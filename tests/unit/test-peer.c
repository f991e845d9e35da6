/* SPDX-License-Identifier: MIT
 *
 * Who has connected to a socket, and the bodies that are collected there.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "proxy/body.h"
#include "proxy/peer.h"
#include "scratch.h"

#define USERS "         0          0 4294967295\n"
#define MOUNTS "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n23 22 0:5 / /dev rw - devtmpfs dev rw\n"
#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* What /proc says of a process beside one of the host's; NULL: the same. */
static const struct {
	const char *name, *users, *mounts, *status, *cgroup;
	const char *problem; /* a part of it; NULL: it is one of the host's */
} processes[] = {
	{ "one of the host's", NULL, NULL, "Name:\tdocker\nNSpid:\t7\n", "0::/user.slice\n", NULL },
	{ "in a user namespace", "         0       1000          1\n", NULL, "Name:\tx\nNSpid:\t7\n", "0::/user.slice\n", "user namespace" },
	{ "in a process namespace", NULL, NULL, "Name:\tx\nNSpid:\t7\t1\n", "0::/user.slice\n", "process namespace" },
	{ "that says nothing of it", NULL, NULL, "Name:\tx\n", "0::/user.slice\n", "process namespace" },
	{ "with mounts of its own", NULL, "400 300 8:1 / / rw - ext4 /dev/sda1 rw\n", "Name:\tx\nNSpid:\t7\n", "0::/user.slice\n", "mounts of its own" },
	{ "in a chroot", NULL, "23 22 0:5 / / rw - devtmpfs dev rw\n", "Name:\tx\nNSpid:\t7\n", "0::/user.slice\n", "mounts of its own" },
	{ "in a container of Docker's", NULL, NULL, "Name:\tx\nNSpid:\t7\n", "0::/system.slice/docker-" ID ".scope\n", "belongs to a container" },
	{ "... by its other driver", NULL, NULL, "Name:\tx\nNSpid:\t7\n", "12:pids:/docker/" ID "\n0::/\n", "belongs to a container" },
	{ "in one of Podman's", NULL, NULL, "Name:\tx\nNSpid:\t7\n", "0::/machine.slice/libpod-" ID ".scope/container\n", "belongs to a container" },
	{ "in one of Kubernetes'", NULL, NULL, "Name:\tx\nNSpid:\t7\n", "0::/kubepods.slice/x\n", "belongs to a container" },
	{ "in one of LXC's", NULL, NULL, "Name:\tx\nNSpid:\t7\n", "0::/lxc.payload.web/x\n", "belongs to a container" },
};

static void put_process(const char *dir, int pid, const char *users, const char *mounts, const char *status, const char *cgroup)
{
	g_autofree char *process = g_strdup_printf("%s/%d", dir, pid);

	g_assert_cmpint(g_mkdir_with_parents(process, 0755), ==, 0);
	scratch_put(process, "uid_map", users ? users : USERS);
	scratch_put(process, "mountinfo", mounts ? mounts : MOUNTS);
	scratch_put(process, "status", status);
	scratch_put(process, "cgroup", cgroup);
}

static void test_processes(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	PeerHost host;

	put_process(dir, 1, NULL, NULL, "Name:\tinit\nNSpid:\t1\n", "0::/init.scope\n");
	g_assert_true(peer_host_look(dir, &host));
	for (size_t i = 0; i < G_N_ELEMENTS(processes); i++) {
		const char *problem = NULL;
		g_test_message("%s", processes[i].name);
		put_process(dir, 7, processes[i].users, processes[i].mounts, processes[i].status, processes[i].cgroup);
		g_assert_cmpint(peer_is_of_host(dir, &host, 7, &problem), ==, !processes[i].problem);
		if (processes[i].problem)
			g_assert_nonnull(strstr(problem, processes[i].problem));
	}
	peer_host_clear(&host);
}

/* What cannot be looked at is none of the host's, whichever of its files it is; and without the host nobody is known. */
static void test_missing(void)
{
	static const char *const files[] = { "uid_map", "mountinfo", "status", "cgroup" };
	g_autoptr(Scratch) dir = scratch_new();
	const char *problem;
	PeerHost host;

	g_assert_false(peer_host_look(dir, &host));
	peer_host_clear(&host);
	put_process(dir, 1, NULL, NULL, "Name:\tinit\nNSpid:\t1\n", "0::/init.scope\n");
	g_assert_true(peer_host_look(dir, &host));
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		put_process(dir, 7, NULL, NULL, processes[0].status, processes[0].cgroup);
		g_assert_true(peer_is_of_host(dir, &host, 7, &problem));
		g_autofree char *path = g_build_filename(dir, "7", files[i], NULL);
		g_assert_cmpint(unlink(path), ==, 0);
		g_assert_false(peer_is_of_host(dir, &host, 7, &problem));
	}
	peer_host_clear(&host);
}

/* The host's first mount was made anew: its processes are still its own. */
static void test_remounted(void)
{
	static const char later[] = "77 1 8:1 / / rw - ext4 /dev/sda1 rw\n";
	g_autoptr(Scratch) dir = scratch_new();
	const char *problem;
	PeerHost host;

	put_process(dir, 1, NULL, NULL, "Name:\tinit\nNSpid:\t1\n", "0::/init.scope\n");
	g_assert_true(peer_host_look(dir, &host));
	put_process(dir, 1, NULL, later, "Name:\tinit\nNSpid:\t1\n", "0::/init.scope\n");
	put_process(dir, 7, NULL, later, processes[0].status, processes[0].cgroup);
	g_assert_true(peer_is_of_host(dir, &host, 7, &problem));
	peer_host_clear(&host);
}

/* One that has ended is nobody. */
static void test_ended(void)
{
	const char *problem = NULL;
	int ends[2];
	PeerHost host;
	PeerWho who;

	g_assert_true(peer_host_look("/proc", &host));
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
	g_assert_true(peer_look(ends[0], &host, &who, &problem));
	g_assert_true(!*who.stranger || strstr(who.stranger, "own") || strstr(who.stranger, "container"));
	g_assert_cmpuint(who.uid, ==, getuid());
	g_assert_cmpint(who.pid, ==, getpid());
	g_assert_cmpuint(who.group_count, >, 0);
	g_assert_cmpstr(who.program, ==, "test-peer");
	(void)close(ends[0]);
	(void)close(ends[1]);
	pid_t child = fork();
	if (child == 0) {
		_exit(0);
	}
	g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
	g_assert_false(peer_is_of_host("/proc", &host, child, &problem));
	g_assert_nonnull(strstr(problem, "cannot be looked at"));
	peer_host_clear(&host);
}

static const size_t sizes[] = { 1, LIMIT_JUDGE_INLINE_BYTES, LIMIT_JUDGE_INLINE_BYTES + 1, 3 * 1024 * 1024 };

/* In pieces, as it comes. */
static void fill(Body *body, size_t size, GString *ret)
{
	char piece[1000];

	while (ret->len < size) {
		size_t length = MIN(sizeof piece, size - ret->len);
		memset(piece, 'a' + (int)(ret->len % 23), length);
		g_assert_cmpint(body_add(body, piece, length), ==, BODY_TAKEN);
		(void)g_string_append_len(ret, piece, (gssize)length);
	}
}

static void test_bodies(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		Body body = BODY_INIT;
		g_autoptr(GString) all = g_string_new(NULL);
		fill(&body, sizes[i], all);
		g_assert_true(body_seal(&body));
		g_assert_cmpuint(body.length, ==, sizes[i]);
		g_assert_cmpint(body.small.at != NULL, ==, sizes[i] <= LIMIT_JUDGE_INLINE_BYTES);
		if (body.file >= 0) {
			g_autofree char *back = g_malloc(sizes[i] + 1);
			g_assert_cmpint(pread(body.file, back, sizes[i] + 1, 0), ==, (ssize_t)sizes[i]);
			g_assert_cmpmem(back, sizes[i], all->str, all->len);
			g_assert_cmpint(pwrite(body.file, "x", 1, 0), <, 0);
			g_assert_cmpint(errno, ==, EPERM);
			g_assert_cmpint(ftruncate(body.file, 0), <, 0);
			g_assert_cmpint(fcntl(body.file, F_ADD_SEALS, 0), <, 0);
		} else {
			g_assert_cmpmem(body.small.at, body.small.length, all->str, all->len);
		}
		body_clear(&body);
	}
}

/* Exactly so much and not one more, of one, and of all together. */
static void test_limits(void)
{
	const size_t part = 1024 * 1024;
	g_autofree char *zeros = g_malloc0(part);
	Body bodies[LIMIT_SOCKET_BODIES_BYTES / LIMIT_JUDGE_BODY_BYTES], more = BODY_INIT;

	for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
		bodies[i] = BODY_INIT;
		for (size_t length = 0; length < LIMIT_JUDGE_BODY_BYTES; length += part)
			g_assert_cmpint(body_add(&bodies[i], zeros, part), ==, BODY_TAKEN);
		g_assert_cmpint(body_add(&bodies[i], zeros, 1), ==, BODY_TOO_LARGE);
	}
	g_assert_cmpint(body_add(&more, zeros, LIMIT_JUDGE_INLINE_BYTES), ==, BODY_TAKEN); /* small ones have room */
	g_assert_cmpint(body_add(&more, zeros, 1), ==, BODY_NO_ROOM);
	body_clear(&bodies[0]);
	g_assert_cmpint(body_add(&more, zeros, 1), ==, BODY_TAKEN);
	body_clear(&more);
	for (size_t i = 1; i < G_N_ELEMENTS(bodies); i++)
		body_clear(&bodies[i]);
}

/* A file that takes no more ends the body, not the proxy. */
static void test_full(void)
{
	g_autofree char *zeros = g_malloc0(2 * LIMIT_JUDGE_INLINE_BYTES);
	struct rlimit kept, few = { .rlim_cur = 0 };
	Body body = BODY_INIT;

	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &kept), ==, 0);
	few.rlim_cur = LIMIT_JUDGE_INLINE_BYTES / 2;
	few.rlim_max = kept.rlim_max;
	(void)signal(SIGXFSZ, SIG_IGN);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &few), ==, 0);
	const BodyResult result = body_add(&body, zeros, 2 * LIMIT_JUDGE_INLINE_BYTES);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &kept), ==, 0);
	g_assert_cmpint(result, !=, BODY_TAKEN);
	body_clear(&body);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/peer/processes", test_processes);
	g_test_add_func("/peer/missing", test_missing);
	g_test_add_func("/peer/remounted", test_remounted);
	g_test_add_func("/peer/ended", test_ended);
	g_test_add_func("/peer/bodies", test_bodies);
	g_test_add_func("/peer/limits", test_limits);
	g_test_add_func("/peer/full", test_full);
	return g_test_run();
}
