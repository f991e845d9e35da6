/* SPDX-License-Identifier: MIT
 *
 * The parts of the service that connect others: images that come are scanned, pulls are remembered, the trail is sealed, and an end loses no call.
 * Those who are connected are played by this file.
 */
#include <string.h>
#include "audit/seals.h"
#include "base/limits.h"
#include "base/timer.h"
#include "policy-fixture.h"
#include "request/image.h"
#include "policy/store-keys.h"
#include "service/drain.h"
#include "service/keys.h"
#include "service/pulling.h"
#include "service/scanning.h"
#include "service/sealing.h"

#define ID "sha256:00000000000000000000000000000000000000000000000000000000000000aa"
#define IMAGE "{\"Id\":\"" ID "\"}"

/* What was done, a word each. */
static GString *done;

static void note(const char *word)
{
	g_string_append_printf(done, "%s%s", done->len ? " " : "", word);
}

static void expect(const char *words)
{
	g_assert_cmpstr(done->str, ==, words);
	g_string_truncate(done, 0);
}

static struct {
	EventsArrivalFn image;
	EventsImageFn pull;
	void *data;
	FactList *facts;
	LookupFn done;
	void *done_data;
} docker;

void lookups_set_image_observer(Lookups *lookups, EventsArrivalFn observer, void *data)
{
	(void)lookups;
	docker.image = observer;
	docker.data = data;
}

void lookups_set_pull_observer(Lookups *lookups, EventsImageFn observer, void *data)
{
	(void)lookups;
	docker.pull = observer;
	docker.data = data;
}

void lookups_listen(Lookups *lookups)
{
	(void)lookups;
	note("listen");
}

void lookups_stop(Lookups *lookups)
{
	(void)lookups;
	note("docker-stops");
}

ImageSource lookups_image_source(Lookups *lookups)
{
	(void)lookups;
	return (ImageSource){ 0 };
}

static void ask_docker(void *data, FactList *facts, Arena *arena, LookupFn then, void *then_data)
{
	(void)data;
	(void)arena;
	g_assert_cmpuint(facts->count, ==, 1);
	g_assert_cmpint(facts->items[0].kind, ==, FACT_IMAGE);
	g_assert_cmpint(facts->items[0].state, ==, FACT_OPEN);
	note("ask");
	note(facts->items[0].name);
	docker.facts = facts;
	docker.done = then;
	docker.done_data = then_data;
}

const Lookup *lookups_get(Lookups *lookups)
{
	static const Lookup lookup = { .ask = ask_docker };

	(void)lookups;
	return &lookup;
}

static void docker_says(FactState state, const char *json)
{
	docker.facts->items[0].state = state;
	docker.facts->items[0].json = json;
	docker.facts->items[0].length = strlen(json);
	docker.done(docker.done_data);
}

static void want(void *data, const char *image_id, const char *image, unsigned scans, const StringList *who)
{
	g_autofree char *word = g_strdup_printf("want %s %s %u", image, image_id, scans);

	(void)data;
	g_assert_cmpuint(who->count, ==, 0); /* the event says nobody */
	note(word);
}

static const ScanQueue queue = { .want = want };

/* Each function of scan/jobs.h that service/scanning.c calls stands here: else the linker finds those of jobs.c besides. */
ScanJobs *jobs_new(sd_event *event, WorldCell *cell, const char *cache_dir, const ImageSource *source, GError **error)
{
	(void)event, (void)cell, (void)error;
	g_assert_cmpstr(cache_dir, ==, "/c");
	return (ScanJobs *)(uintptr_t)source;
}

void jobs_configure(ScanJobs *jobs, const ScanSettings *settings, bool private_instance)
{
	(void)jobs;
	(void)settings;
	note(private_instance ? "configure-private" : "configure");
}

void jobs_use_vex(ScanJobs *jobs, const char *dir)
{
	(void)jobs;
	g_assert_cmpstr(dir, ==, "/etc/s/vex");
}

void jobs_use_rules(ScanJobs *jobs, const char *file)
{
	(void)jobs;
	g_assert_cmpstr(file, ==, "/etc/s/secret-rules.yaml");
}

const ScanQueue *jobs_queue(const ScanJobs *jobs)
{
	(void)jobs;
	return &queue;
}

void jobs_free(ScanJobs *jobs)
{
	(void)jobs;
	note("scans-free");
}

void built_add(Built *built, const char *image_id, const char *name, const char *maker, unsigned scans)
{
	g_autofree char *word = g_strdup_printf("built %s %s by %s %u", name, image_id, maker, scans);

	(void)built;
	note(word);
}

void jobs_wait_no_more(ScanJobs *jobs)
{
	(void)jobs;
	note("scans-stop");
}

static void publish(WorldCell *cell, const char *rules)
{
	g_autoptr(Policy) policy = fixture_policy(rules);

	(void)world_publish(cell, policy, FAIL_CLOSED, LOG_READS_ALL);
}

static void publish_verdicts(WorldCell *cell)
{
	VerdictTable *table = verdict_table_new();

	world_publish_verdicts(cell, table);
	verdict_table_unref(table);
}

static char cache[] = "/c", config_dir[] = "/etc/s";
static const Paths paths = { .cache_dir = cache, .config_dir = config_dir };

static void build(Builds *builds)
{
	g_autoptr(Arena) arena = arena_new();
	const ApiCall call = { .method = "POST", .uri = "/v1.41/build?t=a:1", .content_type = "application/x-tar", .content_length = "9" };

	builds_begun(builds, api_read(&call, arena), 7, "alice", g_get_monotonic_time());
}

static void free_scanning(Scanning *scanning)
{
	scanning_free(scanning);
	expect("scans-free");
	world_cell_free(scanning->cell);
}

/* What comes is scanned when the policy asks for scans and scanning is on, and Docker knows the image. */
static void test_scanning(void)
{
	static const struct { FactState state; const char *json, *wanted; } rows[] = {
		{ FACT_KNOWN, IMAGE, "want a:1 " ID " 1" }, { FACT_ABSENT, IMAGE, "" }, { FACT_FAILED, IMAGE, "" }, { FACT_KNOWN, "[]", "" }, { FACT_KNOWN, "{\"Id\":\"\"}", "" },
	};
	Scanning scanning = { .cell = world_cell_new() };

	g_assert_true(scanning_start(&scanning, NULL, &paths, NULL));
	publish(scanning.cell, "settings: {require_image_scan: true}\n");
	docker.image("sha", "a:1", false, docker.data);
	scanning_tick(&scanning);
	expect(""); /* scanning is off */
	publish_verdicts(scanning.cell);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		docker.image("sha", "a:1", false, docker.data);
		expect("ask sha");
		docker_says(rows[i].state, rows[i].json);
		expect(rows[i].wanted);
	}
	scanning_tick(&scanning);
	expect("listen");
	publish(scanning.cell, "settings: {secret_scanning: {enabled: true}}\n");
	docker.image("sha", "a:1", false, docker.data);
	docker_says(FACT_KNOWN, IMAGE);
	expect("ask sha want a:1 " ID " 2");
	/* what somebody builds meanwhile is theirs, and what comes otherwise is not */
	build(scanning.builds);
	docker.image("sha", "a:1", true, docker.data);
	docker_says(FACT_KNOWN, IMAGE);
	expect("ask sha built a:1 " ID " by alice 2");
	docker.image("sha", "a:1", false, docker.data);
	docker_says(FACT_KNOWN, IMAGE);
	expect("ask sha want a:1 " ID " 2");
	publish(scanning.cell, "");
	docker.image("sha", "a:1", false, docker.data);
	scanning_tick(&scanning);
	expect("");
	free_scanning(&scanning);
}

/* The command line's own instance scans nothing by itself. */
static void test_scanning_private(void)
{
	const Config config = { 0 };
	Scanning scanning = { .cell = world_cell_new(), .private_instance = true };

	docker.image = NULL;
	scanning_configure(&scanning, &config);
	expect(""); /* nobody scans yet */
	g_assert_true(scanning_start(&scanning, NULL, &paths, NULL));
	g_assert_null(docker.image);
	publish(scanning.cell, "settings: {require_image_scan: true}\n");
	publish_verdicts(scanning.cell);
	scanning_tick(&scanning);
	expect("");
	scanning_configure(&scanning, NULL);
	expect("");
	scanning_configure(&scanning, &config);
	expect("configure-private");
	scanning.private_instance = false;
	scanning_configure(&scanning, &config);
	expect("configure");
	free_scanning(&scanning);
}

static void pull(Pulls *pulls)
{
	g_autoptr(Arena) arena = arena_new();
	const ApiCall call = { .method = "POST", .uri = "/v1.41/images/create?fromImage=a.net/app&tag=1", .content_type = "", .content_length = "0" };

	pulls_begun(pulls, api_read(&call, arena), 7, g_get_monotonic_time());
}

/* A pull that Docker tells of is believed when it is known which image came. */
static void test_pulling(void)
{
	static const struct { const char *name; FactState state; const char *json, *asked; bool known; } rows[] = {
		{ "a.net/app:1", FACT_KNOWN, IMAGE, "ask a.net/app:1", true }, { "a.net/app:1", FACT_ABSENT, IMAGE, "ask a.net/app:1", false },
		{ "a.net/app:1", FACT_KNOWN, "[]", "ask a.net/app:1", false }, { "b.net/other:1", FACT_KNOWN, IMAGE, "", false },
	};
	g_autoptr(Arena) arena = arena_new();
	const ImageRef image = image_parse("a.net/app:1", arena);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Pulling pulling = { .cell = world_cell_new() };
		pulling_start(&pulling, NULL, true);
		g_assert_nonnull(pulling.pushes);
		pull(pulling.pulls);
		docker.pull(rows[i].name, docker.data);
		expect(rows[i].asked);
		if (*rows[i].asked)
			docker_says(rows[i].state, rows[i].json);
		g_assert_true(pulls_know(pulling.pulls, &image, ID) == rows[i].known);
		pulling_stop(&pulling);
		g_assert_true(!pulling.pulls && !pulling.pushes);
		world_cell_free(pulling.cell);
	}
}

/* Docker is listened to where the policy goes by where images came from. */
static void test_pulling_listens(void)
{
	Pulling pulling = { .cell = world_cell_new() };

	docker.pull = NULL;
	pulling_start(&pulling, NULL, false);
	g_assert_null(docker.pull);
	publish(pulling.cell, "");
	pulling_tick(&pulling);
	expect("");
	publish(pulling.cell, "rules: {images: {local: block}}\n");
	pulling_tick(&pulling);
	expect("listen");
	pulling_stop(&pulling);
	world_cell_free(pulling.cell);
}

/* The plugin's socket. */
static struct {
	bool hands_over, busy, waits;
	unsigned open, idle;
} server;

void server_retire(Server *data)
{
	(void)data;
	note("retire");
}

bool server_hands_over(const Server *data)
{
	(void)data;
	return server.hands_over;
}

void server_ask_no_more(Server *data)
{
	(void)data;
	note("ask-no-more");
}

void server_quiesce(Server *data)
{
	(void)data;
	note("quiesce");
}

void server_part(Server *data)
{
	(void)data;
	note("part");
}

bool server_busy(Server *data)
{
	(void)data;
	return server.busy;
}

bool server_waits(Server *data)
{
	(void)data;
	return server.waits;
}

unsigned server_let_go(Server *data, unsigned *ret_idle)
{
	(void)data;
	*ret_idle = server.idle;
	return server.open;
}

/* The drain's timer, by hand. */
static struct {
	sd_event_time_handler_t handler;
	void *data;
	bool runs;
} timer;

int timer_new(sd_event *event, sd_event_source **ret, sd_event_time_handler_t handler, void *data)
{
	(void)event;
	*ret = NULL;
	timer.handler = handler;
	timer.data = data;
	return 0;
}

int timer_start(sd_event_source *source, uint64_t after_us)
{
	(void)source;
	(void)after_us;
	timer.runs = true;
	return 0;
}

#define PARTED "part docker-stops scans-stop"
#define MS UINT64_C(1000)

typedef struct DrainStep {
	uint64_t ms; /* since the beginning */
	bool busy, waits;
	unsigned open, idle;
	const char *done;
	bool ends;
} DrainStep;

static void drain(bool hands_over, const DrainStep *steps, size_t count)
{
	Drain end = { 0 };
	sd_event *event = NULL;

	server.hands_over = hands_over;
	g_assert_cmpint(sd_event_new(&event), ==, 0);
	g_assert_cmpint(sd_event_run(event, 0), >=, 0); /* it has a time of its own from now on */
	g_assert_cmpint(drain_set_up(&end, event), ==, 0);
	g_assert_cmpint(drain_begin(&end, (Server *)&server, NULL, NULL, NULL), >=, 0);
	expect(hands_over ? "retire quiesce" : "retire");
	const uint64_t begun = end.until_us - LIMIT_DRAIN_MS * MS;
	for (size_t i = 0; i < count; i++) {
		server.busy = steps[i].busy;
		server.waits = steps[i].waits;
		server.open = steps[i].open;
		server.idle = steps[i].idle;
		g_assert_true(timer.runs);
		timer.runs = false;
		g_assert_cmpint(timer.handler(NULL, begun + steps[i].ms * MS, timer.data), >=, 0);
		expect(steps[i].done);
		g_assert_true(timer.runs != steps[i].ends);
	}
	drain_clear(&end);
	sd_event_unref(event);
}

#define DRAIN(hands_over, ...)                                                                                  \
	do {                                                                                                    \
		const DrainStep steps[] = { __VA_ARGS__ };                                                      \
		drain(hands_over, steps, G_N_ELEMENTS(steps));                                                  \
	} while (0)

/* A socket of our own is left when nothing is to be answered; half of the time on nothing new waits, and
 * what waits for nobody is answered by the end of the server. */
static void test_drain_own(void)
{
	DRAIN(false, { 0, true, true, 1, 0, "", false }, { 5, false, false, 0, 0, "quiesce " PARTED, true });
	DRAIN(false, { 0, true, false, 1, 0, "", false }, { LIMIT_DRAIN_MS / 2 - 1, true, false, 1, 0, "", false }, { LIMIT_DRAIN_MS / 2, true, true, 1, 0, "ask-no-more", false },
		{ LIMIT_DRAIN_MS - 1, true, true, 1, 0, "ask-no-more", false }, { LIMIT_DRAIN_MS, true, true, 1, 0, "ask-no-more " PARTED, true });
	DRAIN(false, { LIMIT_DRAIN_MS / 2, true, false, 1, 0, "ask-no-more quiesce " PARTED, true });
	DRAIN(false, { LIMIT_DRAIN_MS, true, true, 1, 0, "ask-no-more " PARTED, true });
}

/* A socket of systemd's is left at once; who comes after us is asked when dockerd has noticed that its idle connections have ended. */
static void test_drain_handed(void)
{
	DRAIN(true, { 0, true, true, 2, 1, "", false }, { 10, true, true, 2, 0, "", false }, { 40, true, true, 2, 1, "", false }, { 50, true, true, 2, 0, "", false },
		{ 99, true, true, 2, 0, "", false }, { 100, true, true, 2, 0, PARTED, false }, { 105, true, true, 2, 0, "", false }, { 110, false, false, 0, 0, "", true });
	DRAIN(true, { 0, false, false, 0, 0, PARTED, true });
}

/* Who is told twice ends at once, and so does a service without a plugin. */
static void test_drain_twice(void)
{
	for (unsigned twice = 0; twice < 2; twice++) {
		Drain end = { .until_us = twice };
		sd_event *event = NULL;
		int code = -1;
		g_assert_cmpint(sd_event_new(&event), ==, 0);
		g_assert_cmpint(drain_set_up(&end, event), ==, 0);
		g_assert_cmpint(drain_begin(&end, twice ? (Server *)&server : NULL, NULL, NULL, NULL), >=, 0);
		g_assert_cmpint(sd_event_get_exit_code(event, &code), ==, 0);
		expect("");
		sd_event_unref(event);
	}
}

static bool seal_fails;

bool seal_write(Journal *journal, const char *dir, AuditSeal *ret, GError **error)
{
	(void)journal;
	(void)ret;
	g_assert_cmpstr(dir, ==, "/trail");
	note("seal");
	if (seal_fails)
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_IO, "no");
	return !seal_fails;
}

/* As often as config.yaml says, and at the end; never where nobody takes seals or there is no trail. */
static void test_sealing(void)
{
	AuditWriters writers = { NULL, NULL };
	Sealing sealing;

	g_assert_true(g_setenv("JOURNAL_STREAM", "8:1", TRUE));
	sealing_start(&sealing, &writers, "/trail");
	sealing_tick(&sealing);
	sealing_stop(&sealing);
	sealing_set_interval(&sealing, 60);
	g_assert_cmpint(sealing.due_us - g_get_monotonic_time(), >, 50 * G_USEC_PER_SEC);
	g_assert_cmpint(sealing.due_us - g_get_monotonic_time(), <=, 60 * G_USEC_PER_SEC);
	sealing.due_us = 1;
	sealing_set_interval(&sealing, 60);
	g_assert_cmpint(sealing.due_us, ==, 1); /* the same is no other */
	sealing_tick(&sealing);
	expect(""); /* no trail */
	atomic_store(&writers.journal, (Journal *)&writers);
	sealing_tick(&sealing);
	expect("");
	sealing.due_us = 1;
	sealing_tick(&sealing);
	expect("seal");
	g_assert_cmpint(sealing.due_us - g_get_monotonic_time(), >, 50 * G_USEC_PER_SEC);
	sealing_tick(&sealing);
	expect("");
	seal_fails = true;
	sealing_stop(&sealing);
	expect("seal");
	g_assert_true(sealing.complained);
	seal_fails = false;
	sealing_stop(&sealing);
	expect("seal");
	g_assert_false(sealing.complained);
	sealing_set_interval(&sealing, 0);
	sealing.due_us = 1;
	sealing_tick(&sealing);
	sealing_stop(&sealing);
	expect("");
	g_unsetenv("JOURNAL_STREAM");
	sealing_start(&sealing, &writers, "/trail");
	sealing_set_interval(&sealing, 60);
	sealing.due_us = 1;
	sealing_tick(&sealing);
	sealing_stop(&sealing);
	expect("");
}

/* One thread, which works when it is let. */
static struct {
	bool full;
	JobFn run, done;
	void *job;
} loader;

bool worker_submit(Worker *worker, JobFn run, JobFn then, void *job)
{
	(void)worker;
	note("look");
	if (!loader.full) {
		loader.run = run;
		loader.done = then;
		loader.job = job;
	}
	return !loader.full;
}

void reload_start(Reload *reload, ReloadFn then, void *data)
{
	(void)reload;
	(void)then;
	(void)data;
	note("reload");
}

static bool keys_differ;

bool store_keys_changed(const Policy *policy)
{
	g_assert_nonnull(policy);
	return keys_differ;
}

/* Looks now and then, one look at a time, and only where a policy names keys; what has changed is a reload. */
static void test_keys(void)
{
	WorldCell *cell = world_cell_new();
	KeysWatch watch = { .busy = false };

	keys_tick(&watch, cell);
	publish(cell, "rules: {images: {}}\n");
	keys_tick(&watch, cell);
	expect("");
	publish(cell, "rules: {images: {require_signed: true, signatures: [{registries: [a.net], keys: [/a]}]}}\n");
	for (unsigned changed = 0; changed < 2; changed++) {
		keys_differ = changed;
		watch.next_us = 0;
		keys_tick(&watch, cell);
		watch.next_us = 0;
		keys_tick(&watch, cell);
		expect("look");
		loader.run(loader.job);
		loader.done(loader.job);
		expect(changed ? "reload" : "");
	}
	watch.next_us = 0;
	loader.full = true;
	keys_tick(&watch, cell);
	keys_tick(&watch, cell); /* too early */
	expect("look");
	g_assert_cmpint(watch.next_us - g_get_monotonic_time(), >, (LIMIT_SIGNATURE_LOOK_S - 2) * G_USEC_PER_SEC);
	world_cell_free(cell);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	done = g_string_new(NULL);
	g_test_add_func("/service/scanning", test_scanning);
	g_test_add_func("/service/scanning/private", test_scanning_private);
	g_test_add_func("/service/pulling", test_pulling);
	g_test_add_func("/service/pulling/listens", test_pulling_listens);
	g_test_add_func("/service/drain/own", test_drain_own);
	g_test_add_func("/service/drain/handed", test_drain_handed);
	g_test_add_func("/service/drain/twice", test_drain_twice);
	g_test_add_func("/service/sealing", test_sealing);
	g_test_add_func("/service/keys", test_keys);
	return g_test_run();
}
