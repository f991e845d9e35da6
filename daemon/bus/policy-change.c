/* SPDX-License-Identifier: MIT
 *
 * What changes policies: Use, Write, Delete.  Whether a change makes the guard laxer is found out
 * twice: for the gate, which asks for the right authorization, and again when it is done, because
 * the files may have changed in between.
 */
#include <string.h>
#include "base/error.h"
#include "base/limits.h"
#include "bus/errand.h"
#include "bus/gate.h"
#include "core/config.h"
#include "policy/laxer.h"
#include "policy/store.h"

static bool is_active(const World *world, const char *name)
{
	return world->policy && !strcmp(policy_name(world->policy), name);
}

/* The gate's look at a call. */

typedef struct Refinement {
	Ticket *ticket;
	WorldCell *cell;
	char *policies_dir, *name, *yaml; /* yaml NULL: Use */
	const char *mode;
	bool laxer;
} Refinement;

static void refine_work(void *data)
{
	Refinement *refinement = data;
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	const World *world = world_acquire(refinement->cell);
	bool counts = !refinement->yaml || is_active(world, refinement->name);
	g_autoptr(Policy) policy = refinement->yaml ? policy_parse(refinement->name, refinement->yaml, strlen(refinement->yaml), diagnostics)
						    : store_load(refinement->policies_dir, refinement->name, diagnostics);

	refinement->laxer = policy && counts && policy_is_laxer(world->policy, policy);
	refinement->mode = policy ? mode_name(policy_mode(policy)) : NULL;
	world_release(world);
}

static void refinement_free(Refinement *refinement)
{
	g_free(refinement->policies_dir);
	g_free(refinement->name);
	g_free(refinement->yaml);
	g_free(refinement);
}

static void refine_done(void *data)
{
	Refinement *refinement = data;
	Ticket *ticket = refinement->ticket;

	ticket->policy = g_strdup(store_name_valid(refinement->name) ? refinement->name : "");
	ticket->mode = refinement->mode;
	if (refinement->laxer)
		ticket->action = ACTION_MODE_RELAX;
	refinement_free(refinement);
	gate_refined(ticket);
}

bool policies_refine(Ticket *ticket)
{
	Bus *bus = ticket->bus;
	const char *name = "", *yaml = NULL;
	bool writes = !strcmp(ticket->row->member, "Write");
	int r = sd_bus_message_read_basic(ticket->call, 's', &name);

	if (r >= 0 && writes)
		r = sd_bus_message_read_basic(ticket->call, 's', &yaml);
	(void)sd_bus_message_rewind(ticket->call, true);
	if (r <= 0 || (yaml && strlen(yaml) > LIMIT_POLICY_BYTES)) {
		gate_refined(ticket); /* the handler says what is wrong with it */
		return true;
	}
	Refinement *refinement = g_new0(Refinement, 1);
	*refinement = (Refinement){
		.ticket = ticket, .cell = bus->context->cell, .policies_dir = g_strdup(bus->context->paths->policies_dir), .name = g_strdup(name),
		.yaml = g_strdup(yaml),
	};
	if (worker_submit(bus->context->worker, refine_work, refine_done, refinement))
		return true;
	refinement_free(refinement);
	ticket_unref(ticket);
	return false;
}

/* The handlers. */

static bool check_laxer(Errand *errand, const World *world, const Policy *policy)
{
	if (errand->may_relax || !policy_is_laxer(world->policy, policy))
		return true;
	g_set_error(&errand->error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "the policies changed while you were asked; try again");
	return false;
}

/* A policy that does not load is never made the active one. */
static void use_work(void *data)
{
	Errand *errand = data;
	g_autoptr(Policy) policy = store_load(errand->policies_dir, errand->argument, errand->diagnostics);
	const World *world = world_acquire(errand->bus->context->cell);

	if (policy && check_laxer(errand, world, policy))
		(void)config_set_active_policy(errand->config_file, errand->argument, &errand->error);
	world_release(world);
}

static void write_work(void *data)
{
	Errand *errand = data;
	g_autoptr(Policy) policy = policy_parse(errand->argument, errand->yaml, strlen(errand->yaml), errand->diagnostics);
	const World *world = world_acquire(errand->bus->context->cell);

	errand->active = is_active(world, errand->argument);
	if (policy && strcmp(policy_name(policy), errand->argument) != 0)
		g_set_error(&errand->error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "the policy calls itself %s: write name: %s", policy_name(policy), errand->argument);
	else if (policy && (!errand->active || check_laxer(errand, world, policy)))
		(void)store_write(errand->policies_dir, errand->argument, errand->yaml, &errand->error);
	world_release(world);
}

static void delete_work(void *data)
{
	Errand *errand = data;
	const World *world = world_acquire(errand->bus->context->cell);

	if (is_active(world, errand->argument))
		g_set_error(&errand->error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "%s is the policy in force; put another in force first", errand->argument);
	else
		(void)store_delete(errand->policies_dir, errand->argument, &errand->error);
	world_release(world);
}

static void change_reloaded(const ReloadResult *result, void *data)
{
	Errand *errand = data;

	if (result->error)
		(void)bus_reply_named(errand->call, "PolicyInvalid", "%s", result->error);
	else
		(void)sd_bus_reply_method_return(errand->call, "");
	errand_free(errand);
}

static void change_done(void *data)
{
	Errand *errand = data;
	g_autofree char *problem = diagnostics_first_error(errand->diagnostics);

	if (errand_failed(errand))
		return;
	if (!problem && errand->active) {
		reload_start(errand->bus->context->reload, change_reloaded, errand);
		return;
	}
	if (problem)
		(void)bus_reply_named(errand->call, "PolicyInvalid", "%s", problem);
	else
		(void)sd_bus_reply_method_return(errand->call, "");
	errand_free(errand);
}

int policies_use(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	const char *name;
	int r = sd_bus_message_read(call, "s", &name);

	if (r < 0)
		return r;
	Errand *errand = errand_new(bus, call, name);
	errand->active = true;
	errand->may_relax = gate_allows(bus, call, ACTION_MODE_RELAX);
	return errand_submit(errand, use_work, change_done);
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
	errand->may_relax = gate_allows(bus, call, ACTION_MODE_RELAX);
	return errand_submit(errand, write_work, change_done);
}

int policies_delete(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	const char *name;
	int r = sd_bus_message_read(call, "s", &name);

	return r < 0 ? r : errand_submit(errand_new(bus, call, name), delete_work, change_done);
}
