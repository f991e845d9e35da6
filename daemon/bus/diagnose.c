/* SPDX-License-Identifier: MIT */
#include "bus/internal.h"
#include "core/diagnose.h"
#include "core/dockerd.h"
#include "request/api.h"
#include "request/list.h"
#include "scan/plan.h"
#include "scan/probe.h"

/* One Diagnose on its way: first Docker is asked, then the worker looks at the files. */
typedef struct Diagnosis {
	Bus *bus;
	sd_bus_message *call;
	Arena *arena;
	FactList facts;
	Probe probe;
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

static void check_scanner(Diagnosis *diagnosis, const Scanner *scanner, ScannerState state, bool needed)
{
	static const struct { CheckStatus status; const char *what, *advice; } rows[] = {
		[SCANNER_ABSENT] = { CHECK_WARNING, "is not installed", "install it when images are to be scanned with it" },
		[SCANNER_BROKEN] = { CHECK_WARNING, "does not work: asked for its version, it fails", "install it when images are to be scanned with it" },
		[SCANNER_UNTRIED] = { CHECK_WARNING, "was not tried", "" },
		[SCANNER_READY] = { CHECK_OK, "works", "" },
	};
	Arena *arena = diagnosis->arena;
	Check check = { scanner->is->name, rows[state].status, arena_printf(arena, "%s %s", scanner->is->name, rows[state].what), rows[state].advice };

	if (scanner->own)
		check.message = "it is part of sentineld";
	if (needed && check.status != CHECK_OK) {
		check.status = CHECK_FAILED;
		check.message = arena_printf(arena, "%s; the policy needs it, so what it must scan is denied", check.message);
		check.advice = "install it, or name another in the policy; elsewhere than in /usr/bin: config.yaml, scanning.program_dirs";
	}
	LIST_APPEND(arena, &diagnosis->checks, check);
}

/* Scanners as the service sees them: other people's programs, so that none is a must but for what the policy says. */
static void check_scanners(Diagnosis *diagnosis)
{
	static const Check none = { "scanners", CHECK_WARNING, "No scanner: install trivy or grype", "without one sentinel scan has nothing to look for known holes with" };
	const BusContext *context = diagnosis->bus->context;
	const char *const *dirs = jobs_program_dirs(context->jobs);
	const World *world = world_acquire(context->cell);
	ScanOrder needed = { .step_count = 0 };

	scanners_probe(dirs, NULL);
	if (world->policy)
		plan_add(&needed, world->policy, policy_scans(world->policy), dirs);
	world_release(world);
	for (size_t i = 0; i < scanner_count; i++)
		check_scanner(diagnosis, &scanners[i], scanner_state(&scanners[i], dirs), in_plan(&needed, &scanners[i]));
	if (!plan_ready(SCAN_VULNERABILITY, dirs))
		LIST_APPEND(diagnosis->arena, &diagnosis->checks, none);
}

static void work(void *data)
{
	Diagnosis *diagnosis = data;

	diagnose_files(diagnosis->bus->context->paths, &diagnosis->checks, diagnosis->arena);
	check_scanners(diagnosis);
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

/* By the rule itself: a call as BuildKit's client would make it. */
static void check_builder(Diagnosis *diagnosis)
{
	Arena *arena = diagnosis->arena;
	const ApiCall call = { .method = "POST", .uri = "/grpc", .content_type = "", .content_length = "" };
	const Builder builder = dockerd_builder(0, arena), closed = { .network_host = ENTITLEMENT_OFF, .security_insecure = ENTITLEMENT_OFF, .unknown = "" };
	const Facts facts = { .now_us = g_get_real_time(), .builder = &builder, .trial = true }, if_closed = { .now_us = facts.now_us, .builder = &closed, .trial = true };
	const World *world = world_acquire(diagnosis->bus->context->cell);
	const Request *request = api_read(&call, arena);

	diagnose_builder(policy_evaluate(world->policy, request, &facts, arena)->allowed, policy_evaluate(world->policy, request, &if_closed, arena)->allowed,
		&builder, &diagnosis->checks, arena);
	world_release(world);
}

static void on_facts(void *data)
{
	Diagnosis *diagnosis = data;
	const BusContext *context = diagnosis->bus->context;

	diagnose_docker(&diagnosis->facts, &diagnosis->checks, diagnosis->arena);
	diagnose_guard(guarded(diagnosis->probe, context->serves), &diagnosis->checks, diagnosis->arena);
	check_builder(diagnosis);
	check_audit(diagnosis);
	diagnose_identity(atomic_load(&context->status->identity), &diagnosis->checks, diagnosis->arena);
	if (bus_submit(diagnosis->bus, diagnosis->call, work, done, diagnosis))
		return;
	(void)bus_reply_named(diagnosis->call, "Busy", "too many calls wait; try again");
	diagnosis_free(diagnosis);
}

static void on_probe(Probe probe, void *data)
{
	Diagnosis *diagnosis = data;
	const Lookup *lookup = diagnosis->bus->context->lookup;

	diagnosis->probe = probe;
	lookup->ask(lookup->data, &diagnosis->facts, diagnosis->arena, on_facts, diagnosis);
}

int diagnose(sd_bus_message *call, void *data, sd_bus_error *error)
{
	Bus *bus = data;
	const Lookup *lookup = bus->context->lookup;
	Diagnosis *diagnosis = g_new0(Diagnosis, 1);

	(void)error;
	*diagnosis = (Diagnosis){ .bus = bus, .call = sd_bus_message_ref(call), .arena = arena_new() };
	diagnose_questions(&diagnosis->facts, diagnosis->arena);
	lookup->probe(lookup->data, on_probe, diagnosis);
	return 1;
}

typedef struct Inquiry {
	const BusContext *context;
	sd_bus_message *call;
} Inquiry;

static void on_inquiry(Probe probe, void *data)
{
	Inquiry *inquiry = data;
	const Guarded *state = guarded(probe, inquiry->context->serves);

	(void)sd_bus_reply_method_return(inquiry->call, "ss", state->word, state->message);
	sd_bus_message_unref(inquiry->call);
	g_free(inquiry);
}

int probe_docker(sd_bus_message *call, void *data, sd_bus_error *error)
{
	const BusContext *context = ((Bus *)data)->context;
	Inquiry *inquiry = g_new0(Inquiry, 1);

	(void)error;
	*inquiry = (Inquiry){ context, sd_bus_message_ref(call) };
	context->lookup->probe(context->lookup->data, on_inquiry, inquiry);
	return 1;
}
