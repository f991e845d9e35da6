/* SPDX-License-Identifier: MIT
 *
 * The files in policies/: all of them are read on the worker.
 */
#include <string.h>
#include "base/limits.h"
#include "bus/internal.h"
#include "core/config.h"
#include "policy/store.h"

/* One call on its way through the worker. */
typedef struct Errand {
	Bus *bus;
	sd_bus_message *call;
	char *policies_dir, *config_file;
	char *argument; /* a policy's name, or its text */
	GPtrArray *infos, *diagnostics;
	char *text;
	GError *error;
} Errand;

static Errand *errand_new(Bus *bus, sd_bus_message *call, const char *argument)
{
	Errand *errand = g_new0(Errand, 1);

	*errand = (Errand){
		.bus = bus, .call = sd_bus_message_ref(call), .policies_dir = g_strdup(bus->context->paths->policies_dir),
		.config_file = g_strdup(bus->context->paths->config_file), .argument = g_strdup(argument), .diagnostics = diagnostics_new(),
	};
	return errand;
}

static void errand_free(Errand *errand)
{
	sd_bus_message_unref(errand->call);
	g_free(errand->policies_dir);
	g_free(errand->config_file);
	g_free(errand->argument);
	g_free(errand->text);
	g_clear_error(&errand->error);
	if (errand->infos)
		g_ptr_array_unref(errand->infos);
	g_ptr_array_unref(errand->diagnostics);
	g_free(errand);
}

static int submit(Errand *errand, JobFn work, JobFn done)
{
	if (worker_submit(errand->bus->context->worker, work, done, errand))
		return 1;
	int r = bus_reply_named(errand->call, "Busy", "too many calls wait; try again");
	errand_free(errand);
	return r;
}

/* True when the errand failed and the caller was told. */
static bool failed(Errand *errand)
{
	if (!errand->error)
		return false;
	(void)bus_reply_error(errand->call, errand->error);
	errand_free(errand);
	return true;
}

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

	if (failed(errand))
		return;
	const World *world = world_acquire(errand->bus->context->cell);
	int r = sd_bus_message_new_method_return(errand->call, &reply);
	if (r >= 0)
		r = append_infos(reply, errand->infos, world->policy ? policy_name(world->policy) : "");
	if (r >= 0)
		(void)sd_bus_send(NULL, reply, NULL);
	world_release(world);
	sd_bus_message_unref(reply);
	errand_free(errand);
}

static int list(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	return submit(errand_new(bus, call, ""), list_work, list_done);
}

static void get_work(void *data)
{
	Errand *errand = data;

	errand->text = store_read(errand->policies_dir, errand->argument, &errand->error);
}

static void get_done(void *data)
{
	Errand *errand = data;

	if (failed(errand))
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

	return r < 0 ? r : submit(errand_new(bus, call, name), get_work, get_done);
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
	return submit(errand_new(bus, call, text), check_work, check_done);
}

/* A policy that does not load is never made the active one. */
static void use_work(void *data)
{
	Errand *errand = data;
	g_autoptr(Policy) policy = store_load(errand->policies_dir, errand->argument, errand->diagnostics);

	if (policy)
		(void)config_set_active_policy(errand->config_file, errand->argument, &errand->error);
}

static void use_reloaded(const ReloadResult *result, void *data)
{
	Errand *errand = data;

	if (result->error)
		(void)bus_reply_named(errand->call, "PolicyInvalid", "%s", result->error);
	else
		(void)sd_bus_reply_method_return(errand->call, "");
	errand_free(errand);
}

static void use_done(void *data)
{
	Errand *errand = data;
	g_autofree char *problem = diagnostics_first_error(errand->diagnostics);

	if (failed(errand))
		return;
	if (!problem) {
		reload_start(errand->bus->context->reload, use_reloaded, errand);
		return;
	}
	(void)bus_reply_named(errand->call, "PolicyInvalid", "%s", problem);
	errand_free(errand);
}

static int use(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	const char *name;
	int r = sd_bus_message_read(call, "s", &name);

	return r < 0 ? r : submit(errand_new(bus, call, name), use_work, use_done);
}

/* A policy that does not load is never written. */
static void write_work(void *data)
{
	Errand *errand = data;

	policy_unref(policy_parse(errand->text, errand->argument, strlen(errand->argument), errand->diagnostics));
	if (!diagnostics_have_error(errand->diagnostics))
		(void)store_write(errand->policies_dir, errand->text, errand->argument, &errand->error);
}

static void delete_work(void *data)
{
	Errand *errand = data;

	(void)store_delete(errand->policies_dir, errand->argument, &errand->error);
}

static void change_done(void *data)
{
	Errand *errand = data;
	g_autofree char *problem = diagnostics_first_error(errand->diagnostics);

	if (failed(errand))
		return;
	if (problem)
		(void)bus_reply_named(errand->call, "PolicyInvalid", "%s", problem);
	else
		(void)sd_bus_reply_method_return(errand->call, "");
	errand_free(errand);
}

static int write_policy(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	const char *name, *text;
	int r = sd_bus_message_read(call, "ss", &name, &text);

	if (r < 0)
		return r;
	Errand *errand = errand_new(bus, call, text);
	errand->text = g_strdup(name);
	return submit(errand, write_work, change_done);
}

/* The policy in force stays: without its file the next start would be a lockdown. */
static int delete_policy(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	const char *name;
	int r = sd_bus_message_read(call, "s", &name);

	if (r < 0)
		return r;
	const World *world = world_acquire(((Bus *)bus)->context->cell);
	bool active = world->policy && !strcmp(policy_name(world->policy), name);
	world_release(world);
	if (active)
		return bus_reply_named(call, "Busy", "the policy %s is in force; put another one in force first", name);
	return submit(errand_new(bus, call, name), delete_work, change_done);
}

const sd_bus_vtable policies_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("List", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(sssb)", policies), list, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Get", SD_BUS_ARGS("s", name), SD_BUS_RESULT("s", yaml), get, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Check", SD_BUS_ARGS("s", yaml), SD_BUS_RESULT("a(suuss)", diagnostics), check, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Test", SD_BUS_ARGS("s", yaml), SD_BUS_RESULT("a(suuss)", diagnostics, "a(suss)", results), policies_test,
		SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Coverage", SD_BUS_ARGS("s", name), SD_BUS_RESULT("a(ssss)", items), policies_coverage, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Use", SD_BUS_ARGS("s", name), SD_BUS_NO_RESULT, use, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Write", SD_BUS_ARGS("s", name, "s", yaml), SD_BUS_NO_RESULT, write_policy, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Delete", SD_BUS_ARGS("s", name), SD_BUS_NO_RESULT, delete_policy, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};
