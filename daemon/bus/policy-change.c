/* SPDX-License-Identifier: MIT
 *
 * What changes policies: Use, Write, Delete.  One change at a time, from the look at what is in force until the result is in
 * force: two that are sent back to back cannot hide behind each other.  Whether a change makes the guard laxer is found out three
 * times: for the gate (policy-refine.c), when the file is written, and when it is published, because files change in between.
 */
#include <string.h>
#include "base/error.h"
#include "base/limits.h"
#include "bus/change.h"
#include "bus/errand.h"
#include "bus/gate.h"
#include "core/config.h"
#include "policy/review/laxer.h"
#include "policy/store.h"

/* On the worker. */

static bool check_laxer(Errand *errand, const World *world, const Policy *policy)
{
	g_autofree char *why = errand->may_relax ? NULL : policy_laxer_why(world->policy, policy);

	if (!why)
		return true;
	g_set_error(&errand->error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "the policies changed while you were asked, and now this would let more through (%s); try again", why);
	return false;
}

/* A policy that does not load is never made the active one. */
static void use_work(void *data)
{
	Errand *errand = data;
	g_autoptr(Policy) policy = store_load(errand->policies_dir, errand->argument, errand->diagnostics);
	const World *world = world_acquire(errand->bus->context->cell);

	errand->active = true;
	if (policy && check_laxer(errand, world, policy)) {
		(void)g_file_get_contents(errand->config_file, &errand->old, NULL, NULL);
		errand->written = config_set_active_policy(errand->config_file, errand->kept, errand->argument, &errand->error);
	}
	world_release(world);
}

static void use_undo(void *data)
{
	Errand *errand = data;

	(void)config_put(errand->config_file, errand->old, &errand->error);
}

static void write_work(void *data)
{
	Errand *errand = data;
	g_autoptr(Policy) policy = policy_parse(errand->argument, errand->yaml, strlen(errand->yaml), errand->diagnostics);
	const World *world = world_acquire(errand->bus->context->cell);

	errand->active = change_counts(world, errand->config_file, errand->wanted, errand->argument);
	if (policy && strcmp(policy_name(policy), errand->argument) != 0)
		g_set_error(&errand->error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "the policy calls itself %s: write name: %s", policy_name(policy), errand->argument);
	else if (policy && (!errand->active || check_laxer(errand, world, policy))) {
		errand->old = store_read(errand->policies_dir, errand->argument, NULL);
		errand->written = store_write(errand->policies_dir, errand->argument, errand->yaml, &errand->error);
	}
	world_release(world);
}

static void write_undo(void *data)
{
	Errand *errand = data;

	if (errand->old)
		(void)store_write(errand->policies_dir, errand->argument, errand->old, &errand->error);
	else
		(void)store_delete(errand->policies_dir, errand->argument, &errand->error);
}

static void delete_work(void *data)
{
	Errand *errand = data;
	const World *world = world_acquire(errand->bus->context->cell);

	if (change_counts(world, errand->config_file, errand->wanted, errand->argument))
		g_set_error(&errand->error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "%s is the policy in force, or will be; put another in force first", errand->argument);
	else
		(void)store_delete(errand->policies_dir, errand->argument, &errand->error);
	world_release(world);
}

/* On main. */

static void begin(Bus *bus);

/* It is over, and was answered. */
static void end(Errand *errand)
{
	Bus *bus = errand->bus;

	(void)g_queue_pop_head(&bus->changes);
	errand_free(errand);
	reload_guard(bus->context->reload, false);
	begin(bus);
}

static void undone(void *data)
{
	Errand *errand = data;

	if (errand->error)
		(void)bus_reply_error(errand->call, errand->error);
	else
		(void)bus_reply_named(errand->call, "Busy", "the policies changed while you were asked: %s; nothing was changed, try again", errand->text);
	end(errand);
}

static void undo(Errand *errand, const char *problem)
{
	errand->text = g_strdup(problem);
	if (worker_submit(errand->bus->context->worker, errand->undo, undone, errand))
		return;
	errand->undo(errand);
	undone(errand);
}

static void reloaded(const ReloadResult *result, void *data)
{
	Errand *errand = data;

	if (result->refused) {
		undo(errand, result->error);
		return;
	}
	if (result->error)
		(void)bus_reply_named(errand->call, "PolicyInvalid", "%s", result->error);
	else
		(void)sd_bus_reply_method_return(errand->call, "");
	end(errand);
}

static void change_done(void *data)
{
	Errand *errand = data;
	g_autofree char *problem = diagnostics_first_error(errand->diagnostics);

	if (errand->written && errand->active) {
		reload_start(errand->bus->context->reload, reloaded, errand);
		return;
	}
	if (errand->error)
		(void)bus_reply_error(errand->call, errand->error);
	else if (problem)
		(void)bus_reply_named(errand->call, "PolicyInvalid", "%s", problem);
	else
		(void)sd_bus_reply_method_return(errand->call, "");
	end(errand);
}

/* The first of those that wait. */
static void begin(Bus *bus)
{
	Errand *errand = g_queue_peek_head(&bus->changes);

	if (!errand)
		return;
	errand->kept = g_strdup(reload_kept(bus->context->reload));
	errand->wanted = g_strdup(reload_wanted(bus->context->reload));
	reload_guard(bus->context->reload, !errand->may_relax);
	if (bus_submit(bus, errand->call, errand->work, change_done, errand))
		return;
	(void)bus_reply_named(errand->call, "Busy", "too many calls wait; try again");
	end(errand);
}

static int submit(Errand *errand, JobFn work, JobFn undo_work)
{
	Bus *bus = errand->bus;

	if (g_queue_get_length(&bus->changes) >= LIMIT_JOBS) {
		int r = bus_reply_named(errand->call, "Busy", "too many calls wait; try again");
		errand_free(errand);
		return r;
	}
	errand->work = work;
	errand->undo = undo_work;
	errand->may_relax = gate_allows(bus, errand->call, ACTION_MODE_RELAX);
	g_queue_push_tail(&bus->changes, errand);
	if (g_queue_get_length(&bus->changes) == 1)
		begin(bus);
	return 1;
}

void changes_clear(Bus *bus)
{
	for (Errand *errand; (errand = g_queue_pop_head(&bus->changes)); errand_free(errand))
		;
}

int policies_use(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	const char *name;
	int r = sd_bus_message_read(call, "s", &name);

	return r < 0 ? r : submit(errand_new(bus, call, name), use_work, use_undo);
}

int policies_write(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	const char *name, *yaml;
	int r = sd_bus_message_read(call, "ss", &name, &yaml);

	if (r < 0)
		return r;
	if (strlen(yaml) > LIMIT_POLICY_BYTES)
		return bus_reply_named(call, "LimitExceeded", "a policy has at most %u bytes", LIMIT_POLICY_BYTES);
	Errand *errand = errand_new(bus, call, name);
	errand->yaml = g_strdup(yaml);
	return submit(errand, write_work, write_undo);
}

int policies_delete(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	const char *name;
	int r = sd_bus_message_read(call, "s", &name);

	return r < 0 ? r : submit(errand_new(bus, call, name), delete_work, NULL);
}
