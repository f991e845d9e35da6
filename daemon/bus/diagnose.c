/* SPDX-License-Identifier: MIT */
#include "bus/internal.h"
#include "core/diagnose.h"
#include "request/list.h"
#include "scan/plan.h"

/* One Diagnose on its way: first Docker is asked, then the worker looks at the files. */
typedef struct Diagnosis {
	Bus *bus;
	sd_bus_message *call;
	Arena *arena;
	FactList facts;
	CheckList checks;
} Diagnosis;

static void diagnosis_free(Diagnosis *diagnosis)
{
	sd_bus_message_unref(diagnosis->call);
	arena_free(diagnosis->arena);
	g_free(diagnosis);
}

static void check_audit(Diagnosis *diagnosis)
{
	bool down = atomic_load(&diagnosis->bus->context->status->audit_down);
	const Check good = { "audit", CHECK_OK, "decisions are written to the audit trail", "" };
	const Check bad = { "audit", CHECK_FAILED, "the audit trail cannot be written here", "make room, or see who else writes it: sentinel authz status" };

	LIST_APPEND(diagnosis->arena, &diagnosis->checks, down ? bad : good);
}

static bool in_plan(const ScanOrder *order, const Scanner *scanner)
{
	for (size_t i = 0; i < order->step_count; i++)
		if (order->steps[i].scanner == scanner)
			return true;
	return false;
}

static void check_scanner(Diagnosis *diagnosis, const Scanner *scanner, bool needed)
{
	Arena *arena = diagnosis->arena;
	g_autofree char *program = scanner_program(scanner, jobs_program_dirs(diagnosis->bus->context->jobs));
	Check check = { .name = scanner->name, .status = CHECK_OK, .advice = "" };

	if (program || scanner->detect) {
		check.message = program ? arena_printf(arena, "%s is there", program) : "it is part of sentineld";
	} else {
		check.status = needed ? CHECK_FAILED : CHECK_WARNING;
		check.message = arena_printf(arena, "%s is not %s%s", scanner->program ? scanner->program : "the detector", scanner->program ? "installed" : "in this build",
			needed ? "; the policy needs it, so what it must scan is denied" : "");
		check.advice = !scanner->program ? "name another scanner in the policy" :
			needed ? "install it, or name another in the policy; elsewhere than in /usr/bin: config.yaml, scanning.program_dirs" : "install it when images are to be scanned";
	}
	LIST_APPEND(arena, &diagnosis->checks, check);
}

/* Scanners as the service sees them: other people's programs, so that none is a must but for what the policy says. */
static void check_scanners(Diagnosis *diagnosis)
{
	const BusContext *context = diagnosis->bus->context;
	const World *world = world_acquire(context->cell);
	ScanOrder needed = { .step_count = 0 };

	if (world->policy)
		plan_add(&needed, world->policy, policy_scans(world->policy), jobs_program_dirs(context->jobs));
	world_release(world);
	for (size_t i = 0; i < scanner_count; i++)
		check_scanner(diagnosis, &scanners[i], in_plan(&needed, &scanners[i]));
}

static void work(void *data)
{
	Diagnosis *diagnosis = data;

	diagnose_files(diagnosis->bus->context->paths, &diagnosis->checks, diagnosis->arena);
}

static void done(void *data)
{
	Diagnosis *diagnosis = data;
	sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(diagnosis->call, &reply);

	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(ssss)");
	for (size_t i = 0; r >= 0 && i < diagnosis->checks.count; i++) {
		const Check *check = &diagnosis->checks.items[i];
		r = sd_bus_message_append(reply, "(ssss)", check->name, check_status_name(check->status), check->message, check->advice);
	}
	if (r >= 0 && sd_bus_message_close_container(reply) >= 0)
		(void)sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	diagnosis_free(diagnosis);
}

static void on_facts(void *data)
{
	Diagnosis *diagnosis = data;

	diagnose_docker(&diagnosis->facts, &diagnosis->checks, diagnosis->arena);
	check_audit(diagnosis);
	diagnose_identity(atomic_load(&diagnosis->bus->context->status->identity), &diagnosis->checks, diagnosis->arena);
	check_scanners(diagnosis);
	if (bus_submit(diagnosis->bus, diagnosis->call, work, done, diagnosis))
		return;
	(void)bus_reply_named(diagnosis->call, "Busy", "too many calls wait; try again");
	diagnosis_free(diagnosis);
}

int diagnose(sd_bus_message *call, void *data, sd_bus_error *error)
{
	Bus *bus = data;
	const Lookup *lookup = bus->context->lookup;
	Diagnosis *diagnosis = g_new0(Diagnosis, 1);

	(void)error;
	*diagnosis = (Diagnosis){ .bus = bus, .call = sd_bus_message_ref(call), .arena = arena_new() };
	diagnose_questions(&diagnosis->facts, diagnosis->arena);
	lookup->ask(lookup->data, &diagnosis->facts, diagnosis->arena, on_facts, diagnosis);
	return 1;
}
