/* SPDX-License-Identifier: MIT
 *
 * The files in policies/: all of them are read on the worker.
 */
#include <string.h>
#include "base/limits.h"
#include "bus/errand.h"
#include "policy/store.h"

static void list_work(void *data)
{
	Errand *errand = data;

	errand->infos = store_list(errand->policies_dir, &errand->error);
}

static int append_infos(sd_bus_message *reply, const GPtrArray *infos, const char *active)
{
	int r = sd_bus_message_open_container(reply, 'a', "(sssb)");

	for (guint i = 0; r >= 0 && i < infos->len; i++) {
		const PolicyInfo *info = g_ptr_array_index(infos, i);
		r = sd_bus_message_append(reply, "(sssb)", info->name, info->mode, info->description, (int)!strcmp(info->name, active));
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static void list_done(void *data)
{
	Errand *errand = data;
	sd_bus_message *reply = NULL;

	if (errand_failed(errand))
		return;
	const World *world = world_acquire(errand->bus->context->cell);
	int r = sd_bus_message_new_method_return(errand->call, &reply);
	if (r >= 0)
		r = append_infos(reply, errand->infos, world->policy ? policy_file_name(world->policy) : "");
	if (r >= 0)
		(void)sd_bus_send(NULL, reply, NULL);
	world_release(world);
	sd_bus_message_unref(reply);
	errand_free(errand);
}

static int list(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	return errand_submit(errand_new(bus, call, ""), list_work, list_done);
}

static void get_work(void *data)
{
	Errand *errand = data;

	errand->text = store_read(errand->policies_dir, errand->argument, &errand->error);
}

static void get_done(void *data)
{
	Errand *errand = data;

	if (errand_failed(errand))
		return;
	if (g_utf8_validate(errand->text, -1, NULL))
		(void)sd_bus_reply_method_return(errand->call, "s", errand->text);
	else
		(void)bus_reply_named(errand->call, "Failed", "the policy %s is not UTF-8 text", errand->argument);
	errand_free(errand);
}

static int get(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	const char *name;
	int r = sd_bus_message_read(call, "s", &name);

	return r < 0 ? r : errand_submit(errand_new(bus, call, name), get_work, get_done);
}

static void check_work(void *data)
{
	Errand *errand = data;

	policy_unref(policy_parse("policy.yaml", errand->argument, strlen(errand->argument), errand->diagnostics));
}

int bus_append_diagnostics(sd_bus_message *reply, const GPtrArray *diagnostics)
{
	int r = sd_bus_message_open_container(reply, 'a', "(suuss)");

	for (guint i = 0; r >= 0 && i < diagnostics->len; i++) {
		const Diagnostic *d = g_ptr_array_index(diagnostics, i);
		r = sd_bus_message_append(reply, "(suuss)", d->file, d->line, d->column, d->level == DIAGNOSTIC_ERROR ? "error" : "warning", d->message);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static void check_done(void *data)
{
	Errand *errand = data;
	sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(errand->call, &reply);

	if (r >= 0 && bus_append_diagnostics(reply, errand->diagnostics) >= 0)
		(void)sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	errand_free(errand);
}

static int check(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	const char *text;
	int r = sd_bus_message_read(call, "s", &text);

	if (r < 0)
		return r;
	if (strlen(text) > LIMIT_POLICY_BYTES)
		return bus_reply_named(call, "LimitExceeded", "a policy has at most %u bytes", LIMIT_POLICY_BYTES);
	return errand_submit(errand_new(bus, call, text), check_work, check_done);
}

const sd_bus_vtable policies_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("List", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(sssb)", policies), list, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Get", SD_BUS_ARGS("s", name), SD_BUS_RESULT("s", yaml), get, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Check", SD_BUS_ARGS("s", yaml), SD_BUS_RESULT("a(suuss)", diagnostics), check, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Test", SD_BUS_ARGS("s", yaml), SD_BUS_RESULT("a(suuss)", diagnostics, "a(suss)", results), policies_test,
		SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Coverage", SD_BUS_ARGS("s", name), SD_BUS_RESULT("a(ssss)", items), policies_coverage, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("ProfileDigest", SD_BUS_ARGS("s", json), SD_BUS_RESULT("s", digest), policies_digest, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Use", SD_BUS_ARGS("s", name), SD_BUS_NO_RESULT, policies_use, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Write", SD_BUS_ARGS("s", name, "s", yaml), SD_BUS_NO_RESULT, policies_write, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Delete", SD_BUS_ARGS("s", name), SD_BUS_NO_RESULT, policies_delete, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};
