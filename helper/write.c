/* SPDX-License-Identifier: MIT
 *
 * sentinel-write DIR USER: writes the configuration and the policies below DIR for sentineld, which runs as USER and may not
 * (sentinel-write.socket).  Each change is a process (write-serve.c), which asks polkit itself.
 */
#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include "helper/write-ask.h"

#define MS 1000

static bool is_service(int connection, uid_t uid)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == uid;
}

/* It ends with whoever waits for it, and with us. */
_Noreturn static void serve(int connection, const Paths *paths, int lock)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		_exit(EXIT_FAILURE);
	write_serve(connection, paths, lock, write_ask, NULL);
	_exit(EXIT_SUCCESS);
}

/* How many are left; at least one has ended when there are as many as there may be. */
static unsigned reap(unsigned changes)
{
	while (changes && waitpid(-1, NULL, changes < LIMIT_WRITE_CHANGES ? WNOHANG : 0) > 0)
		changes--;
	return changes;
}

static void begin(int listener, uid_t uid, const Paths *paths, int lock, unsigned *changes)
{
	int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	pid_t child = connection >= 0 && is_service(connection, uid) ? fork() : -1;

	if (child == 0)
		serve(connection, paths, lock);
	if (child > 0)
		(*changes)++;
	if (connection >= 0)
		(void)close(connection);
}

int main(int argc, char **argv)
{
	struct pollfd listener = { .fd = SD_LISTEN_FDS_START, .events = POLLIN };
	const struct passwd *user = argc == 3 ? getpwnam(argv[2]) : NULL;
	unsigned changes = 0;

	if (!user || sd_listen_fds(1) != 1) {
		(void)fprintf(stderr, "sentinel-write: systemd starts this, with sentinel-write.socket\n");
		return EXIT_FAILURE;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	const uid_t uid = user->pw_uid;
	g_autoptr(Paths) paths = paths_new(argv[1]);
	const int lock = memfd_create("sentinel-write", MFD_CLOEXEC); /* the locks are of processes, not of what they inherit */
	if (lock < 0)
		return EXIT_FAILURE;
	for (;;) {
		int ready = poll(&listener, 1, (int)LIMIT_WRITE_IDLE_S * MS);
		changes = reap(changes);
		if (ready > 0)
			begin(listener.fd, uid, paths, lock, &changes);
		else if (ready == 0 && !changes)
			return EXIT_SUCCESS;
		else if (ready < 0 && errno != EINTR)
			return EXIT_FAILURE;
	}
}
