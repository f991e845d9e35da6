/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "authz/clients.h"

static bool is_own(const HeldAnswer *own, uint32_t ino)
{
	for (uint32_t i = 0; own && own->known && i < own->count; i++)
		if (own->items[i].ino == ino)
			return true;
	return false;
}

static void add(Clients *clients, uid_t uid)
{
	size_t at = 0;

	while (at < clients->count && clients->uids[at] < uid)
		at++;
	if (at < clients->count && clients->uids[at] == uid)
		return;
	if (clients->count == LIMIT_LOOK_USERS) {
		clients->unseen = true;
		return;
	}
	memmove(&clients->uids[at + 1], &clients->uids[at], (clients->count - at) * sizeof clients->uids[0]);
	clients->uids[at] = uid;
	clients->count++;
}

/* An accepted connection.  Whose other end is gone may still be answered, and was anybody's. */
static void take(const SocketTable *table, const UnixSocket *accepted, const HeldAnswer *own, Clients *clients)
{
	const UnixSocket *client = socket_table_find(table, accepted->peer);

	if (!client || !client->has_uid || client->peer != accepted->ino)
		clients->unseen = true;
	else if (!is_own(own, client->ino))
		add(clients, client->uid);
}

/* A socket of dockerd's belongs to dockerd's user: another's that has the same number by chance does not hide it. */
static void take_held(const SocketTable *table, const HeldSocket *held, uid_t docker, const HeldAnswer *own, Clients *clients)
{
	if (held->kind == HELD_HARMLESS)
		return;
	const UnixSocket *socket = held->kind == HELD_UNIX ? socket_table_find(table, held->ino) : NULL;
	if (!socket || !socket->has_uid || socket->uid != docker)
		clients->unseen = true;
	else if (socket->connected && socket->named)
		take(table, socket, own, clients);
}

void clients_find(const SocketTable *table, const HeldAnswer *docker, const HeldAnswer *own, Clients *ret)
{
	*ret = (Clients){ .unseen = !docker || !docker->known };
	if (ret->unseen) {
		for (size_t i = 0; i < table->count; i++)
			if (table->items[i].connected && table->items[i].wanted)
				take(table, &table->items[i], own, ret);
		return;
	}
	for (uint32_t i = 0; i < docker->count; i++)
		take_held(table, &docker->items[i], docker->uid, own, ret);
}
