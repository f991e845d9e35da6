/* SPDX-License-Identifier: MIT
 *
 * The files in policies/, and what can be said of a policy's text.
 */
#include <string.h>
#include "base/limits.h"
#include "bus/sight.h"
#include "bus/task.h"
#include "policy/store.h"

/* One call. */
typedef struct Inspection {
	const char *argument; /* a policy's name; Check: its text */
	GPtrArray *infos, *diagnostics;
	char *text;
} Inspection;

static int read_name(Task *task)
{
	Inspection *inspection = task->work.data;

	return sd_bus_message_read_basic(task->call, 's', &inspection->argument); /* of the message, which the task holds */
}

static void inspection_clear(void *data)
{
	Inspection *inspection = data;

	if (inspection->infos)
		g_ptr_array_unref(inspection->infos);
	if (inspection->diagnostics)
		g_ptr_array_unref(inspection->diagnostics);
	g_free(inspection->text);
}

static void list_work(Work *work)
{
	Inspection *inspection = work->data;

	inspection->infos = store_list(work->context->paths->policies_dir, &work->error);
}

static int append_infos(sd_bus_message *reply, const GPtrArray *infos, const char *active)
{
	int r = sd_bus_message_open_container(reply, 'a', "(sssb)");

	for (guint i = 0; r >= 0 && i < infos->len; i++) {
		const PolicyInfo *info = g_ptr_array_index(infos, i);
		r = sd_bus_message_append(reply, "(sssb)", info->name, info->mode, info->description, !strcmp(info->name, active));
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int list_answer(Task *task, sd_bus_message *reply)
{
	const Inspection *inspection = task->work.data;
	const World *world = world_acquire(task->bus->context->cell);
	int r = append_infos(reply, inspection->infos, world->policy ? policy_file_name(world->policy) : "");

	world_release(world);
	return r;
}

const Handler policies_list = { sizeof(Inspection), NULL, list_work, list_answer, inspection_clear };

static void get_work(Work *work)
{
	Inspection *inspection = work->data;

	inspection->text = store_read(work->context->paths->policies_dir, inspection->argument, &work->error);
	if (inspection->text && !g_utf8_validate(inspection->text, -1, NULL))
		(void)work_fail(work, "Failed", "the policy %s is not UTF-8 text", inspection->argument);
}

static int get_answer(Task *task, sd_bus_message *reply)
{
	const Inspection *inspection = task->work.data;

	return sd_bus_message_append_basic(reply, 's', inspection->text);
}

const Handler policies_get = { sizeof(Inspection), read_name, get_work, get_answer, inspection_clear };

bool policy_chosen(Work *work, const char *name, Policy **ret, VerdictTable **ret_verdicts)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	const World *world = world_acquire(work->context->cell);

	*ret_verdicts = world->verdicts ? verdict_table_ref(world->verdicts) : NULL;
	*ret = !*name && world->policy ? policy_ref(world->policy) : NULL;
	world_release(world);
	if (!*name)
		return true;
	if (!store_check_name(name, &work->error))
		return false;
	*ret = store_load(work->context->paths->policies_dir, name, diagnostics);
	g_autofree char *problem = *ret ? NULL : diagnostics_first_error(diagnostics);
	return *ret || work_fail(work, "PolicyInvalid", "%s", problem) == 0;
}

static int read_policy(Task *task)
{
	Inspection *inspection = task->work.data;

	return text_read(task, "a policy", LIMIT_POLICY_BYTES, &inspection->argument);
}

static void check_work(Work *work)
{
	Inspection *inspection = work->data;

	const Insight sight = sight_of(work);

	sight_use(&sight);
	inspection->diagnostics = diagnostics_new();
	policy_unref(policy_parse("policy.yaml", inspection->argument, strlen(inspection->argument), inspection->diagnostics));
	sight_use(NULL);
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

static int check_answer(Task *task, sd_bus_message *reply)
{
	const Inspection *inspection = task->work.data;

	return bus_append_diagnostics(reply, inspection->diagnostics);
}

const Handler policies_check = { sizeof(Inspection), read_policy, check_work, check_answer, inspection_clear };
