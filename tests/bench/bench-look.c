/* SPDX-License-Identifier: MIT
 *
 * What it costs to look who is connected to Docker: bench-look [ROUNDS].  Prints the median microseconds of a fresh look by how
 * many connections there are, and how many exchanges that is: connect, accept, one byte there and back, close.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "authz/identity.h"
#include "base/users.h"

#define ROUNDS 51
#define EXCHANGES 100

static const size_t counts[] = { 1, 10, 500 };

static int64_t now_us(void)
{
	return g_get_monotonic_time();
}

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static int connect_to(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof *address) < 0)
		die("connect");
	return fd;
}

static int listen_to(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)unlink(address->sun_path);
	if (fd < 0 || bind(fd, (const struct sockaddr *)address, sizeof *address) < 0 || listen(fd, 512) < 0)
		die("listen");
	return fd;
}

/* A child is Docker and its clients: what is this process's own would be left out. */
static pid_t start_docker(const struct sockaddr_un *address, size_t count)
{
	int ready[2];
	char byte;

	if (pipe(ready) < 0)
		die("pipe");
	pid_t child = fork();
	if (child < 0)
		die("fork");
	if (child) {
		(void)close(ready[1]);
		if (read(ready[0], &byte, 1) != 1)
			exit(EXIT_FAILURE);
		(void)close(ready[0]);
		return child;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	int listener = listen_to(address);
	for (size_t i = 0; i < count; i++) {
		(void)connect_to(address);
		if (accept(listener, NULL, NULL) < 0)
			die("accept");
	}
	if (write(ready[1], "", 1) != 1)
		exit(EXIT_FAILURE);
	for (;;)
		(void)pause();
}

static int compare(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return left < right ? -1 : left > right;
}

static double median(int64_t *times, unsigned count)
{
	qsort(times, count, sizeof *times, compare);
	size_t middle = count / 2;
	return (double)times[middle];
}

/* What the kernel takes for one connection with one byte there and back. */
static double measure_exchange(const struct sockaddr_un *address, unsigned rounds)
{
	g_autofree int64_t *times = g_new(int64_t, rounds);
	int listener = listen_to(address);
	char byte = 0;

	for (unsigned i = 0; i < rounds; i++) {
		int64_t start = now_us();
		for (unsigned n = 0; n < EXCHANGES; n++) {
			int client = connect_to(address), accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
			if (accepted < 0 || write(client, &byte, 1) != 1 || read(accepted, &byte, 1) != 1 || write(accepted, &byte, 1) != 1 || read(client, &byte, 1) != 1)
				die("exchange");
			(void)close(client);
			(void)close(accepted);
		}
		times[i] = now_us() - start;
	}
	(void)close(listener);
	return median(times, rounds) / EXCHANGES;
}

static double measure_look(Identity *identity, pid_t docker, unsigned rounds, const char *expected)
{
	g_autofree int64_t *times = g_new(int64_t, rounds);
	g_autoptr(Arena) arena = arena_new();

	for (unsigned i = 0; i < rounds; i++) {
		int64_t start = now_us();
		Caller caller;
		const char *user = identity_user(identity, docker, true, false, arena, &caller);
		times[i] = now_us() - start;
		if (strcmp(user, expected) != 0) {
			(void)fprintf(stderr, "bench-look: saw \"%s\" instead of \"%s\"\n", user, expected);
			exit(EXIT_FAILURE);
		}
		arena_reset(arena);
	}
	return median(times, rounds);
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)CLAMP(strtoul(argv[1], NULL, 10), 1, 10000) : ROUNDS;
	g_autofree char *dir = g_dir_make_tmp("sentinel-XXXXXX", NULL), *path = g_build_filename(dir, "docker.sock", NULL);
	g_autofree char *none = g_build_filename(dir, "none", NULL), *user = user_name(USER_DATABASE, geteuid());
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	Status status = { 0 };

	(void)setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 4096, 4096 });
	(void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	Identity *identity = identity_new(path, -1, none, &status);
	double exchange = measure_exchange(&address, rounds);
	(void)printf("%12s %10s %10s\n", "CONNECTIONS", "US", "EXCHANGES");
	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
		pid_t docker = start_docker(&address, counts[i]);
		double look = measure_look(identity, docker, rounds, user);
		(void)printf("%12zu %10.0f %10.1f\n", counts[i], look, look / exchange);
		(void)kill(docker, SIGKILL);
		(void)waitpid(docker, NULL, 0);
	}
	identity_free(identity);
	(void)unlink(path);
	(void)rmdir(dir);
	return EXIT_SUCCESS;
}
