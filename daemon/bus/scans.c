/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "bus/gate.h"
#include "bus/scans.h"
#include "request/list.h"
#include "request/stored.h"
#include "scan/plan.h"
#include "scan/probe.h"

#define JOBS_PATH SENTINEL_OBJECT_PATH "/jobs"

/* Whose a job is; those that nobody on the bus asked for are root's. */
static uid_t owner_of(const Bus *bus, uint64_t number)
{
	const void *owner = g_hash_table_lookup(bus->owners, &number);

	return owner ? (uid_t)(GPOINTER_TO_UINT(owner) - 1) : 0;
}

static bool is_theirs(const Bus *bus, const sd_bus_message *call, uint64_t number)
{
	uid_t uid = gate_uid(bus, call);

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

static int get_state(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const ScanJob *job = job_of(data, path);

	return sd_bus_message_append_basic(reply, 's', job_state_name(job ? job->state : JOB_CANCELLED));
}

static int get_progress(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const ScanJob *job = job_of(data, path);

	return sd_bus_message_append(reply, "u", job ? job->progress : 0);
}

/* Empty until the scan is done, and for those whose it is not. */
static int get_result(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const Bus *bus = data;
	const ScanJob *job = job_of(bus, path);
	const sd_bus_message *call = sd_bus_get_current_message(connection);
	int r = sd_bus_message_open_container(reply, 'a', "{sv}");

	if (r >= 0 && job && job->state == JOB_DONE && is_theirs(bus, call, job->number))
		r = scan_append_result(reply, job);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int cancel(sd_bus_message *call, void *data, sd_bus_error *error)
{
	const Bus *bus = data;
	const ScanJob *job = job_of(bus, sd_bus_message_get_path(call));

	(void)error;
	if (!job || !is_theirs(bus, call, job->number)) {
		int r = sd_bus_reply_method_errorf(call, SD_BUS_ERROR_ACCESS_DENIED, "the scan is somebody else's");
		return r < 0 ? r : 1;
	}
	jobs_cancel(bus->context->jobs, job->number);
	return sd_bus_reply_method_return(call, "");
}

const sd_bus_vtable job_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("Cancel", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, cancel, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY("State", "s", get_state, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Progress", "u", get_progress, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Result", "a{sv}", get_result, 0, 0),
	SD_BUS_SIGNAL_WITH_ARGS("Finished", SD_BUS_ARGS("s", state), 0),
	SD_BUS_VTABLE_END,
};

static void on_job(const ScanJob *job, bool gone, void *data)
{
	Bus *bus = data;
	g_autofree char *path = g_strdup_printf(JOBS_PATH "/%" G_GUINT64_FORMAT, job->number);

	if (gone)
		(void)g_hash_table_remove(bus->owners, &job->number);
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
	jobs_set_observer(bus->context->jobs, on_job, bus);
	return sd_bus_add_fallback_vtable(bus->connection, NULL, JOBS_PATH, SENTINEL_INTERFACE_JOB, job_vtable, find_job, bus);
}

/* One Scan, until Docker has said which image is meant. */
typedef struct Scan {
	Bus *bus;
	sd_bus_message *call;
	uid_t uid;
	Arena *arena;
	FactList facts;
	ScanOrder order;
	ScanKind kind;
	const char *image_id;
} Scan;

static void scan_free(Scan *scan)
{
	sd_bus_message_unref(scan->call);
	arena_free(scan->arena);
	g_free(scan);
}

static int start(Scan *scan)
{
	g_autoptr(GError) error = NULL;

	scan->order.image_id = scan->image_id;
	const ScanJob *job = jobs_add(scan->bus->context->jobs, &scan->order, &error);
	if (!job)
		return bus_reply_error(scan->call, error);
	uint64_t *number = g_new(uint64_t, 1);
	*number = job->number;
	g_hash_table_replace(scan->bus->owners, number, GUINT_TO_POINTER(scan->uid + 1));
	g_autofree char *path = g_strdup_printf(JOBS_PATH "/%" G_GUINT64_FORMAT, job->number);
	return sd_bus_reply_method_return(scan->call, "o", path);
}

/* Nobody named one: the policy's; else the first that works. */
static int choose(Scan *scan)
{
	const char *const *dirs = jobs_program_dirs(scan->bus->context->jobs);
	unsigned scans = scan->kind == SCAN_SECRET ? SCANS_SECRETS : SCANS_IMAGE;
	const World *world = world_acquire(scan->bus->context->cell);

	if (world->policy)
		plan_add(&scan->order, world->policy, policy_scans(world->policy) & scans, dirs);
	world_release(world);
	const Scanner *ready = scan->order.step_count ? NULL : plan_ready(scan->kind, dirs);
	if (ready)
		(void)plan_add_step(&scan->order, ready, scan->kind);
	return scan->order.step_count ? 0 : bus_reply_named(scan->call, "Unavailable", "No scanner: install trivy or grype");
}

static void probe_scanners(void *data)
{
	const Scan *scan = data;

	scanners_probe(jobs_program_dirs(scan->bus->context->jobs), NULL);
}

static void on_scanners(void *data)
{
	Scan *scan = data;

	if (choose(scan) == 0)
		(void)start(scan);
	scan_free(scan);
}

/* Takes the scan. */
static void on_image(Scan *scan)
{
	if (scan->order.step_count) {
		(void)start(scan);
		scan_free(scan);
	} else if (!bus_submit(scan->bus, scan->call, probe_scanners, on_scanners, scan)) {
		(void)bus_reply_named(scan->call, "Busy", "too many calls wait; try again");
		scan_free(scan);
	}
}

static void on_answer(void *data)
{
	Scan *scan = data;
	const Fact *fact = &scan->facts.items[0];
	StoredImage image;

	quota_give_back(scan->bus, sd_bus_message_get_sender(scan->call));
	if (fact->state == FACT_KNOWN && stored_read_image(fact->json, fact->length, scan->arena, &image)) {
		scan->image_id = image.id;
		on_image(scan);
		return;
	}
	if (fact->state == FACT_ABSENT)
		(void)bus_reply_named(scan->call, "NotFound", "Docker has no image %s; pull it first", scan->order.image);
	else
		(void)bus_reply_named(scan->call, "Unavailable", "Docker does not say which image %s is; see whether it runs: docker info", scan->order.image);
	scan_free(scan);
}

static int unknown_scanner(const Scan *scan, const char *name)
{
	Buffer known = BUFFER_INIT(scan->arena);

	for (size_t i = 0; i < scanner_count; i++)
		buffer_printf(&known, "%s%s", i ? ", " : "", scanners[i].is->name);
	return bus_reply_named(scan->call, "InvalidArgs", "there is no scanner %s; expected some of %s", text_printable(scan->arena, name, LIMIT_METHOD_BYTES), known.data);
}

static int take_names(Scan *scan, const StringList *names)
{
	for (size_t i = 0; i < names->count; i++) {
		const Scanner *scanner = scanner_find(names->items[i]);
		if (!scanner)
			return unknown_scanner(scan, names->items[i]);
		if (!plan_add_step(&scan->order, scanner, scan->kind))
			return bus_reply_named(scan->call, "InvalidArgs", "%s does not look for %s", scanner->is->name, scan->kind == SCAN_SECRET ? "secrets" : "vulnerabilities");
	}
	return 0;
}

static int read_scan(Scan *scan)
{
	StringList names = { 0 };
	bool secrets = false;
	const BusOption options[] = { { "scanners", OPTION_WORDS, &names }, { "secrets", OPTION_FLAG, &secrets } };
	const char *image;
	int r = sd_bus_message_read_basic(scan->call, 's', &image);

	if (r < 0 || (r = options_read(scan->call, options, G_N_ELEMENTS(options), scan->arena)) != 0)
		return r;
	if (!*image || *image == '-' || strlen(image) > LIMIT_SCAN_FIELD)
		return bus_reply_named(scan->call, "InvalidArgs", "expected the name of an image, or its id");
	scan->order.image = text_printable(scan->arena, image, LIMIT_SCAN_FIELD);
	const Fact fact = { .kind = FACT_IMAGE, .name = arena_strdup(scan->arena, image), .state = FACT_OPEN };
	LIST_APPEND(scan->arena, &scan->facts, fact);
	scan->kind = secrets ? SCAN_SECRET : SCAN_VULNERABILITY;
	return take_names(scan, &names);
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
	return count;
}

int scan_image(sd_bus_message *call, void *data, sd_bus_error *error)
{
	Bus *bus = data;
	const Lookup *lookup = bus->context->lookup;
	Scan *scan = g_new0(Scan, 1);

	(void)error;
	*scan = (Scan){ .bus = bus, .call = sd_bus_message_ref(call), .uid = gate_uid(bus, call), .arena = arena_new() };
	int r = read_scan(scan);
	if (r == 0 && under_way(bus, scan->uid) >= LIMIT_SCANS_PER_USER)
		r = bus_reply_named(call, "LimitExceeded", "%u scans of yours are under way already", LIMIT_SCANS_PER_USER);
	if (r == 0 && !quota_take(bus, sd_bus_message_get_sender(call)))
		r = bus_reply_named(call, "LimitExceeded", "%u calls of yours wait for an answer already", LIMIT_CALLS_PER_SENDER);
	if (r != 0) {
		scan_free(scan);
		return r;
	}
	lookup->ask(lookup->data, &scan->facts, scan->arena, on_answer, scan);
	return 1;
}
