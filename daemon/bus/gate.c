/* SPDX-License-Identifier: MIT
 *
 * The gate: one table, one place, before every handler.  What has no row is refused.  A call that
 * needs an authorization is set aside with a ticket while the bus is asked who calls and polkit
 * whether they may; then the very same message is put back into the queue, finds its ticket decided
 * and goes on to its handler.
 */
#include <string.h>
#include <unistd.h>
#include "base/limits.h"
#include "base/log.h"
#include "bus/gate.h"
#include "bus/polkit.h"

#define PROPERTIES "org.freedesktop.DBus.Properties"
#define INTROSPECTABLE "org.freedesktop.DBus.Introspectable"
#define PEER "org.freedesktop.DBus.Peer"

const GateRow gate_rows[] = {
	{ SENTINEL_INTERFACE_MANAGER, "Validate", ACTION_EVALUATE },
	{ SENTINEL_INTERFACE_MANAGER, "ValidateRequest", ACTION_EVALUATE },
	{ SENTINEL_INTERFACE_MANAGER, "ReloadPolicy", ACTION_POLICY_MANAGE },
	{ SENTINEL_INTERFACE_MANAGER, "AuditQuery", ACTION_AUDIT_READ, .less = ACTION_AUDIT_READ_OWN },
	{ SENTINEL_INTERFACE_MANAGER, "Diagnose", ACTION_STATUS },
	{ SENTINEL_INTERFACE_MANAGER, "ProbeDocker", ACTION_STATUS },
	{ SENTINEL_INTERFACE_MANAGER, "Scan", ACTION_SCAN },
	{ SENTINEL_INTERFACE_MANAGER, "CreateGrant", ACTION_GRANT, .refine = grants_refine },
	{ SENTINEL_INTERFACE_MANAGER, "RevokeGrant", ACTION_POLICY_MANAGE },
	{ SENTINEL_INTERFACE_MANAGER, "ListGrants", ACTION_AUDIT_READ },
	{ SENTINEL_INTERFACE_MANAGER, "Subscribe", ACTION_AUDIT_READ, .less = ACTION_AUDIT_READ_OWN },
	{ SENTINEL_INTERFACE_MANAGER, "Unsubscribe", ACTION_STATUS },
	{ SENTINEL_INTERFACE_AUDIT, "Stats", ACTION_AUDIT_READ },
	{ SENTINEL_INTERFACE_AUDIT, "Export", ACTION_AUDIT_READ },
	{ SENTINEL_INTERFACE_AUDIT, "Verify", ACTION_AUDIT_READ },
	{ SENTINEL_INTERFACE_AUDIT, "Clear", ACTION_AUDIT_MANAGE },
	{ SENTINEL_INTERFACE_POLICIES, "List", ACTION_STATUS },
	{ SENTINEL_INTERFACE_POLICIES, "Get", ACTION_STATUS },
	{ SENTINEL_INTERFACE_POLICIES, "Check", ACTION_EVALUATE },
	{ SENTINEL_INTERFACE_POLICIES, "Test", ACTION_EVALUATE },
	{ SENTINEL_INTERFACE_POLICIES, "Coverage", ACTION_STATUS },
	{ SENTINEL_INTERFACE_POLICIES, "ProfileDigest", ACTION_EVALUATE },
	{ SENTINEL_INTERFACE_POLICIES, "Use", ACTION_POLICY_MANAGE, .refine = policies_refine },
	{ SENTINEL_INTERFACE_POLICIES, "Write", ACTION_POLICY_MANAGE, .refine = policies_refine },
	{ SENTINEL_INTERFACE_POLICIES, "Delete", ACTION_POLICY_MANAGE },
	{ SENTINEL_INTERFACE_JOB, "Cancel", ACTION_STATUS }, /* the handler knows whose it is */
	{ PROPERTIES, "Get", ACTION_STATUS },
	{ PROPERTIES, "GetAll", ACTION_STATUS },
	{ INTROSPECTABLE, "Introspect", NULL },
	{ PEER, "Ping", NULL },
	{ PEER, "GetMachineId", NULL },
};
const size_t gate_row_count = G_N_ELEMENTS(gate_rows);

const GateRow *gate_row(const char *interface, const char *member)
{
	for (size_t i = 0; member && i < gate_row_count; i++)
		if (!strcmp(gate_rows[i].member, member) && (!interface || !strcmp(gate_rows[i].interface, interface)))
			return &gate_rows[i];
	return NULL;
}

Ticket *ticket_ref(Ticket *ticket)
{
	ticket->users++;
	return ticket;
}

void ticket_unref(Ticket *ticket)
{
	if (!ticket || --ticket->users)
		return;
	sd_bus_slot_unref(ticket->slot);
	sd_bus_message_unref(ticket->call);
	g_free(ticket->policy);
	g_free(ticket->image);
	g_free(ticket->why);
	g_free(ticket);
}

/* Off the list: its reference there, and its place in the sender's quota. */
static void put_away(Ticket *ticket)
{
	Bus *bus = ticket->bus;

	ticket->bus = NULL;
	ticket->slot = sd_bus_slot_unref(ticket->slot);
	(void)g_queue_remove(&bus->tickets, ticket);
	quota_give_back(bus, sd_bus_message_get_sender(ticket->call));
	ticket_unref(ticket);
}

void gate_clear(Bus *bus)
{
	while (!g_queue_is_empty(&bus->tickets))
		put_away(g_queue_peek_head(&bus->tickets));
	g_clear_pointer(&bus->passing, ticket_unref);
}

static Ticket *find(const Bus *bus, const sd_bus_message *call)
{
	for (const GList *at = bus->tickets.head; at; at = at->next)
		if (((const Ticket *)at->data)->call == call)
			return at->data;
	return NULL;
}

bool gate_allows(const Bus *bus, const sd_bus_message *call, const char *action)
{
	const Ticket *ticket = bus->passing;

	return ticket && ticket->call == call && (ticket->trusted || !strcmp(ticket->granted, action));
}

uid_t gate_uid(const Bus *bus, const sd_bus_message *call)
{
	return bus->passing && bus->passing->call == call ? bus->passing->uid : (uid_t)-1;
}

static Ticket *ticket_new(Bus *bus, sd_bus_message *call, const GateRow *row)
{
	Ticket *ticket = g_new0(Ticket, 1);

	*ticket = (Ticket){ .users = 1, .bus = bus, .call = sd_bus_message_ref(call), .row = row, .action = row->action, .uid = (uid_t)-1 };
	return ticket;
}

/* On to the handler, which may ask for what the ticket says. */
static int pass(Bus *bus, Ticket *ticket)
{
	g_clear_pointer(&bus->passing, ticket_unref);
	bus->passing = ticket;
	(void)sd_event_source_set_enabled(bus->sweep, SD_EVENT_ONESHOT);
	return 0;
}

static void refuse(Ticket *ticket, const char *name, const char *message)
{
	log_debug("refused %s to uid %d: %s", ticket->row->member, (int)ticket->uid, name);
	(void)sd_bus_reply_method_error(ticket->call, &SD_BUS_ERROR_MAKE_CONST(name, message));
	put_away(ticket);
}

static void admit(Ticket *ticket)
{
	ticket->granted = ticket->action;
	if (sd_bus_enqueue_for_read(ticket->bus->connection, ticket->call) < 0)
		refuse(ticket, SENTINEL_ERROR_PREFIX "Busy", "too many calls wait; try again");
}

static void on_polkit(PolkitAnswer answer, void *data);

static void ask_polkit(Ticket *ticket)
{
	bool interactive = sd_bus_message_get_allow_interactive_authorization(ticket->call) > 0;
	const PolkitQuestion question = {
		.sender = sd_bus_message_get_sender(ticket->call), .action = ticket->action, .policy = ticket->policy, .mode = ticket->mode, .image = ticket->image, .why = ticket->why,
		.interactive = interactive && ticket->action != ticket->row->less,
	};

	ticket->slot = sd_bus_slot_unref(ticket->slot);
	if (polkit_ask(ticket->bus->connection, &question, on_polkit, ticket, &ticket->slot) < 0)
		refuse(ticket, SENTINEL_ERROR_PREFIX "Unavailable", "polkit cannot be asked; only root may do this");
}

static void on_polkit(PolkitAnswer answer, void *data)
{
	static const struct { const char *name, *message; } refusals[POLKIT_COUNT] = {
		[POLKIT_NO] = { SD_BUS_ERROR_ACCESS_DENIED, "you are not authorised to do this" },
		[POLKIT_CHALLENGE] = { SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, "this needs a password" },
		[POLKIT_NO_AGENT] = { SENTINEL_ERROR_PREFIX "NoAgent", "this needs a password, and there is no agent that could ask for it" },
		[POLKIT_DISMISSED] = { SENTINEL_ERROR_PREFIX "Dismissed", "the question for a password was dismissed" },
		[POLKIT_GONE] = { SENTINEL_ERROR_PREFIX "Unavailable", "polkit does not answer; until it does only root may do this" },
	};
	Ticket *ticket = data;

	if (answer == POLKIT_YES) {
		admit(ticket);
	} else if (ticket->row->less && ticket->action != ticket->row->less && answer != POLKIT_GONE) {
		ticket->action = ticket->row->less;
		ask_polkit(ticket);
	} else {
		refuse(ticket, refusals[answer].name, refusals[answer].message);
	}
}

void gate_refined(Ticket *ticket)
{
	if (ticket->bus)
		ask_polkit(ticket);
	ticket_unref(ticket);
}

/* On a session bus there is nobody but the user; polkit is the system bus's. */
static void judge(Ticket *ticket)
{
	ticket->trusted = ticket->uid == 0 || (ticket->bus->kind == BUS_SESSION && ticket->uid == geteuid());
	if (ticket->trusted)
		admit(ticket);
	else if (ticket->bus->kind == BUS_SESSION)
		refuse(ticket, SD_BUS_ERROR_ACCESS_DENIED, "this service is another user's");
	else if (!ticket->row->refine)
		ask_polkit(ticket);
	else if (!ticket->row->refine(ticket_ref(ticket)))
		refuse(ticket, SENTINEL_ERROR_PREFIX "Busy", "too many calls wait; try again");
}

static int on_uid(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	Ticket *ticket = data;
	uint32_t uid;

	(void)error;
	if (sd_bus_message_is_method_error(reply, NULL) || sd_bus_message_read_basic(reply, 'u', &uid) < 0) {
		refuse(ticket, SD_BUS_ERROR_ACCESS_DENIED, "the bus does not say who calls");
		return 0;
	}
	ticket->uid = uid;
	judge(ticket);
	return 0;
}

static int set_aside(Bus *bus, sd_bus_message *call, const GateRow *row)
{
	const char *sender = sd_bus_message_get_sender(call);

	if (!quota_take(bus, sender))
		return bus_reply_named(call, "LimitExceeded", "%u calls of yours wait for an answer already", LIMIT_CALLS_PER_SENDER);
	Ticket *ticket = ticket_new(bus, call, row);
	g_queue_push_tail(&bus->tickets, ticket);
	if (!sender || sd_bus_call_method_async(bus->connection, &ticket->slot, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
			       "GetConnectionUnixUser", on_uid, ticket, "s", sender) < 0)
		refuse(ticket, SD_BUS_ERROR_ACCESS_DENIED, "the bus does not say who calls");
	return 1;
}

static int on_message(sd_bus_message *call, void *data, sd_bus_error *error)
{
	const char *interface = sd_bus_message_get_interface(call), *member = sd_bus_message_get_member(call);
	Bus *bus = data;
	uint8_t type;

	(void)error;
	if (sd_bus_message_get_type(call, &type) < 0 || type != SD_BUS_MESSAGE_METHOD_CALL)
		return 0;
	const GateRow *row = gate_row(interface, member);
	if (!row) {
		/* 0 would let it on to a handler; that is what this returns when the caller wants no answer. */
		int r = sd_bus_reply_method_errorf(call, SD_BUS_ERROR_UNKNOWN_METHOD, "%s has no method %s", interface ? interface : "The service", member ? member : "");
		return r < 0 ? r : 1;
	}
	if (!row->action)
		return 0;
	Ticket *ticket = find(bus, call);
	if (ticket && ticket->granted) {
		(void)ticket_ref(ticket);
		put_away(ticket);
		return pass(bus, ticket);
	}
	if (bus->kind != BUS_PEER)
		return ticket ? 1 : set_aside(bus, call, row);
	/* On a socketpair the caller started us. */
	ticket = ticket_new(bus, call, row);
	ticket->granted = ticket->action;
	ticket->trusted = true;
	ticket->uid = getuid();
	return pass(bus, ticket);
}

/* The handler has returned.  A call that is kept keeps the descriptors that came with it. */
static int on_sweep(sd_event_source *source, void *data)
{
	Bus *bus = data;

	(void)source;
	g_clear_pointer(&bus->passing, ticket_unref);
	return 0;
}

int gate_prepare(Bus *bus)
{
	int r = sd_event_add_defer(bus->context->event, &bus->sweep, on_sweep, bus);

	return r < 0 ? r : sd_event_source_set_enabled(bus->sweep, SD_EVENT_OFF);
}

int gate_install(Bus *bus)
{
	return sd_bus_add_filter(bus->connection, NULL, on_message, bus);
}
