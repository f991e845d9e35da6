/* SPDX-License-Identifier: MIT */
#include <sys/utsname.h>
#include "base/limits.h"
#include "base/pin-client.h"
#include "base/users.h"
#include "bus/existing.h"
#include "bus/sight.h"
#include "bus/task.h"
#include "core/diagnose.h"
#include "core/dockerd.h"
#include "core/fetched.h"
#include "core/socket-look.h"
#include "policy/signature.h"
#include "policy/wants.h"
#include "request/api.h"
#include "request/list.h"
#include "request/mount-table.h"
#include "request/path-look.h"
#include "scan/plan.h"
#include "scan/probe.h"
#include "scan/signers.h"

/* One Diagnose: first Docker is asked, also about its containers, then a thread looks at the files. */
typedef struct Diagnosis {
	FactList facts;
	CheckList checks;
	const World *world; /* by whose policy containers are judged; NULL: not begun */
	bool sees_docker;   /* the caller may know of them */
	Existing existing;
} Diagnosis;

static void check_audit(Work *work)
{
	Diagnosis *diagnosis = work->data;
	bool down = atomic_load(&work->context->status->audit_down);
	const Check good = { "audit", CHECK_OK, "decisions are written to the audit trail", "" };
	const Check low = { "audit", CHECK_WARNING, "the disk with the audit trail is nearly full; when it is, calls that change something are denied",
		"make room, set audit.retention in config.yaml, or: sentinel audit clear --until 90d" };
	const Check bad = { "audit", CHECK_FAILED, "the audit trail cannot be written here", "make room, or see who else writes it: sentinel authz status" };

	LIST_APPEND(work->arena, &diagnosis->checks, down ? bad : atomic_load(&work->context->status->disk_low) ? low : good);
}

static bool in_plan(const ScanOrder *order, const Scanner *scanner)
{
	for (size_t i = 0; i < order->step_count; i++)
		if (order->steps[i].scanner == scanner)
			return true;
	return false;
}

static void check_scanner(Work *work, const Scanner *scanner, ScannerState state, bool needed)
{
	static const struct { CheckStatus status; const char *what, *advice; } rows[] = {
		[SCANNER_ABSENT] = { CHECK_WARNING, "is not installed", "install it when images are to be scanned with it" },
		[SCANNER_BROKEN] = { CHECK_WARNING, "does not work: asked for its version, it fails", "install it when images are to be scanned with it" },
		[SCANNER_UNTRIED] = { CHECK_WARNING, "was not tried", "" },
		[SCANNER_SHUT_OUT] = { CHECK_WARNING, "cannot be tried: the sandbox of scanners cannot be reached",
			"see what stopped it: systemctl status sentinel-scan.socket sentinel-scan-online.socket" },
		[SCANNER_READY] = { CHECK_OK, "works", "" },
	};
	Diagnosis *diagnosis = work->data;
	Arena *arena = work->arena;
	Check check = { scanner->is->name, rows[state].status, arena_printf(arena, "%s %s", scanner->is->name, rows[state].what), rows[state].advice };

	if (scanner->own)
		check.message = "it is part of sentineld";
	if (needed && check.status != CHECK_OK) {
		check.status = CHECK_FAILED;
		check.message = arena_printf(arena, "%s; the policy needs it, so what it must scan is denied", check.message);
		if (state != SCANNER_SHUT_OUT)
			check.advice = "install it, or name another in the policy; elsewhere than in /usr/bin: config.yaml, scanning.program_dirs";
	}
	LIST_APPEND(arena, &diagnosis->checks, check);
}

/* Scanners as the service sees them: other people's programs, so that none is a must but for what the policy says. */
static void check_scanners(Work *work)
{
	static const Check none = { "scanners", CHECK_WARNING, "No scanner: install trivy or grype", "without one sentinel scan has nothing to look for known holes with" };
	Diagnosis *diagnosis = work->data;
	const BusContext *context = work->context;
	g_auto(GStrv) copy = jobs_program_dirs(context->jobs);
	const char *const *dirs = (const char *const *)copy;
	const World *world = world_acquire(context->cell);
	ScanOrder needed = { .step_count = 0 };

	scanners_probe(dirs, NULL);
	if (world->policy)
		plan_add(&needed, world->policy, policy_scans(world->policy), dirs);
	world_release(world);
	for (size_t i = 0; i < scanner_count; i++)
		check_scanner(work, &scanners[i], scanner_state(&scanners[i], dirs), in_plan(&needed, &scanners[i]));
	if (!plan_ready(SCAN_VULNERABILITY, dirs))
		LIST_APPEND(work->arena, &diagnosis->checks, none);
}

/* What the policy believes, and who checks it.  An entry by which nothing can be checked denies as it should, but nobody wants it so. */
static void check_signatures(Work *work)
{
	Diagnosis *diagnosis = work->data;
	Arena *arena = work->arena;
	g_auto(GStrv) copy = jobs_program_dirs(work->context->jobs);
	const World *world = world_acquire(work->context->cell);
	const SignatureTrust *trust;
	Check check = { "signatures", CHECK_OK, "what the policy wants signed can be checked", "" };
	bool wanted = world->policy && (policy_scans(world->policy) & SCANS_SIGNATURES);

	for (size_t i = 0; wanted && (trust = policy_signature_entry(world->policy, i)); i++) {
		const Scanner *signer = &signers[strcmp(trust->adapter, "skopeo") ? SIGNER_COSIGN_KEY : SIGNER_SKOPEO];
		g_autofree char *program = scanner_program(signer, (const char *const *)copy);
		if (program && !*trust->problem)
			continue;
		check.status = CHECK_FAILED;
		check.message = program ? arena_printf(arena, "images.signatures[%zu]: %s; what it is for is not signed, and denied", i, trust->problem)
			: arena_printf(arena, "%s is not installed; the policy needs it, so images are not signed, and denied", signer->program);
		check.advice = program ? "give the user sentinel the right to read it" : "install it; elsewhere than in /usr/bin: config.yaml, scanning.program_dirs";
	}
	if (wanted && !policy_signature_entry(world->policy, 0)) {
		check.status = CHECK_FAILED;
		check.message = "the policy wants images signed and does not say by whom: none may run";
		check.advice = "add rules.images.signatures to it; see sentinel-policy(5)";
	}
	if (wanted)
		LIST_APPEND(arena, &diagnosis->checks, check);
	world_release(world);
}

/* By the rule itself: a call as BuildKit's client would make it. */
static void check_builder(Work *work)
{
	Diagnosis *diagnosis = work->data;
	Arena *arena = work->arena;
	const ApiCall call = { .method = "POST", .uri = "/grpc", .content_type = "", .content_length = "" };
	const Builder builder = dockerd_builder(0, arena), closed = { .network_host = ENTITLEMENT_OFF, .security_insecure = ENTITLEMENT_OFF, .unknown = "" };
	const Situation situation = { .now_us = g_get_real_time(), .builder = &builder, .trial = true }, if_closed = { .now_us = situation.now_us, .builder = &closed, .trial = true };
	const World *world = world_acquire(work->context->cell);
	const Request *request = api_read(&call, arena);

	const bool allowed = policy_evaluate(world->policy, request, &situation, arena)->allowed;
	diagnose_builder(allowed, policy_evaluate(world->policy, request, &if_closed, arena)->allowed,
		&builder, &diagnosis->checks, arena);
	diagnose_pushes(&diagnosis->facts, policy_scans(world->policy) & SCANS_SECRETS, allowed, &diagnosis->checks, arena);
	world_release(world);
}

/* True: it is known, or will not be. */
static bool judge_existing(Work *work)
{
	Diagnosis *diagnosis = work->data;

	if (!diagnosis->world) {
		diagnosis->world = world_acquire(work->context->cell);
		diagnosis->sees_docker = sight_of(work).all;
		diagnosis->existing.policy = diagnosis->world->policy;
		diagnosis->existing.verdicts = diagnosis->world->verdicts;
	}
	return !diagnosis->sees_docker || !diagnosis->world->policy || existing_judge(&diagnosis->existing, work);
}

static void check_existing(Work *work)
{
	Diagnosis *diagnosis = work->data;
	const Existing *existing = &diagnosis->existing;
	StringList names = { 0 };

	if (!existing->known)
		return;
	for (size_t i = 0; i < existing->denials.count; i++)
		if (existing->denials.items[i].by_mounts)
			LIST_APPEND(work->arena, &names, existing->denials.items[i].name);
	diagnose_mounts(existing->looked, existing->denials.count, &names, &diagnosis->checks, work->arena);
}

static bool helper_answers(const char *socket)
{
	PinClient *client = pin_client_new(socket);
	const PinQuestion question = { .ask = PIN_LIST, .uid = USER_NO_ID }; /* nobody has that, so there is nothing to tell */
	const PinAnswer *answer;
	bool answers = pin_client_ask(client, &question, -1, LIMIT_PIN_ASK_MS, &answer) && answer->result == PIN_OK;

	pin_client_free(client);
	return answers;
}

/* Where the policy has pins. */
static void check_pins(Work *work)
{
	Diagnosis *diagnosis = work->data;
	g_autofree char *text = NULL;
	struct utsname system = { .release = "" };
	MountTable mounts;
	gsize length = 0;

	if (!(policy_paths(diagnosis->world->policy) & PATHS_PINS))
		return;
	bool read = g_file_get_contents("/proc/1/mountinfo", &text, &length, NULL) && length <= LIMIT_MOUNTINFO_BYTES &&
		    mount_table_read(text, length, work->arena, &mounts);
	(void)uname(&system);
	const PinsSeen seen = { system.release, helper_answers(work->context->pin_socket), read ? &mounts : NULL, USER_DATABASE };
	diagnose_pins(&seen, &diagnosis->checks, work->arena);
}

static void check_sockets(Work *work)
{
	Diagnosis *diagnosis = work->data;
	const SocketSet *sockets = diagnosis->world->sockets;

	diagnose_sockets(sockets, socket_look(sockets, SOCKET_TABLE, work->arena), &diagnosis->checks, work->arena);
}

static void check_fetched(Work *work)
{
	Diagnosis *diagnosis = work->data;
	const World *world = world_acquire(work->context->cell);
	const char *active = arena_strdup(work->arena, world->policy ? policy_file_name(world->policy) : "");
	Fetched fetched;

	world_release(world);
	fetched_read(work->context->paths->fetch_dir, work->arena, &fetched);
	diagnose_fetched(&fetched, active, g_get_real_time(), &diagnosis->checks, work->arena);
}

static int diagnose_read(Task *task)
{
	Diagnosis *diagnosis = task->work.data;

	diagnose_questions(&diagnosis->facts, task->work.arena);
	task->work.facts = &diagnosis->facts;
	task->work.asks_probe = true;
	return 0;
}

static void diagnose_work(Work *work)
{
	Diagnosis *diagnosis = work->data;
	const BusContext *context = work->context;

	if (!judge_existing(work))
		return;
	diagnose_docker(&diagnosis->facts, context->lookup->bodies(context->lookup->data), &diagnosis->checks, work->arena);
	diagnose_guard(guarded(work->probe, context->serves), &diagnosis->checks, work->arena);
	check_builder(work);
	check_existing(work);
	diagnose_ids(&diagnosis->facts, &diagnosis->checks, work->arena);
	check_pins(work);
	check_sockets(work);
	check_audit(work);
	diagnose_identity(atomic_load(&context->status->identity), &diagnosis->checks, work->arena);
	diagnose_files(context->paths, &diagnosis->checks, work->arena);
	check_fetched(work);
	check_scanners(work);
	check_signatures(work);
}

static int diagnose_answer(Task *task, sd_bus_message *reply)
{
	const Diagnosis *diagnosis = task->work.data;
	int r = sd_bus_message_open_container(reply, 'a', "(ssss)");

	for (size_t i = 0; r >= 0 && i < diagnosis->checks.count; i++) {
		const Check *check = &diagnosis->checks.items[i];
		r = sd_bus_message_append(reply, "(ssss)", check->name, check_status_name(check->status), check->message, check->advice);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static void diagnose_clear(void *data)
{
	Diagnosis *diagnosis = data;

	existing_clear(&diagnosis->existing);
	if (diagnosis->world)
		world_release(diagnosis->world);
}

const Handler diagnose = { sizeof(Diagnosis), diagnose_read, diagnose_work, diagnose_answer, diagnose_clear };

static int probe_read(Task *task)
{
	task->work.asks_probe = true;
	return 0;
}

static int probe_answer(Task *task, sd_bus_message *reply)
{
	const Guarded *state = guarded(task->work.probe, task->bus->context->serves);

	return sd_bus_message_append(reply, "ss", state->word, state->message);
}

const Handler probe_docker = { .read = probe_read, .answer = probe_answer };
