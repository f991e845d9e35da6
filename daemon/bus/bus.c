/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/timer.h"
#include "bus/gate.h"
#include "bus/question.h"
#include "bus/scans.h"

#define SECOND_US ((uint64_t)1000 * 1000)

static int on_retry(sd_event_source *source, uint64_t now, void *data);

static void disconnect(Bus *bus)
{
	gate_clear(bus);
	senders_clear(bus);
	subscribers_clear(bus);
	if (bus->connection) {
		(void)sd_bus_detach_event(bus->connection);
		bus->connection = sd_bus_close_unref(bus->connection);
	}
}

/* Decisions do not need the bus; it is tried again, less and less often. */
static void retry_later(Bus *bus)
{
	bus->retry_s = CLAMP(bus->retry_s * 2, 1, LIMIT_BUS_RETRY_S);
	(void)timer_start(bus->retry, bus->retry_s * SECOND_US);
}

static int on_disconnected(sd_bus_message *message, void *data, sd_bus_error *error)
{
	Bus *bus = data;

	(void)message;
	(void)error;
	if (bus->kind == BUS_PEER)
		return sd_event_exit(bus->context->event, 0);
	log_warning("the connection to D-Bus is gone; decisions go on, it is tried again");
	bus->retry_s = 0;
	retry_later(bus); /* the connection is dropped there: this one is still in use */
	return 0;
}

static int open_connection(Bus *bus, int fd)
{
	sd_id128_t id;
	int r;

	if (bus->kind == BUS_SYSTEM)
		return sd_bus_open_system(&bus->connection);
	if (bus->kind == BUS_SESSION)
		return sd_bus_open_user(&bus->connection);
	if ((r = sd_bus_new(&bus->connection)) < 0 || (r = sd_id128_randomize(&id)) < 0 || (r = sd_bus_set_fd(bus->connection, fd, fd)) < 0 ||
		(r = sd_bus_set_server(bus->connection, true, id)) < 0 || (r = sd_bus_set_anonymous(bus->connection, true)) < 0)
		return r;
	return sd_bus_start(bus->connection);
}

/* Those of the one object; jobs have their own. */
static int publish_interfaces(Bus *bus)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < interface_count; i++)
		if (!interfaces[i].foreign && strcmp(interfaces[i].name, SENTINEL_INTERFACE_JOB) != 0)
			r = sd_bus_add_object_vtable(bus->connection, NULL, SENTINEL_OBJECT_PATH, interfaces[i].name, interface_vtable(&interfaces[i], gate_dispatch), bus);
	return r;
}

static int publish(Bus *bus)
{
	int r;

	if ((r = gate_install(bus)) < 0 || (r = publish_interfaces(bus)) < 0 ||
		(r = scans_publish(bus)) < 0 || (r = senders_start(bus)) < 0 ||
		(r = sd_bus_match_signal(bus->connection, NULL, NULL, "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local", "Disconnected", on_disconnected,
			 bus)) < 0)
		return r;
	if (bus->kind != BUS_PEER && (r = sd_bus_request_name(bus->connection, SENTINEL_BUS_NAME, 0)) < 0)
		return r;
	return sd_bus_attach_event(bus->connection, bus->context->event, 0);
}

static int connect_bus(Bus *bus, int fd)
{
	int r = open_connection(bus, fd);

	if (r >= 0)
		r = publish(bus);
	if (r < 0) {
		disconnect(bus);
		return r;
	}
	bus->retry_s = 0;
	bus->complained = false;
	return r;
}

static void complain(Bus *bus, int r)
{
	if (!bus->complained)
		log_warning("not on D-Bus (%s); decisions go on, it is tried again",
			r == -EEXIST || r == -EALREADY ? "another process has the name " SENTINEL_BUS_NAME : g_strerror(-r));
	bus->complained = true;
}

static int on_retry(sd_event_source *source, uint64_t now, void *data)
{
	Bus *bus = data;

	(void)source;
	(void)now;
	disconnect(bus);
	int r = connect_bus(bus, -1);
	if (r < 0) {
		complain(bus, r);
		retry_later(bus);
	} else {
		log_notice("on D-Bus again as " SENTINEL_BUS_NAME);
	}
	return 0;
}

Bus *bus_start(BusKind kind, int fd, const BusContext *context, GError **error)
{
	Bus *bus = g_new0(Bus, 1);
	int r;

	*bus = (Bus){ .kind = kind, .context = context, .senders = g_hash_table_new(g_str_hash, g_str_equal), .quotas = quotas_new(), .views = views_new(context->pin_socket) };
	r = timer_new(context->event, &bus->retry, on_retry, bus);
	if (r >= 0)
		r = gate_prepare(bus);
	if (r >= 0)
		r = questions_start(bus);
	if (r < 0 || kind == BUS_NONE || (r = connect_bus(bus, fd)) >= 0)
		return bus;
	if (kind != BUS_PEER) {
		complain(bus, r);
		retry_later(bus);
		return bus;
	}
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "the D-Bus peer on descriptor %d cannot be served: %s", fd, g_strerror(-r));
	bus_stop(bus);
	return NULL;
}

void bus_stop(Bus *bus)
{
	if (!bus)
		return;
	if (bus->connection)
		(void)sd_bus_flush(bus->connection);
	disconnect(bus);
	sd_event_source_disable_unref(bus->retry);
	sd_event_source_disable_unref(bus->sweep);
	tasks_clear(bus);
	questions_stop(bus);
	g_queue_clear(&bus->changes);
	g_hash_table_unref(bus->senders);
	quotas_free(bus->quotas);
	views_free(bus->views);
	jobs_set_observer(bus->context->jobs, NULL, NULL);
	g_clear_pointer(&bus->owners, g_hash_table_unref);
	g_clear_pointer(&bus->attached, g_hash_table_unref);
	g_free(bus);
}

void bus_give_up_reads(Bus *bus)
{
	if (!bus)
		return;
	for (const GList *at = bus->tasks.head; at; at = at->next) {
		Task *task = at->data;
		atomic_store(&task->work.budget.dropped, true);
	}
}

void bus_state_changed(Bus *bus)
{
	if (bus && bus->connection)
		(void)sd_bus_emit_properties_changed(bus->connection, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, "State", "AuditWarning", NULL);
}
