/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "bus/gate.h"
#include "bus/scans.h"
#include "policy/signature.h"
#include "request/image.h"
#include "request/list.h"
#include "request/stored.h"
#include "scan/plan.h"
#include "scan/probe.h"
#include "scan/signers.h"

#define JOBS_PATH SENTINEL_OBJECT_PATH "/jobs"

/* Whose a job is; those that nobody on the bus asked for are root's. */
static uid_t owner_of(const Bus *bus, uint64_t number)
{
	const void *owner = g_hash_table_lookup(bus->owners, &number);

	return owner ? (uid_t)(GPOINTER_TO_UINT(owner) - 1) : 0;
}

static bool is_theirs(const Bus *bus, uid_t uid, uint64_t number)
{
	return bus->kind == BUS_PEER || uid == 0 || (uid != (uid_t)-1 && uid == owner_of(bus, number));
}

static const ScanJob *job_of(const Bus *bus, const char *path)
{
	const char *number = g_str_has_prefix(path, JOBS_PATH "/") ? path + strlen(JOBS_PATH "/") : "";
	guint64 value;

	return g_ascii_string_to_unsigned(number, 10, 1, G_MAXUINT64, &value, NULL) ? jobs_find(bus->context->jobs, value) : NULL;
}

static int find_job(sd_bus *connection, const char *path, const char *interface, void *data, void **ret_found, sd_bus_error *error)
{
	*ret_found = data;
	return job_of(data, path) != NULL;
}

int get_job_state(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const ScanJob *job = job_of(data, path);

	return sd_bus_message_append_basic(reply, 's', job_state_name(job ? job->state : JOB_CANCELLED));
}

int get_job_progress(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const ScanJob *job = job_of(data, path);

	return sd_bus_message_append(reply, "u", job ? job->progress : 0);
}

int get_job_phase(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const Bus *bus = data;
	const ScanJob *job = job_of(bus, path);
	bool theirs = job && is_theirs(bus, gate_uid(bus, sd_bus_get_current_message(connection)), job->number);
	g_autofree char *phase = theirs ? job_phase(job) : g_strdup("");

	return sd_bus_message_append_basic(reply, 's', phase);
}

/* Empty until the scan is done, and for those whose it is not. */
int get_job_result(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const Bus *bus = data;
	const ScanJob *job = job_of(bus, path);
	uid_t uid = gate_uid(bus, sd_bus_get_current_message(connection));
	int r = sd_bus_message_open_container(reply, 'a', "{sv}");

	if (r >= 0 && job && job->state == JOB_DONE && is_theirs(bus, uid, job->number)) {
		const World *world = world_acquire(bus->context->cell);
		r = scan_append_result(reply, job, world);
		world_release(world);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int cancel(Task *task)
{
	const ScanJob *job = job_of(task->bus, sd_bus_message_get_path(task->call));

	if (!job || !is_theirs(task->bus, task->work.uid, job->number))
		return work_fail(&task->work, SD_BUS_ERROR_ACCESS_DENIED, "the scan is somebody else's");
	jobs_cancel(task->bus->context->jobs, job->number);
	return 0;
}

const Handler scan_cancel = { .read = cancel };

static void on_job(const ScanJob *job, bool gone, void *data)
{
	Bus *bus = data;
	g_autofree char *path = g_strdup_printf(JOBS_PATH "/%" G_GUINT64_FORMAT, job->number);

	if (gone) {
		(void)g_hash_table_remove(bus->owners, &job->number);
		(void)g_hash_table_remove(bus->attached, &job->number);
	}
	if (gone || !bus->connection)
		return;
	(void)sd_bus_emit_properties_changed(bus->connection, path, SENTINEL_INTERFACE_JOB, "State", "Progress", NULL);
	if (job->state >= JOB_DONE)
		(void)sd_bus_emit_signal(bus->connection, path, SENTINEL_INTERFACE_JOB, "Finished", "s", job_state_name(job->state));
}

int scans_publish(Bus *bus)
{
	if (!bus->owners)
		bus->owners = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	if (!bus->attached)
		bus->attached = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	jobs_set_observer(bus->context->jobs, on_job, bus);
	return sd_bus_add_fallback_vtable(bus->connection, NULL, JOBS_PATH, SENTINEL_INTERFACE_JOB,
		interface_vtable(interface_find(SENTINEL_INTERFACE_JOB), gate_dispatch), find_job, bus);
}

void scans_left(Bus *bus, const char *name)
{
	g_autoptr(GList) numbers = bus->attached ? g_hash_table_get_keys(bus->attached) : NULL;

	for (const GList *at = numbers; at; at = at->next) {
		const uint64_t number = *(const uint64_t *)at->data;
		const ScanJob *job = jobs_find(bus->context->jobs, number);
		if (job && job->state < JOB_DONE && !strcmp(g_hash_table_lookup(bus->attached, &number), name))
			jobs_cancel(bus->context->jobs, number);
	}
}

/* One Scan, until Docker has said which image is meant. */
typedef struct Scan {
	FactList facts;
	bool waits; /* for Docker to say which image it is: counted, but no job yet */
	ScanOrder order;
	ScanKind kind;
	bool attached; /* it ends when its caller leaves the bus */
	StoredImage image;
} Scan;

/* Nobody named one: the policy's; else the first that works. */
static void choose(Work *work)
{
	Scan *scan = work->data;
	g_auto(GStrv) copy = jobs_program_dirs(work->context->jobs);
	const char *const *dirs = (const char *const *)copy;
	unsigned scans = scan->kind == SCAN_SECRET ? SCANS_SECRETS : SCANS_IMAGE;
	if (scan->kind == SCAN_SIGNATURE) {
		(void)plan_add_step(&scan->order, &signature_scanner, SCAN_SIGNATURE);
		return;
	}
	const World *world = world_acquire(work->context->cell);

	scanners_probe(dirs, NULL);
	if (world->policy)
		plan_add(&scan->order, world->policy, policy_scans(world->policy) & scans, dirs);
	world_release(world);
	const Scanner *ready = scan->order.step_count ? NULL : plan_ready(scan->kind, dirs);
	if (ready)
		(void)plan_add_step(&scan->order, ready, scan->kind);
	if (!scan->order.step_count)
		(void)work_fail(work, "Unavailable", "No scanner: install trivy or grype");
}

static void scan_work(Work *work)
{
	Scan *scan = work->data;
	const Fact *fact = &scan->facts.items[0];

	/* Whatever Docker has: a digest is what is signed. */
	const bool by_digest = scan->kind == SCAN_SIGNATURE && signature_digest_valid(image_parse(scan->order.image, work->arena).digest);
	if (!by_digest && fact->state == FACT_ABSENT)
		(void)work_fail(work, "NotFound", "Docker has no image %s; pull it first", scan->order.image);
	else if (!by_digest && (fact->state != FACT_KNOWN || !stored_read_image(fact->json, fact->length, work->arena, &scan->image)))
		(void)work_fail(work, "Unavailable", "Docker does not say which image %s is; see whether it runs: docker info", scan->order.image);
	else if (!scan->order.step_count)
		choose(work);
}

static bool waits_for_docker(const Task *task)
{
	const Scan *scan = task->work.data;

	return task->at == TASK_RUNS && task->method->handler == &scan_image && scan->waits;
}

static unsigned under_way(const Bus *bus, uid_t uid)
{
	GHashTableIter iter;
	gpointer number, owner;
	unsigned count = 0;

	g_hash_table_iter_init(&iter, bus->owners);
	while (g_hash_table_iter_next(&iter, &number, &owner)) {
		const ScanJob *job = jobs_find(bus->context->jobs, *(const uint64_t *)number);
		count += job && job->state < JOB_DONE && GPOINTER_TO_UINT(owner) == uid + 1;
	}
	for (const GList *at = bus->tasks.head; at; at = at->next)
		count += ((const Task *)at->data)->work.uid == uid && waits_for_docker(at->data);
	return count;
}

static int scan_answer(Task *task, sd_bus_message *reply)
{
	Bus *bus = task->bus;
	Scan *scan = task->work.data;

	scan->waits = false;
	const ImageRef name = image_parse(scan->order.image, task->work.arena);
	const bool by_digest = scan->kind == SCAN_SIGNATURE && signature_digest_valid(name.digest);
	scan->order.image_id = by_digest ? name.digest : scan->image.id;
	scan->order.user = arena_printf(task->work.arena, "bus:%u", (unsigned)task->work.uid);
	scan->order.pulled = image_origin(&name, scan->image.id, &scan->image.digests, task->work.arena) == IMAGE_PULLED;
	const ScanJob *job = jobs_add(bus->context->jobs, &scan->order, &task->work.error);
	if (!job)
		return 0;
	uint64_t *number = g_new(uint64_t, 1);
	*number = job->number;
	g_hash_table_replace(bus->owners, number, GUINT_TO_POINTER(task->work.uid + 1));
	const char *sender = sd_bus_message_get_sender(task->call);
	if (scan->attached && sender)
		g_hash_table_replace(bus->attached, g_memdup2(number, sizeof *number), g_strdup(sender));
	g_autofree char *path = g_strdup_printf(JOBS_PATH "/%" G_GUINT64_FORMAT, job->number);
	return sd_bus_message_append_basic(reply, 'o', path);
}

static int unknown_scanner(Task *task, const char *name)
{
	Buffer known = BUFFER_INIT(task->work.arena);

	for (size_t i = 0; i < scanner_count; i++)
		buffer_printf(&known, "%s%s", i ? ", " : "", scanners[i].is->name);
	return work_fail(&task->work, "InvalidArgs", "there is no scanner %s; expected some of %s", text_printable(task->work.arena, name, LIMIT_METHOD_BYTES), known.data);
}

static int take_names(Task *task, const StringList *names)
{
	Scan *scan = task->work.data;

	for (size_t i = 0; i < names->count; i++) {
		const Scanner *scanner = scanner_find(names->items[i]);
		if (!scanner)
			return unknown_scanner(task, names->items[i]);
		if (!plan_add_step(&scan->order, scanner, scan->kind))
			return work_fail(&task->work, "InvalidArgs", "%s does not look for %s", scanner->is->name, scan->kind == SCAN_SECRET ? "secrets" : "vulnerabilities");
	}
	return 0;
}

static int scan_read(Task *task)
{
	Arena *arena = task->work.arena;
	Scan *scan = task->work.data;
	StringList names = { 0 };
	bool secrets = false, signatures = false;
	const BusOption options[] = {
		{ "scanners", OPTION_WORDS, &names }, { "secrets", OPTION_FLAG, &secrets }, { "signatures", OPTION_FLAG, &signatures }, { "attached", OPTION_FLAG, &scan->attached },
	};
	const char *image;
	int r = sd_bus_message_read_basic(task->call, 's', &image);

	if (r < 0 || (r = options_read(task, options, G_N_ELEMENTS(options))) < 0)
		return r;
	if (!*image || *image == '-' || strlen(image) > LIMIT_SCAN_FIELD)
		return work_fail(&task->work, "InvalidArgs", "expected the name of an image, or its id");
	if (under_way(task->bus, task->work.uid) >= LIMIT_SCANS_PER_USER)
		return work_fail(&task->work, "LimitExceeded", "%u scans of yours are under way already", LIMIT_SCANS_PER_USER);
	scan->order.image = text_printable(arena, image, LIMIT_SCAN_FIELD);
	const Fact fact = { .kind = FACT_IMAGE, .name = arena_strdup(arena, image), .state = FACT_OPEN };
	LIST_APPEND(arena, &scan->facts, fact);
	if (signatures && (secrets || names.count))
		return work_fail(&task->work, "InvalidArgs", "signatures are checked by what the policy names, and by themselves");
	scan->kind = signatures ? SCAN_SIGNATURE : secrets ? SCAN_SECRET : SCAN_VULNERABILITY;
	task->work.facts = &scan->facts;
	if ((r = take_names(task, &names)) == 0)
		scan->waits = true;
	return r;
}

const Handler scan_image = { sizeof(Scan), scan_read, scan_work, scan_answer };
