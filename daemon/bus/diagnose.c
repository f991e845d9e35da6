/* SPDX-License-Identifier: MIT */
#include "bus/internal.h"
#include "core/diagnose.h"
#include "request/list.h"

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
