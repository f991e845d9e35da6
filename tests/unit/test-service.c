/* SPDX-License-Identifier: MIT
 *
 * Images that come are scanned, and pulls are remembered.
 */
#include "request/image.h"
#include "service/pulling.h"
#include "service/scanning.h"
#include "service-fixture.h"

#define ID "sha256:00000000000000000000000000000000000000000000000000000000000000aa"
#define IMAGE "{\"Id\":\"" ID "\"}"

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

ImageSource lookups_image_source(Lookups *lookups)
{
	(void)lookups;
	return (ImageSource){ 0 };
}

static void ask_docker(void *data, FactList *facts, Arena *arena, LookupFn then, void *then_data)
{
	(void)data;
	(void)arena;
	const Fact *fact = &facts->items[facts->count - 1];
	g_assert_cmpint(fact->kind, ==, !strcmp(fact->name, "info") ? FACT_ENGINE : !strcmp(fact->name, FACT_IMAGE_LIST) ? FACT_IMAGES : FACT_IMAGE);
	g_assert_cmpint(fact->state, ==, FACT_OPEN);
	note("ask");
	note(fact->name);
	docker.facts = facts;
	docker.done = then;
	docker.done_data = then_data;
}

static bool recall_nothing(void *data, FactList *facts, Arena *arena)
{
	(void)data;
	(void)facts;
	(void)arena;
	return false;
}

const Lookup *lookups_get(Lookups *lookups)
{
	static const Lookup lookup = { .ask = ask_docker, .recall = recall_nothing };

	(void)lookups;
	return &lookup;
}

static void docker_says(FactState state, const char *json)
{
	Fact *fact = &docker.facts->items[docker.facts->count - 1];

	fact->state = state;
	fact->json = json;
	fact->length = strlen(json);
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

/* BuildKit's channel of alice's, so many seconds ago. */
static void channel(Builds *builds, int64_t begun_s, int64_t ended_s)
{
	g_autoptr(Arena) arena = arena_new();
	const ApiCall call = { .method = "POST", .uri = "/grpc", .content_type = "", .content_length = "0" };
	const int64_t now_us = g_get_monotonic_time();

	if (begun_s >= 0)
		builds_begun(builds, api_read(&call, arena), 7, "alice", now_us - begun_s * 1000000);
	if (ended_s >= 0)
		builds_ended(builds, api_read(&call, arena), now_us - ended_s * 1000000);
}

#define CONTAINERD "{\"DriverStatus\":[[\"driver-type\",\"io.containerd.snapshotter.v1\"]]}"
#define LISTED(id, created, tags) "{\"Id\":\"sha256:" id "\",\"Created\":" created ",\"RepoTags\":" tags "}"

/* What BuildKit has made and no event tells of, where Docker has a store of which that is so: asked for once, and told of once. */
static void test_unheard(void)
{
	static const struct { const char *what, *info, *images, *done; } rows[] = {
		{ "another store", "{\"Driver\":\"overlay2\"}", NULL, "listen ask info" },
		{ "it is new", CONTAINERD, "[" LISTED("1", "9999999999", "[\"a:1\",\"a:2\"]") "," LISTED("2", "1", "[\"old:1\"]") "]", "ask images built a:1 sha256:1 by alice 2" },
		{ "it has no name", CONTAINERD, "[" LISTED("1", "9999999999", "null") "]", "ask images built sha256:1 sha256:1 by alice 2" },
		{ "none is", CONTAINERD, "[]", "ask images" }, { "no list", CONTAINERD, "{}", "ask images" }, { "half a list", CONTAINERD, "[" LISTED("1", "9999999999", "null"), "ask images" },
		{ "told of already", CONTAINERD, "[{\"Id\":\"" ID "\",\"Created\":9999999999,\"RepoTags\":null}]", "ask images" },
	};
	Scanning scanning = { .cell = world_cell_new() };

	g_assert_true(scanning_start(&scanning, NULL, &paths, NULL));
	publish(scanning.cell, "settings: {secret_scanning: {enabled: true}}\n");
	publish_verdicts(scanning.cell);
	channel(scanning.builds, 9, -1);
	scanning_tick(&scanning);
	expect("listen"); /* it is open still */
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].what);
		channel(scanning.builds, 5, 3);
		if (!i)
			channel(scanning.builds, -1, 2); /* the first one */
		if (!strcmp(rows[i].what, "told of already")) {
			docker.image("sha", "a:1", true, docker.data);
			docker_says(FACT_KNOWN, IMAGE);
			expect("ask sha built a:1 " ID " by alice 2");
		}
		scanning_tick(&scanning);
		if (rows[i].images)
			expect("listen ask info");
		docker_says(FACT_KNOWN, rows[i].info);
		if (rows[i].images)
			docker_says(FACT_KNOWN, rows[i].images);
		expect(rows[i].done);
		scanning_tick(&scanning);
		expect("listen"); /* once */
	}
	channel(scanning.builds, 5, 0);
	scanning_tick(&scanning);
	expect("listen"); /* Docker's own word may come yet */
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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	done = g_string_new(NULL);
	g_test_add_func("/service/scanning", test_scanning);
	g_test_add_func("/service/unheard", test_unheard);
	g_test_add_func("/service/scanning/private", test_scanning_private);
	g_test_add_func("/service/pulling", test_pulling);
	g_test_add_func("/service/pulling/listens", test_pulling_listens);
	return g_test_run();
}
