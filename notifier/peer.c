/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "notifier/peer.h"

#define BUS "org.freedesktop.DBus"

static void set_owner(Peer *peer, const char *owner)
{
	g_free(peer->owner);
	peer->owner = owner && *owner ? g_strdup(owner) : NULL;
	peer->changed(peer->data);
}

static bool is_from_bus(sd_bus_message *message)
{
	const char *sender = sd_bus_message_get_sender(message);

	return sender && !strcmp(sender, BUS);
}

static int on_owner_changed(sd_bus_message *message, void *data, sd_bus_error *error)
{
	Peer *peer = data;
	const char *name, *before, *after;

	(void)error;
	if (is_from_bus(message) && sd_bus_message_read(message, "sss", &name, &before, &after) > 0 && !strcmp(name, peer->name)) {
		peer->question = sd_bus_slot_unref(peer->question); /* this is newer than its answer */
		set_owner(peer, after);
	}
	return 0;
}

static int on_owner(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	Peer *peer = data;
	const char *owner = NULL;

	(void)error;
	if (!sd_bus_message_is_method_error(reply, NULL) && sd_bus_message_read(reply, "s", &owner) < 0)
		owner = NULL;
	set_owner(peer, owner);
	return 0;
}

int peer_watch(Peer *peer, sd_bus *bus, const char *name, void (*changed)(void *data), void *data)
{
	g_autofree char *match =
		g_strdup_printf("type='signal',sender='" BUS "',interface='" BUS "',member='NameOwnerChanged',arg0='%s'", name);
	int r;

	*peer = (Peer){ .name = name, .changed = changed, .data = data };
	if ((r = sd_bus_add_match_async(bus, &peer->match, match, on_owner_changed, NULL, peer)) < 0)
		return r;
	return sd_bus_call_method_async(bus, &peer->question, BUS, "/org/freedesktop/DBus", BUS, "GetNameOwner", on_owner, peer, "s", name);
}

void peer_forget(Peer *peer)
{
	peer->match = sd_bus_slot_unref(peer->match);
	peer->question = sd_bus_slot_unref(peer->question);
	g_clear_pointer(&peer->owner, g_free);
}

bool peer_sent(const Peer *peer, sd_bus_message *message)
{
	const char *sender = sd_bus_message_get_sender(message);

	return sender && peer->owner && !strcmp(sender, peer->owner);
}
