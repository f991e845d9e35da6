/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "bus/task.h"
#include "config.h"

int get_version(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	return sd_bus_message_append_basic(reply, 's', SENTINEL_VERSION);
}

int get_active_policy(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data,
	sd_bus_error *error)
{
	const World *world = world_acquire(((Bus *)data)->context->cell);
	int r = sd_bus_message_append_basic(reply, 's', world->policy ? policy_name(world->policy) : "");

	world_release(world);
	return r;
}

int get_mode(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const World *world = world_acquire(((Bus *)data)->context->cell);
	int r = sd_bus_message_append_basic(reply, 's', world->policy ? mode_name(policy_mode(world->policy)) : "");

	world_release(world);
	return r;
}

int get_state(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const BusContext *context = ((Bus *)data)->context;
	const World *world = world_acquire(context->cell);
	bool degraded = atomic_load(&context->status->audit_down) || *reload_error(context->reload);
	int r = sd_bus_message_append_basic(reply, 's', !world->policy ? "lockdown" : degraded ? "degraded" : "serving");

	world_release(world);
	return r;
}

int get_generation(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data,
	sd_bus_error *error)
{
	const World *world = world_acquire(((Bus *)data)->context->cell);
	int r = sd_bus_message_append_basic(reply, 't', &world->generation);

	world_release(world);
	return r;
}

int get_policy_error(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data,
	sd_bus_error *error)
{
	return sd_bus_message_append_basic(reply, 's', reload_error(((Bus *)data)->context->reload));
}

int get_audit_warning(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data,
	sd_bus_error *error)
{
	bool low = atomic_load(&((Bus *)data)->context->status->disk_low);

	return sd_bus_message_append_basic(reply, 's', low ? "the disk with the audit trail is nearly full" : "");
}

int get_plugin_socket(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data,
	sd_bus_error *error)
{
	return sd_bus_message_append_basic(reply, 's', ((Bus *)data)->context->plugin_socket);
}

int get_counter(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	Status *status = ((Bus *)data)->context->status;
	const struct { const char *name; _Atomic uint64_t *counter; } counters[] = {
		{ "Allowed", &status->allowed }, { "Denied", &status->denied }, { "Warned", &status->warned }, { "AuditWriteErrors", &status->audit_write_errors },
		{ "AskedFirst", &status->asked_first_us }, { "AskedLast", &status->asked_last_us },
	};
	uint64_t value = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(counters); i++)
		if (!strcmp(counters[i].name, property))
			value = atomic_load(counters[i].counter);
	return sd_bus_message_append_basic(reply, 't', &value);
}

static void reload_done(const ReloadResult *result, void *data)
{
	Task *task = data;

	*(uint64_t *)task->work.data = result->generation;
	if (result->error)
		(void)work_fail(&task->work, "PolicyInvalid", "%s", result->error);
	task_finish(task);
}

static void reload_begin(Task *task)
{
	reload_start(task->bus->context->reload, reload_done, task);
}

static int reload_answer(Task *task, sd_bus_message *reply)
{
	return sd_bus_message_append_basic(reply, 't', task->work.data);
}

const Handler reload_policy = { .size = sizeof(uint64_t), .begin = reload_begin, .answer = reload_answer };

void bus_on_notice(Bus *bus, const Notice *notice)
{
	if (bus && bus->connection)
		subscribers_tell(bus, notice);
}

void bus_on_built(Bus *bus, const BusBuilt *built)
{
	if (bus && bus->connection)
		subscribers_tell_built(bus, built);
}

void bus_on_relaxed(Bus *bus, Policy *policy, const char *why)
{
	if (bus && bus->connection)
		(void)sd_bus_emit_signal(bus->connection, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, "PolicyRelaxed", "sss", policy_name(policy),
			mode_name(policy_mode(policy)), why);
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
