/* SPDX-License-Identifier: MIT
 *
 * Who has a name on a bus.  Signals are believed by it: anybody may send one to a connection, but only the bus says who owns a name.
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-bus.h>

typedef struct Peer {
	const char *name; /* the well-known one */
	char *owner;      /* the unique name of who has it; NULL: nobody */
	sd_bus_slot *match, *question;
	void (*changed)(void *data); /* another owner, or none */
	void *data;
} Peer;

/* Asks who has the name and hears of changes; `changed` is called for the first answer as well.  Negative errno. */
int peer_watch(Peer *peer, sd_bus *bus, const char *name, void (*changed)(void *data), void *data);
void peer_forget(Peer *peer);
bool peer_sent(const Peer *peer, sd_bus_message *message);
