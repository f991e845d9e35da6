/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "bus/internal.h"
#include "config.h"

static int get_version(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	return sd_bus_message_append_basic(reply, 's', SENTINEL_VERSION);
}

static int get_active_policy(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data,
	sd_bus_error *error)
{
	const World *world = world_acquire(((Bus *)data)->context->cell);
	int r = sd_bus_message_append_basic(reply, 's', world->policy ? policy_name(world->policy) : "");

	world_release(world);
	return r;
}

static int get_mode(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const World *world = world_acquire(((Bus *)data)->context->cell);
	int r = sd_bus_message_append_basic(reply, 's', world->policy ? mode_name(policy_mode(world->policy)) : "");

	world_release(world);
	return r;
}

static int get_state(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const BusContext *context = ((Bus *)data)->context;
	const World *world = world_acquire(context->cell);
	bool degraded = atomic_load(&context->status->audit_down) || *reload_error(context->reload);
	int r = sd_bus_message_append_basic(reply, 's', !world->policy ? "lockdown" : degraded ? "degraded" : "serving");

	world_release(world);
	return r;
}

static int get_generation(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data,
	sd_bus_error *error)
{
	const World *world = world_acquire(((Bus *)data)->context->cell);
	int r = sd_bus_message_append_basic(reply, 't', &world->generation);

	world_release(world);
	return r;
}

static int get_policy_error(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data,
	sd_bus_error *error)
{
	return sd_bus_message_append_basic(reply, 's', reload_error(((Bus *)data)->context->reload));
}

static int get_counter(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	Status *status = ((Bus *)data)->context->status;
	const struct { const char *name; _Atomic uint64_t *counter; } counters[] = {
		{ "Allowed", &status->allowed }, { "Denied", &status->denied }, { "Warned", &status->warned },
	};
	uint64_t value = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(counters); i++)
		if (!strcmp(counters[i].name, property))
			value = atomic_load(counters[i].counter);
	return sd_bus_message_append_basic(reply, 't', &value);
}

static void reload_done(const ReloadResult *result, void *data)
{
	sd_bus_message *call = data;

	if (result->error)
		(void)bus_reply_named(call, "PolicyInvalid", "%s", result->error);
	else
		(void)sd_bus_reply_method_return(call, "t", result->generation);
	sd_bus_message_unref(call);
}

static int reload_policy(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	reload_start(((Bus *)bus)->context->reload, reload_done, sd_bus_message_ref(call));
	return 1;
}

const sd_bus_vtable manager_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("Validate", SD_BUS_ARGS("as", argv, "a{sv}", options),
		SD_BUS_RESULT("b", allowed, "u", risk_score, "a(sssss)", findings, "as", mitigations, "a{sv}", details), validate_argv, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("ValidateRequest", SD_BUS_ARGS("s", method, "s", uri, "ay", body, "a{sv}", options),
		SD_BUS_RESULT("b", allowed, "u", risk_score, "a(sssss)", findings, "as", mitigations, "a{sv}", details), validate_request,
		SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("ReloadPolicy", SD_BUS_NO_ARGS, SD_BUS_RESULT("t", generation), reload_policy, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("AuditQuery", SD_BUS_ARGS("a{sv}", filter, "u", limit, "t", before_id), SD_BUS_RESULT("aa{sv}", entries), audit_query,
		SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Diagnose", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(ssss)", checks), diagnose, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("ProbeDocker", SD_BUS_NO_ARGS, SD_BUS_RESULT("s", state, "s", message), probe_docker, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Scan", SD_BUS_ARGS("s", image, "a{sv}", options), SD_BUS_RESULT("o", job), scan_image, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("CreateGrant", SD_BUS_ARGS("t", decision_id, "a{sv}", options), SD_BUS_RESULT("t", grant), grants_create, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("RevokeGrant", SD_BUS_ARGS("t", grant), SD_BUS_NO_RESULT, grants_revoke, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("ListGrants", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", grants), grants_list, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Subscribe", SD_BUS_NO_ARGS, SD_BUS_RESULT("o", path), subscribe, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Unsubscribe", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, unsubscribe, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY("Version", "s", get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("ActivePolicy", "s", get_active_policy, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Mode", "s", get_mode, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("State", "s", get_state, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("PolicyGeneration", "t", get_generation, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("PolicyError", "s", get_policy_error, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Allowed", "t", get_counter, 0, 0),
	SD_BUS_PROPERTY("Denied", "t", get_counter, 0, 0),
	SD_BUS_PROPERTY("Warned", "t", get_counter, 0, 0),
	SD_BUS_SIGNAL_WITH_ARGS("DecisionMade", SD_BUS_ARGS("t", id, "s", decision, "u", risk_score, "s", user, "s", summary), 0),
	SD_BUS_SIGNAL_WITH_ARGS("PolicyChanged", SD_BUS_ARGS("s", name, "s", mode, "t", generation), 0),
	SD_BUS_SIGNAL_WITH_ARGS("PolicyRejected", SD_BUS_ARGS("s", name, "s", message), 0),
	SD_BUS_VTABLE_END,
};

void bus_on_notice(Bus *bus, const Notice *notice)
{
	if (bus && bus->connection)
		subscribers_tell(bus, notice);
}

void bus_on_reload(Bus *bus, const ReloadResult *result)
{
	if (!bus || !bus->connection)
		return;
	if (result->changed) {
		const World *world = world_acquire(bus->context->cell);
		(void)sd_bus_emit_signal(bus->connection, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, "PolicyChanged", "sst", policy_name(world->policy),
			mode_name(policy_mode(world->policy)), world->generation);
		world_release(world);
	} else {
		(void)sd_bus_emit_signal(bus->connection, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, "PolicyRejected", "ss",
			result->policy ? result->policy : "", result->error);
	}
	(void)sd_bus_emit_properties_changed(bus->connection, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, "ActivePolicy", "Mode", "State",
		"PolicyGeneration", "PolicyError", NULL);
}
