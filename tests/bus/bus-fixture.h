/* SPDX-License-Identifier: MIT
 *
 * A private dbus-daemon and the real sentineld on it, or sentineld alone on a socketpair.
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-bus.h>
#include <glib.h>

typedef struct BusFixture {
	char *dir; /* configuration; the scratch directory of the test */
	GPid dbus, daemon, writer;
	char *address;
	sd_bus *bus;
	const char *service; /* NULL on a socketpair */
} BusFixture;

/* `kind`: session or system, what sentineld takes it for. */
/* Before a start: what is in the audit trail then; it must stay as long. */
void bus_fixture_first_trail(const char *text);
void bus_fixture_start(BusFixture *fixture, const char *kind);
/* The same on a system bus, with the real helper that writes policies; its socket is DIR/write.  Whose service it is, is `user`. */
void bus_fixture_start_written(BusFixture *fixture, const char *user);
void bus_fixture_start_with(BusFixture *fixture, const char *kind, const char *docker_host);
/* The bus alone: the test plays who is on it. */
void bus_fixture_start_bus(BusFixture *fixture);
void bus_fixture_start_peer(BusFixture *fixture);
void bus_fixture_stop(BusFixture *fixture);
/* The bus ends; another one at the same place; and one on which the service must be again. */
void bus_fixture_lose_bus(BusFixture *fixture);
void bus_fixture_next_bus(BusFixture *fixture);
void bus_fixture_find_bus(BusFixture *fixture);
/* A connection of its own, also for another user's process. */
sd_bus *bus_fixture_connect(const BusFixture *fixture);
/* The members that introspection data tells of, by name, in a canonical form: enough to compare two documents. */
GHashTable *bus_fixture_members(const char *xml);
