/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <glib.h>
#include "base/pin-client.h"

#define MS_US INT64_C(1000)

struct PinClient {
	char *path;
	int fd; /* -1: not connected */
	uint32_t number;
	PinAnswer answer;
};

PinClient *pin_client_new(const char *socket)
{
	PinClient *client = g_new0(PinClient, 1);

	client->path = g_strdup(socket);
	client->fd = -1;
	return client;
}

static void disconnect(PinClient *client)
{
	if (client->fd >= 0)
		(void)close(client->fd);
	client->fd = -1;
}

void pin_client_free(PinClient *client)
{
	if (!client)
		return;
	disconnect(client);
	g_free(client->path);
	g_free(client);
}

/* Only root may say what is a pin; or, where nothing is installed, who runs this. */
static bool trusted(int fd)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && (peer.uid == 0 || peer.uid == geteuid());
}

static bool reach(PinClient *client)
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

static bool say(PinClient *client, const PinQuestion *question, int directory)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof directory)];
	} control = { 0 };
	PinQuestion numbered = *question;
	struct iovec part = { &numbered, sizeof numbered };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	numbered.number = ++client->number;
	if (directory >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof control.bytes;
		struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof directory);
		memcpy(CMSG_DATA(rights), &directory, sizeof directory);
	}
	return sendmsg(client->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof numbered;
}

static bool text_ends(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static bool whole(const PinAnswer *answer, ssize_t length)
{
	if (length < (ssize_t)offsetof(PinAnswer, items) || answer->count > LIMIT_PIN_ITEMS || (size_t)length != pin_answer_size(answer) ||
		answer->result >= PIN_RESULT_COUNT || !text_ends(answer->text, sizeof answer->text))
		return false;
	for (uint32_t i = 0; i < answer->count; i++) {
		const PinItem *item = &answer->items[i];
		if (!text_ends(item->name, sizeof item->name) || !text_ends(item->container, sizeof item->container) ||
			!text_ends(item->origin, sizeof item->origin))
			return false;
	}
	return true;
}

/* An answer to an earlier question is passed over. */
static bool hear(PinClient *client, int64_t until_us)
{
	struct pollfd readable = { .fd = client->fd, .events = POLLIN };

	for (int64_t left_us; (left_us = until_us - g_get_monotonic_time()) > 0;) {
		if (poll(&readable, 1, (int)(left_us / MS_US) + 1) <= 0)
			continue;
		ssize_t length = recv(client->fd, &client->answer, sizeof client->answer, MSG_DONTWAIT);
		if (length == 0 || !whole(&client->answer, length))
			return false;
		if (client->answer.number == client->number)
			return true;
	}
	return false;
}

/* A connection of before may be of a helper that has ended since: then there is another one. */
bool pin_client_ask(PinClient *client, const PinQuestion *question, int directory, unsigned patience_ms, const PinAnswer **ret)
{
	int64_t until_us = g_get_monotonic_time() + patience_ms * MS_US;

	*ret = &client->answer;
	for (int old = client->fd >= 0; old >= 0; old--) {
		if (!reach(client))
			return false;
		if (say(client, question, directory) && hear(client, until_us))
			return true;
		disconnect(client);
	}
	return false;
}
