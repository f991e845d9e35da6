/* SPDX-License-Identifier: MIT */
#include "request/list.h"
#include "request/stored.h"
#include "scan/own-rules.h"
#include "service/scanning.h"

/* An image that has come, until Docker has said which it is. */
typedef struct Inquiry {
	Scanning *scanning;
	const char *name;
	char *maker; /* who has built it; NULL: it came otherwise */
	Arena *arena;
	FactList facts;
} Inquiry;

static unsigned scans_of(const Scanning *scanning)
{
	const World *world = world_acquire(scanning->cell);
	unsigned scans = world->verdicts ? policy_scans(world->policy) : 0;

	world_release(world);
	return scans;
}

static void on_answer(void *data)
{
	Inquiry *inquiry = data;
	Scanning *scanning = inquiry->scanning;
	const Fact *fact = &inquiry->facts.items[0];
	const ScanQueue *queue = jobs_queue(scanning->jobs);
	StoredImage image;

	bool known = fact->state == FACT_KNOWN && stored_read_image(fact->json, fact->length, inquiry->arena, &image) && *image.id;
	if (known)
		unheard_told(&scanning->unheard, image.id);
	if (known && inquiry->maker)
		built_add(&scanning->built, image.id, inquiry->name, inquiry->maker, scans_of(scanning));
	else if (known)
		queue->want(queue->data, image.id, inquiry->name, scans_of(scanning), &(const StringList){ 0 });
	g_free(inquiry->maker);
	arena_free(inquiry->arena);
	g_free(inquiry);
}

static void on_image(const char *image, const char *name, bool made, void *data)
{
	Scanning *scanning = data;
	const Lookup *lookup = lookups_get(scanning->lookups);

	if (!scans_of(scanning))
		return;
	Inquiry *inquiry = g_new0(Inquiry, 1);
	*inquiry = (Inquiry){ .scanning = scanning, .arena = arena_new(), .maker = made ? builds_maker(scanning->builds, g_get_monotonic_time()) : NULL };
	inquiry->name = arena_strdup(inquiry->arena, name);
	const Fact fact = { .kind = FACT_IMAGE, .name = arena_strdup(inquiry->arena, image), .state = FACT_OPEN };
	LIST_APPEND(inquiry->arena, &inquiry->facts, fact);
	lookup->ask(lookup->data, &inquiry->facts, inquiry->arena, on_answer, inquiry);
}

bool scanning_start(Scanning *scanning, sd_event *event, const Paths *paths, GError **error)
{
	g_autofree char *vex = g_build_filename(paths->config_dir, "vex", NULL), *rules = g_build_filename(paths->config_dir, OWN_RULES_FILE, NULL);

	scanning->source = lookups_image_source(scanning->lookups);
	scanning->jobs = jobs_new(event, scanning->cell, paths->cache_dir, &scanning->source, error);
	if (!scanning->jobs)
		return false;
	scanning->builds = builds_new();
	scanning->built.cell = scanning->cell;
	scanning->built.jobs = scanning->jobs;
	scanning->unheard = (Unheard){ .lookups = scanning->lookups, .builds = scanning->builds, .built = &scanning->built };
	jobs_use_vex(scanning->jobs, vex);
	jobs_use_rules(scanning->jobs, rules);
	if (!scanning->private_instance)
		lookups_set_image_observer(scanning->lookups, on_image, scanning);
	return true;
}

void scanning_configure(Scanning *scanning, const Config *config)
{
	if (scanning->jobs && config)
		jobs_configure(scanning->jobs, &config->scanning, scanning->private_instance);
}

void scanning_tick(Scanning *scanning)
{
	if (!scanning->private_instance)
		keys_tick(&scanning->keys, scanning->cell);
	if (!scanning->private_instance && scans_of(scanning))
		lookups_listen(scanning->lookups);
	if (!scanning->private_instance)
		unheard_tick(&scanning->unheard, scans_of(scanning));
}

void scanning_free(Scanning *scanning)
{
	jobs_free(scanning->jobs);
	builds_free(scanning->builds);
	unheard_clear(&scanning->unheard);
	scanning->jobs = NULL;
	scanning->builds = NULL;
}
