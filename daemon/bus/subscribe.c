/* SPDX-License-Identifier: MIT
 *
 * Who hears of decisions.  DecisionMade names users, so on the system bus the broadcast reaches root
 * only (the bus policy file sees to it); everybody else subscribes and is sent, from a path of its
 * own, what they may see.
 */
#include <string.h>
#include "base/limits.h"
#include "base/users.h"
#include "bus/gate.h"

#define SUBSCRIBER_PATH SENTINEL_OBJECT_PATH "/subscriber"

typedef struct Subscriber {
	bool everything;
	char *user; /* whose decisions, unless everything */
} Subscriber;

static void subscriber_free(gpointer data)
{
	Subscriber *subscriber = data;

	g_free(subscriber->user);
	g_free(subscriber);
}

static int send_to(Bus *bus, const char *destination, const char *path, const Notice *notice)
{
	sd_bus_message *signal = NULL;
	int r = sd_bus_message_new_signal(bus->connection, &signal, path, SENTINEL_INTERFACE_MANAGER, "DecisionMade");

	if (r >= 0 && destination)
		r = sd_bus_message_set_destination(signal, destination);
	if (r >= 0)
		r = sd_bus_message_append(signal, "tsuss", notice->id, outcome_name(notice->outcome), notice->score, notice->user, notice->summary);
	if (r >= 0)
		r = sd_bus_send(bus->connection, signal, NULL);
	sd_bus_message_unref(signal);
	return r;
}

void subscribers_tell(Bus *bus, const Notice *notice)
{
	GHashTableIter iter;
	gpointer name, value;

	(void)send_to(bus, NULL, SENTINEL_OBJECT_PATH, notice);
	g_hash_table_iter_init(&iter, bus->subscribers);
	while (g_hash_table_iter_next(&iter, &name, &value)) {
		const Subscriber *subscriber = value;
		if (subscriber->everything || !strcmp(subscriber->user, notice->user))
			(void)send_to(bus, name, SUBSCRIBER_PATH, notice);
	}
}

static int on_owner_changed(sd_bus_message *message, void *data, sd_bus_error *error)
{
	const char *name, *before, *after;
	Bus *bus = data;

	(void)error;
	if (sd_bus_message_read(message, "sss", &name, &before, &after) > 0 && !*after)
		(void)g_hash_table_remove(bus->subscribers, name);
	return 0;
}

int subscribers_start(Bus *bus)
{
	bus->subscribers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, subscriber_free);
	if (bus->kind == BUS_PEER)
		return 0;
	return sd_bus_match_signal_async(bus->connection, NULL, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged",
		on_owner_changed, NULL, bus);
}

void subscribers_clear(Bus *bus)
{
	g_clear_pointer(&bus->subscribers, g_hash_table_unref);
}

/* The name of a subscriber's user, looked up on the worker. */
typedef struct Enrolment {
	Bus *bus;
	sd_bus_message *call;
	uid_t uid;
	Subscriber *subscriber;
} Enrolment;

static void enrol_work(void *data)
{
	Enrolment *enrolment = data;
	if (!enrolment->subscriber->everything)
		enrolment->subscriber->user = user_name(USER_DATABASE, enrolment->uid);
}

static void enrol_done(void *data)
{
	Enrolment *enrolment = data;
	Bus *bus = enrolment->bus;
	Subscriber *subscriber = g_steal_pointer(&enrolment->subscriber);

	if (!bus->subscribers || g_hash_table_size(bus->subscribers) >= LIMIT_SUBSCRIBERS) {
		(void)bus_reply_named(enrolment->call, "LimitExceeded", "there are %u subscribers already", LIMIT_SUBSCRIBERS);
		subscriber_free(subscriber);
	} else {
		g_hash_table_replace(bus->subscribers, g_strdup(sd_bus_message_get_sender(enrolment->call)), subscriber);
		(void)sd_bus_reply_method_return(enrolment->call, "o", SUBSCRIBER_PATH);
	}
	sd_bus_message_unref(enrolment->call);
	g_free(enrolment);
}

int subscribe(sd_bus_message *call, void *data, sd_bus_error *error)
{
	Bus *bus = data;

	(void)error;
	/* These hear the broadcast; a second copy would be one too many. */
	if (bus->kind != BUS_SYSTEM || gate_uid(bus, call) == 0)
		return sd_bus_reply_method_return(call, "o", SENTINEL_OBJECT_PATH);
	Enrolment *enrolment = g_new0(Enrolment, 1);
	*enrolment = (Enrolment){ .bus = bus, .call = sd_bus_message_ref(call), .uid = gate_uid(bus, call), .subscriber = g_new0(Subscriber, 1) };
	enrolment->subscriber->everything = gate_allows(bus, call, ACTION_AUDIT_READ);
	if (bus_submit(bus, call, enrol_work, enrol_done, enrolment))
		return 1;
	int r = bus_reply_named(call, "Busy", "too many calls wait; try again");
	sd_bus_message_unref(enrolment->call);
	subscriber_free(enrolment->subscriber);
	g_free(enrolment);
	return r;
}

int unsubscribe(sd_bus_message *call, void *data, sd_bus_error *error)
{
	Bus *bus = data;
	const char *sender = sd_bus_message_get_sender(call);

	(void)error;
	if (sender)
		(void)g_hash_table_remove(bus->subscribers, sender);
	return sd_bus_reply_method_return(call, "");
}
