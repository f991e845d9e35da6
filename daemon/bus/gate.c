/* SPDX-License-Identifier: MIT
 *
 * The gate: one table, one place, before every handler.  What has no row is refused.
 */
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "bus/internal.h"

#define PROPERTIES "org.freedesktop.DBus.Properties"
#define INTROSPECTABLE "org.freedesktop.DBus.Introspectable"
#define PEER "org.freedesktop.DBus.Peer"

static const struct { const char *interface, *member; GateLevel level; } rows[] = {
	{ SENTINEL_INTERFACE_MANAGER, "Validate", GATE_OPEN },
	{ SENTINEL_INTERFACE_MANAGER, "ValidateRequest", GATE_OPEN },
	{ SENTINEL_INTERFACE_MANAGER, "ReloadPolicy", GATE_ADMIN },
	{ SENTINEL_INTERFACE_MANAGER, "AuditQuery", GATE_ADMIN },
	{ SENTINEL_INTERFACE_POLICIES, "List", GATE_OPEN },
	{ SENTINEL_INTERFACE_POLICIES, "Get", GATE_OPEN },
	{ SENTINEL_INTERFACE_POLICIES, "Check", GATE_OPEN },
	{ SENTINEL_INTERFACE_POLICIES, "Test", GATE_OPEN },
	{ SENTINEL_INTERFACE_POLICIES, "Coverage", GATE_OPEN },
	{ SENTINEL_INTERFACE_POLICIES, "Use", GATE_ADMIN },
	{ SENTINEL_INTERFACE_POLICIES, "Write", GATE_ADMIN },
	{ SENTINEL_INTERFACE_POLICIES, "Delete", GATE_ADMIN },
	{ PROPERTIES, "Get", GATE_OPEN },
	{ PROPERTIES, "GetAll", GATE_OPEN },
	{ INTROSPECTABLE, "Introspect", GATE_OPEN },
	{ PEER, "Ping", GATE_OPEN },
	{ PEER, "GetMachineId", GATE_OPEN },
};

GateLevel gate_level(const char *interface, const char *member)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (!strcmp(rows[i].member, member) && (!interface || !strcmp(rows[i].interface, interface)))
			return rows[i].level;
	return GATE_REFUSED;
}

/* Root, and who the daemon itself runs as; on a socketpair the caller started us. */
static bool caller_is_admin(const Bus *bus, sd_bus_message *call)
{
	sd_bus_creds *creds = NULL;
	uid_t uid = (uid_t)-1;

	if (bus->kind == BUS_PEER)
		return true;
	bool known = sd_bus_query_sender_creds(call, SD_BUS_CREDS_EUID, &creds) >= 0 && sd_bus_creds_get_euid(creds, &uid) >= 0;
	sd_bus_creds_unref(creds);
	return known && (uid == 0 || uid == geteuid());
}

static int on_message(sd_bus_message *call, void *data, sd_bus_error *error)
{
	const char *interface = sd_bus_message_get_interface(call), *member = sd_bus_message_get_member(call);
	uint8_t type;

	(void)error;
	if (sd_bus_message_get_type(call, &type) < 0 || type != SD_BUS_MESSAGE_METHOD_CALL)
		return 0;
	GateLevel level = member ? gate_level(interface, member) : GATE_REFUSED;
	if (level == GATE_OPEN || (level == GATE_ADMIN && caller_is_admin(data, call)))
		return 0;
	log_debug("refused %s.%s to %s", interface ? interface : "", member ? member : "", sd_bus_message_get_sender(call) ? sd_bus_message_get_sender(call) : "peer");
	if (level == GATE_REFUSED)
		return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_UNKNOWN_METHOD, "%s has no method %s", interface ? interface : "The service", member ? member : "");
	return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_ACCESS_DENIED, "%s is for root only", member);
}

int gate_install(Bus *bus)
{
	return sd_bus_add_filter(bus->connection, NULL, on_message, bus);
}
