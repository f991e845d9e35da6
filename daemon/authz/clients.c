/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
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

/* What one look is made of. */
typedef struct Look {
	const SocketTable *table;
	const HeldAnswer *docker, *own;
	const KnownClients *before;
	KnownClients now;
	Clients *clients;
} Look;

static bool recall(const KnownClients *known, const UnixSocket *accepted, KnownClient *ret)
{
	for (size_t i = 0; i < known->count; i++) {
		*ret = known->items[i];
		if (ret->ino == accepted->ino && ret->cookie == accepted->cookie)
			return true;
	}
	return false;
}

static void remember(KnownClients *known, const KnownClient *client)
{
	if (known->count == known->size) {
		known->size = MAX(known->size * 2, 16);
		known->items = g_renew(KnownClient, known->items, known->size);
	}
	known->items[known->count++] = *client;
}

/* An accepted connection.  Whose other end is gone may still be answered: who is not known then is missed. */
static void take(Look *look, const UnixSocket *accepted)
{
	const UnixSocket *client = socket_table_find(look->table, accepted->peer);
	KnownClient known = { .ino = accepted->ino, .cookie = accepted->cookie };

	if (client && client->has_uid && client->peer == accepted->ino) {
		known.uid = client->uid;
		known.own = is_own(look->own, client->ino);
	} else if (!recall(look->before, accepted, &known)) {
		look->clients->unseen = true;
		return;
	}
	remember(&look->now, &known);
	if (!known.own)
		add(look->clients, known.uid);
}

/* A socket of dockerd's belongs to dockerd's user: another's that has the same number by chance does not hide it. */
static void take_held(Look *look, const HeldSocket *held)
{
	if (held->kind == HELD_HARMLESS)
		return;
	const UnixSocket *socket = held->kind == HELD_UNIX ? socket_table_find(look->table, held->ino) : NULL;
	if (!socket || !socket->has_uid || socket->uid != look->docker->uid)
		look->clients->unseen = true;
	else if (socket->connected && socket->named)
		take(look, socket);
}

void clients_find(const SocketTable *table, const HeldAnswer *docker, const HeldAnswer *own, KnownClients *known, Clients *ret)
{
	Look look = { .table = table, .docker = docker, .own = own, .before = known, .clients = ret };

	*ret = (Clients){ .unseen = false };
	if (!docker || !docker->known) {
		ret->unseen = true;
		for (size_t i = 0; i < table->count; i++)
			if (table->items[i].connected && table->items[i].wanted)
				take(&look, &table->items[i]);
		known_clients_free(&look.now);
		return;
	}
	for (uint32_t i = 0; i < docker->count; i++)
		take_held(&look, &docker->items[i]);
	known_clients_free(known);
	*known = look.now;
}

static int compare_inos(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

static bool was_held(const FirstHeld *first, uint32_t ino)
{
	return first->count && bsearch(&ino, first->inos, first->count, sizeof ino, compare_inos);
}

void clients_among(const SocketTable *table, const HeldAnswer *docker, const HeldAnswer *own, const KnownClients *known, const FirstHeld *first, Clients *ret)
{
	Look look = { .table = table, .docker = docker, .own = own, .before = known, .clients = ret };

	*ret = (Clients){ .unseen = false };
	for (uint32_t i = 0; i < docker->count; i++)
		if (was_held(first, docker->items[i].ino))
			take_held(&look, &docker->items[i]);
	known_clients_free(&look.now);
}

bool clients_first(const HeldAnswer *docker, uint32_t inos[LIMIT_LOOK_HELD], FirstHeld *ret)
{
	*ret = (FirstHeld){ inos, 0 };
	if (!docker || !docker->known)
		return false;
	for (uint32_t i = 0; i < docker->count; i++) {
		if (docker->items[i].kind == HELD_OTHER)
			return false;
		if (docker->items[i].kind == HELD_UNIX)
			inos[ret->count++] = docker->items[i].ino;
	}
	qsort(inos, ret->count, sizeof *inos, compare_inos);
	return true;
}

bool clients_possible(const SocketTable *table, const HeldAnswer *docker)
{
	for (uint32_t i = 0; docker && docker->known && i < docker->count; i++) {
		const UnixSocket *socket = socket_table_find(table, docker->items[i].ino);
		if (socket && !socket->connected && socket->named)
			return true;
	}
	return !docker || !docker->known;
}

void known_clients_free(KnownClients *known)
{
	g_free(known->items);
	*known = (KnownClients){ 0 };
}
