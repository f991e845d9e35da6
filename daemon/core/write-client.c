/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/error.h"
#include "core/write-client.h"

#define GONE "who writes policies (sentinel-write.service) does not answer; nothing was changed"

struct WriteClient {
	int fd;
};

void write_client_free(WriteClient *client)
{
	if (!client)
		return;
	(void)close(client->fd);
	g_free(client);
}

/* systemd listens, or, where nothing is installed, who runs this. */
static bool trusted(int fd)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && (peer.uid == 0 || peer.uid == geteuid());
}

static int connect_to(const char *socket_path)
{
	const struct timeval patience = { .tv_sec = LIMIT_WRITE_PATIENCE_S };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && g_strlcpy(address.sun_path, socket_path, sizeof address.sun_path) < sizeof address.sun_path &&
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
		connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 && trusted(fd))
		return fd;
	int cause = errno;
	if (fd >= 0)
		(void)close(fd);
	errno = cause;
	return -1;
}

static bool send_all(int fd, const void *bytes, size_t length)
{
	const char *at = bytes;

	while (length) {
		ssize_t sent = send(fd, at, length, MSG_NOSIGNAL);
		if (sent <= 0)
			return false;
		at += sent;
		length -= (size_t)sent;
	}
	return true;
}

static bool say(int fd, const WriteWish *wish)
{
	const char *const texts[] = { wish->sender ? wish->sender : "", wish->order.name ? wish->order.name : "",
		wish->why ? wish->why : "", wish->order.text ? wish->order.text : "" };
	WriteQuestion question = { .kind = wish->order.kind,
		.flags = (wish->interactive ? (uint32_t)WRITE_INTERACTIVE : 0) | (wish->matters ? (uint32_t)WRITE_MATTERS : 0) };
	uint32_t *const lengths[] = { &question.sender, &question.name, &question.why, &question.text };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		*lengths[i] = (uint32_t)strlen(texts[i]);
	question.why = MIN(question.why, LIMIT_WRITE_TEXT_BYTES);
	bool sent = send_all(fd, &question, sizeof question);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		sent = sent && send_all(fd, texts[i], *lengths[i]);
	return sent;
}

WriteClient *write_client_new(const char *socket, const WriteWish *wish, GError **error)
{
	int fd = connect_to(socket);

	if (fd >= 0 && say(fd, wish)) {
		WriteClient *client = g_new0(WriteClient, 1);
		client->fd = fd;
		return client;
	}
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE,
		"who writes policies (sentinel-write.socket) cannot be reached at %s: %s; nothing was changed", socket, g_strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return NULL;
}

static bool say_step(const WriteClient *client, WriteStep step)
{
	const char byte = (char)step;

	return send(client->fd, &byte, sizeof byte, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof byte;
}

bool write_client_ask(WriteClient *client)
{
	return say_step(client, WRITE_ASK);
}

int write_client_descriptor(const WriteClient *client)
{
	return client->fd;
}

static bool is_answer(const WriteAnswer *answer, ssize_t length)
{
	return length == (ssize_t)sizeof *answer && answer->result < WRITE_RESULT_COUNT && answer->right < WRITE_RIGHT_COUNT &&
	       answer->code >= 0 && answer->code <= SENTINEL_ERROR_NEEDS_INPUT && memchr(answer->text, 0, sizeof answer->text);
}

bool write_client_hear(WriteClient *client, WriteAnswer *ret)
{
	return is_answer(ret, recv(client->fd, ret, sizeof *ret, MSG_DONTWAIT));
}

static bool hear_end(const WriteClient *client, GError **error)
{
	WriteAnswer answer;

	if (!is_answer(&answer, recv(client->fd, &answer, sizeof answer, MSG_WAITALL)))
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, GONE);
	else if (answer.result != WRITE_YES)
		g_set_error(error, SENTINEL_ERROR, answer.code, "%s", answer.text);
	else
		return true;
	return false;
}

bool write_client_step(WriteClient *client, WriteStep step, GError **error)
{
	if (say_step(client, step))
		return hear_end(client, error);
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, GONE);
	return false;
}

bool write_client_install(const char *socket, const Order *order, GError **error)
{
	const WriteWish wish = { .order = *order };
	WriteClient *client = write_client_new(socket, &wish, error);
	bool done = client && hear_end(client, error);

	write_client_free(client);
	return done;
}
