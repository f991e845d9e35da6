/* SPDX-License-Identifier: MIT
 *
 * Whether a change of a policy makes the guard laxer, for the gate, which asks for the right authorization.
 */
#include <string.h>
#include "base/limits.h"
#include "bus/change.h"
#include "bus/gate.h"
#include "core/config.h"
#include "policy/review/laxer.h"
#include "policy/store.h"

bool change_counts(const World *world, const char *config_file, const char *wanted, const char *name)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Config) config = config_load(config_file, diagnostics);

	return (world->policy && !strcmp(policy_file_name(world->policy), name)) || (config && !strcmp(config->active_policy, name)) ||
	       !g_strcmp0(wanted, name);
}

/* The gate's look at a call. */

typedef struct Refinement {
	Ticket *ticket;
	WorldCell *cell;
	char *policies_dir, *config_file, *wanted, *name, *yaml; /* yaml NULL: Use */
	const char *mode;
	char *why; /* it is laxer; NULL: it is not */
} Refinement;

static void refine_work(void *data)
{
	Refinement *refinement = data;
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	const World *world = world_acquire(refinement->cell);
	bool matters = !refinement->yaml || change_counts(world, refinement->config_file, refinement->wanted, refinement->name);
	g_autoptr(Policy) policy = refinement->yaml ? policy_parse(refinement->name, refinement->yaml, strlen(refinement->yaml), diagnostics)
						    : store_load(refinement->policies_dir, refinement->name, diagnostics);

	refinement->why = policy && matters ? policy_laxer_why(world->policy, policy) : NULL;
	refinement->mode = policy ? mode_name(policy_mode(policy)) : NULL;
	world_release(world);
}

static void refinement_free(Refinement *refinement)
{
	g_free(refinement->policies_dir);
	g_free(refinement->config_file);
	g_free(refinement->wanted);
	g_free(refinement->name);
	g_free(refinement->yaml);
	g_free(refinement->why);
	g_free(refinement);
}

static void refine_done(void *data)
{
	Refinement *refinement = data;
	Ticket *ticket = refinement->ticket;

	ticket->policy = g_strdup(store_name_valid(refinement->name) ? refinement->name : "");
	ticket->mode = refinement->mode;
	ticket->why = g_steal_pointer(&refinement->why);
	if (ticket->why)
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
		.yaml = g_strdup(yaml), .config_file = g_strdup(bus->context->paths->config_file), .wanted = g_strdup(reload_wanted(bus->context->reload)),
	};
	if (worker_submit(bus->context->worker, refine_work, refine_done, refinement))
		return true;
	refinement_free(refinement);
	ticket_unref(ticket);
	return false;
}

