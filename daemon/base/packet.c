/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <glib.h>
#include "base/packet.h"

#define MS_US INT64_C(1000)

struct PacketClient {
	char *path;
	int fd; /* -1: not connected */
};

typedef enum Ending { ANSWERED, GONE, SILENT } Ending;

PacketClient *packet_client_new(const char *path)
{
	PacketClient *client = g_new0(PacketClient, 1);

	*client = (PacketClient){ g_strdup(path), -1 };
	return client;
}

static void disconnect(PacketClient *client)
{
	if (client->fd >= 0)
		(void)close(client->fd);
	client->fd = -1;
}

void packet_client_free(PacketClient *client)
{
	if (!client)
		return;
	disconnect(client);
	g_free(client->path);
	g_free(client);
}

/* Only root's word counts; or, where nothing is installed, that of who runs this. */
static bool trusted(int fd)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && (peer.uid == 0 || peer.uid == geteuid());
}

bool packet_client_connect(PacketClient *client)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (client->fd >= 0)
		return true;
	client->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (client->fd >= 0 && g_strlcpy(address.sun_path, client->path, sizeof address.sun_path) < sizeof address.sun_path &&
		connect(client->fd, (const struct sockaddr *)&address, sizeof address) == 0 && trusted(client->fd))
		return true;
	disconnect(client);
	return false;
}

static bool say(int fd, const PacketQuestion *question)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof question->descriptor)];
	} control = { 0 };
	struct iovec part = { (void *)(uintptr_t)question->bytes, question->length };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (question->descriptor >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof control.bytes;
		struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof question->descriptor);
		memcpy(CMSG_DATA(rights), &question->descriptor, sizeof question->descriptor);
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)question->length;
}

/* An answer to an earlier question is passed over. */
static Ending hear(int fd, const PacketQuestion *question, int64_t until_us)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	uint32_t number;

	for (int64_t left_us; (left_us = until_us - g_get_monotonic_time()) > 0;) {
		if (poll(&readable, 1, (int)(left_us / MS_US) + 1) <= 0)
			continue;
		ssize_t length = recv(fd, question->answer, question->size, MSG_DONTWAIT);
		if (length <= 0)
			return GONE;
		if (!question->whole(question->answer, (size_t)length, &number))
			return SILENT;
		if (number == question->number)
			return ANSWERED;
	}
	return SILENT;
}

static Ending put(PacketClient *client, const PacketQuestion *question, int64_t until_us)
{
	if (!packet_client_connect(client))
		return SILENT;
	Ending ending = say(client->fd, question) ? hear(client->fd, question, until_us) : GONE;
	if (ending != ANSWERED)
		disconnect(client);
	return ending;
}

bool packet_client_ask(PacketClient *client, const PacketQuestion *question)
{
	int64_t until_us = g_get_monotonic_time() + question->patience_ms * MS_US;
	bool old = client->fd >= 0;
	Ending ending = put(client, question, until_us);

	if (ending == GONE && old)
		ending = put(client, question, until_us);
	return ending == ANSWERED;
}
