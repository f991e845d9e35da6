/* SPDX-License-Identifier: MIT
 *
 * Whether a change of a policy makes the guard laxer, for the gate, which asks for the right authorization.
 */
#include <errno.h>
#include <string.h>
#include "base/limits.h"
#include "bus/change.h"
#include "bus/task.h"
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

char *change_laxer_why(const World *world, const Policy *policy, bool active, const char *name)
{
	const char *problem;
	char *why = active ? policy_laxer_why(world->policy, policy) : NULL;

	if (!why && name && socket_set_user(world->sockets, name))
		why = policy_laxer_why(socket_set_policy(world->sockets, name, &problem), policy);
	return why;
}

/* The gate's look at a call. */

typedef struct Refinement {
	char *wanted;
	const char *name, *yaml; /* of the message; yaml NULL: Use */
	bool puts_in_force;      /* whatever its name */
	bool read;               /* the arguments are such */
	bool declines;           /* Adopt without may_relax: a laxer one is refused, whoever asks */
	bool matters;            /* it is of what is in force, or will be */
	const char *mode;
	char *why; /* it is laxer; NULL: it is not */
} Refinement;

static void refine_work(Work *work)
{
	Refinement *refinement = work->data;
	const Paths *paths = work->context->paths;
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	const World *world = world_acquire(work->context->cell);
	refinement->matters = refinement->puts_in_force || change_counts(world, paths->config_file, refinement->wanted, refinement->name);
	g_autoptr(Policy) policy = refinement->yaml ? policy_parse(refinement->name, refinement->yaml, strlen(refinement->yaml), diagnostics)
						    : store_load(paths->policies_dir, refinement->name, diagnostics);

	refinement->why = policy && !refinement->declines ? change_laxer_why(world, policy, refinement->matters, refinement->yaml ? refinement->name : NULL) : NULL;
	refinement->mode = policy ? mode_name(policy_mode(policy)) : NULL;
	world_release(world);
}

static void refinement_clear(void *data)
{
	Refinement *refinement = data;

	g_free(refinement->wanted);
	g_free(refinement->why);
}

/* What is asked of who writes policies, where there is one. */
static void wish(Task *task, WriteKind kind)
{
	const Refinement *refinement = task->work.data;

	if (!task->work.context->write_socket || !refinement->read)
		return;
	WriteWish *made = arena_alloc(task->work.arena, sizeof *made);
	*made = (WriteWish){
		.order = { kind, refinement->name, refinement->yaml }, .sender = sd_bus_message_get_sender(task->call),
		.why = refinement->why ? arena_strdup(task->work.arena, refinement->why) : NULL,
		.interactive = sd_bus_message_get_allow_interactive_authorization(task->call) > 0, .matters = refinement->matters,
	};
	task->work.wish = made;
}

static void refine_done(Task *task)
{
	const Refinement *refinement = task->work.data;

	wish(task, !refinement->puts_in_force ? WRITE_POLICY : !refinement->yaml ? WRITE_USE : refinement->declines ? WRITE_ADOPT : WRITE_ADOPT_LAXER);

	task_detail(task, "policy", store_name_valid(refinement->name) ? refinement->name : "");
	if (refinement->mode)
		task_detail(task, "mode", refinement->mode);
	if (!refinement->why)
		return;
	task_detail(task, "why", refinement->why);
	task->action = ACTION_MODE_RELAX;
}

static int refine_read(Task *task)
{
	Refinement *refinement = task->work.data;
	const char *method = task->method->name;
	bool adopts = !strcmp(method, "Adopt"), writes = adopts || !strcmp(method, "Write") || !strcmp(method, "Replace"), relaxes = false;
	const BusOption options[] = { { "may_relax", OPTION_FLAG, &relaxes } };
	int r = sd_bus_message_read_basic(task->call, 's', &refinement->name);

	if (r > 0 && writes)
		r = sd_bus_message_read_basic(task->call, 's', &refinement->yaml);
	if (r > 0 && adopts && options_read(task, options, G_N_ELEMENTS(options)) < 0)
		r = -EINVAL;
	refinement->puts_in_force = adopts || !writes;
	refinement->declines = adopts && !relaxes;
	if (r <= 0)
		refinement->name = "";
	if (r <= 0 || (refinement->yaml && strlen(refinement->yaml) > LIMIT_POLICY_BYTES))
		return -EINVAL; /* the handler says what is wrong with it */
	refinement->read = true;
	refinement->wanted = g_strdup(reload_wanted(task->bus->context->reload));
	return 0;
}

const Refine policies_refine = { sizeof(Refinement), refine_read, refine_work, refine_done, refinement_clear, .written = true };

/* Delete: only the name is asked about. */

static int delete_read(Task *task)
{
	Refinement *refinement = task->work.data;

	int r = sd_bus_message_read_basic(task->call, 's', &refinement->name);

	refinement->read = r > 0;
	return r;
}

static void delete_done(Task *task)
{
	const Refinement *refinement = task->work.data;

	task_detail(task, "policy", refinement->name && store_name_valid(refinement->name) ? refinement->name : "");
	wish(task, WRITE_DELETE);
}

const Refine delete_refine = { sizeof(Refinement), delete_read, NULL, delete_done, NULL, .written = true };
