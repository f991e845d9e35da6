/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <glib.h>
#include "authz/witness.h"
#include "base/log.h"

#define MS_US 1000

struct Witness {
	char *path;
	int fd; /* -1: not connected */
	uint32_t number;
	int64_t silent_until_us;
	HeldAnswer answer;
};

/* Only root may say what dockerd holds; or, where nothing is installed, who runs this. */
static bool trusted(int fd)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && (peer.uid == 0 || peer.uid == geteuid());
}

static void reach(Witness *witness)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (witness->fd >= 0 || g_get_monotonic_time() < witness->silent_until_us)
		return;
	witness->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	(void)g_strlcpy(address.sun_path, witness->path, sizeof address.sun_path);
	if (witness->fd >= 0 && connect(witness->fd, (const struct sockaddr *)&address, sizeof address) == 0 && trusted(witness->fd))
		return;
	if (witness->fd >= 0)
		(void)close(witness->fd);
	witness->fd = -1;
	witness->silent_until_us = g_get_monotonic_time() + (int64_t)LIMIT_WITNESS_RETRY_MS * MS_US;
}

static void fall_silent(Witness *witness, const char *why)
{
	log_warning("the witness does not say what Docker holds (%s): who is connected is not certain; see systemctl status sentinel-witness", why);
	(void)close(witness->fd);
	witness->fd = -1;
	witness->silent_until_us = g_get_monotonic_time() + (int64_t)LIMIT_WITNESS_RETRY_MS * MS_US;
}

static bool whole(const HeldAnswer *answer, ssize_t length)
{
	size_t head = offsetof(HeldAnswer, items);

	return length >= (ssize_t)head && answer->count <= LIMIT_LOOK_HELD && (size_t)length == held_size(answer);
}

/* False: silence.  An answer to an earlier question is passed over. */
static bool hear(Witness *witness)
{
	int64_t until_us = g_get_monotonic_time() + (int64_t)LIMIT_WITNESS_MS * MS_US;
	struct pollfd readable = { .fd = witness->fd, .events = POLLIN };

	for (int64_t left_us; (left_us = until_us - g_get_monotonic_time()) > 0;) {
		if (poll(&readable, 1, (int)(left_us / MS_US) + 1) <= 0)
			continue;
		ssize_t length = recv(witness->fd, &witness->answer, sizeof witness->answer, MSG_DONTWAIT);
		if (length == 0 || !whole(&witness->answer, length))
			return false;
		if (witness->answer.number == witness->number)
			return true;
	}
	return false;
}

Witness *witness_new(const char *socket_path)
{
	Witness *witness = g_new0(Witness, 1);

	witness->path = g_strdup(socket_path);
	witness->fd = -1;
	reach(witness);
	return witness;
}

void witness_free(Witness *witness)
{
	if (!witness)
		return;
	if (witness->fd >= 0)
		(void)close(witness->fd);
	g_free(witness->path);
	g_free(witness);
}

const HeldAnswer *witness_ask(Witness *witness, pid_t pid)
{
	const HeldQuestion question = { (int32_t)pid, ++witness->number };

	held_look(pid, &witness->answer);
	if (witness->answer.known)
		return &witness->answer;
	reach(witness);
	if (witness->fd >= 0 && send(witness->fd, &question, sizeof question, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)sizeof question)
		fall_silent(witness, g_strerror(errno));
	else if (witness->fd >= 0 && !hear(witness))
		fall_silent(witness, "no answer");
	if (witness->fd < 0)
		witness->answer = (HeldAnswer){ 0 };
	return &witness->answer;
}
