/* SPDX-License-Identifier: MIT */
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "authz/sockdiag.h"
#include "base/limits.h"

/* linux/include/net/tcp_states.h, which Unix sockets use, too. */
#define STATE_ESTABLISHED 1u
#define STATE_LISTEN 10u

void sockdiag_request(uint32_t number, unsigned char ret[DIAG_REQUEST_BYTES])
{
	const struct {
		struct nlmsghdr header;
		struct unix_diag_req request;
	} message = {
		.header = { .nlmsg_len = sizeof message, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP, .nlmsg_seq = number },
		.request = { .sdiag_family = AF_UNIX, .udiag_states = 1u << STATE_ESTABLISHED | 1u << STATE_LISTEN,
			.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_UID },
	};
	_Static_assert(sizeof message == DIAG_REQUEST_BYTES, "the request has no gaps");

	memcpy(ret, &message, sizeof message);
}

/* "/var/run/docker.sock" and "/run/docker.sock" are one. */
static const char *shortened(const char *path)
{
	return g_str_has_prefix(path, "/var/run/") ? path + strlen("/var") : path;
}

static void read_name(const unsigned char *bytes, size_t length, const char *path, UnixSocket *socket)
{
	g_autofree char *name = g_strndup((const char *)bytes, length); /* up to the NUL that a path ends with */

	socket->named = length > 0;
	socket->wanted = path && *name && strcmp(shortened(name), shortened(path)) == 0;
}

/* False: that is no attribute list. */
static bool read_attributes(const unsigned char *bytes, size_t length, const char *path, UnixSocket *socket)
{
	while (length >= sizeof(struct nlattr)) {
		struct nlattr head;
		memcpy(&head, bytes, sizeof head);
		if (head.nla_len < NLA_HDRLEN || head.nla_len > length)
			return false;
		const unsigned char *value = bytes + NLA_HDRLEN;
		size_t value_length = head.nla_len - NLA_HDRLEN;
		switch (head.nla_type) {
		case UNIX_DIAG_NAME:
			read_name(value, value_length, path, socket);
			break;
		case UNIX_DIAG_PEER:
			if (value_length != sizeof socket->peer)
				return false;
			memcpy(&socket->peer, value, sizeof socket->peer);
			break;
		case UNIX_DIAG_UID:
			if (value_length != sizeof(uint32_t))
				return false;
			memcpy(&socket->uid, value, sizeof(uint32_t));
			socket->has_uid = true;
			break;
		default:
			break;
		}
		size_t step = MIN(length, (size_t)NLA_ALIGN(head.nla_len));
		bytes += step;
		length -= step;
	}
	return length == 0;
}

static bool read_socket(const unsigned char *bytes, size_t length, SocketTable *table)
{
	struct unix_diag_msg message;

	if (length < sizeof message || table->count >= LIMIT_LOOK_SOCKETS)
		return false;
	memcpy(&message, bytes, sizeof message);
	if (message.udiag_family != AF_UNIX || (message.udiag_state != STATE_ESTABLISHED && message.udiag_state != STATE_LISTEN) || !message.udiag_ino)
		return false;
	UnixSocket socket = { .ino = message.udiag_ino, .cookie = (uint64_t)message.udiag_cookie[1] << 32 | message.udiag_cookie[0],
		.connected = message.udiag_state == STATE_ESTABLISHED };
	if (!read_attributes(bytes + sizeof message, length - sizeof message, table->path, &socket))
		return false;
	if (table->count == table->size) {
		table->size = MAX(table->size * 2, 64);
		table->items = g_renew(UnixSocket, table->items, table->size);
	}
	table->items[table->count++] = socket;
	return true;
}

DiagResult sockdiag_read(const unsigned char *bytes, size_t length, uint32_t number, SocketTable *table)
{
	while (length >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr head;
		memcpy(&head, bytes, sizeof head);
		if (head.nlmsg_len < sizeof head || head.nlmsg_len > length)
			return DIAG_BAD;
		if (head.nlmsg_seq == number) {
			if (head.nlmsg_type == NLMSG_DONE)
				return DIAG_DONE;
			if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY || (head.nlmsg_flags & NLM_F_DUMP_INTR))
				return DIAG_BAD;
			if (!read_socket(bytes + NLMSG_HDRLEN, head.nlmsg_len - NLMSG_HDRLEN, table))
				return DIAG_BAD;
		}
		size_t step = MIN(length, (size_t)NLMSG_ALIGN(head.nlmsg_len));
		bytes += step;
		length -= step;
	}
	return length ? DIAG_BAD : DIAG_MORE;
}

void socket_table_clear(SocketTable *table)
{
	table->count = 0;
}

void socket_table_free(SocketTable *table)
{
	g_free(table->items);
	*table = (SocketTable){ 0 };
}

static int compare(const void *a, const void *b)
{
	uint32_t left = ((const UnixSocket *)a)->ino, right = ((const UnixSocket *)b)->ino;

	return left < right ? -1 : left > right;
}

void socket_table_sort(SocketTable *table)
{
	if (table->count)
		qsort(table->items, table->count, sizeof *table->items, compare);
}

const UnixSocket *socket_table_find(const SocketTable *table, uint32_t ino)
{
	const UnixSocket wanted = { .ino = ino };

	return table->count && ino ? bsearch(&wanted, table->items, table->count, sizeof *table->items, compare) : NULL;
}
