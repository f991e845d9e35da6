/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "base/text.h"
#include "policy/wants.h"
#include "request/list.h"
#include "request/stored.h"
#include "service/pulling.h"

#define SHOWN_NAME_BYTES 200u

/* A pull that has succeeded, until Docker has said which image came. */
typedef struct Inquiry {
	Pulls *pulls;
	int64_t number;
	Arena *arena;
	FactList facts;
} Inquiry;

static void on_answer(void *data)
{
	Inquiry *inquiry = data;
	const Fact *fact = &inquiry->facts.items[0];
	StoredImage image;

	if (fact->state == FACT_KNOWN && stored_read_image(fact->json, fact->length, inquiry->arena, &image) &&
		pulls_keep(inquiry->pulls, fact->name, inquiry->number, image.id))
		log_debug("%s was pulled", text_printable(inquiry->arena, fact->name, SHOWN_NAME_BYTES));
	arena_free(inquiry->arena);
	g_free(inquiry);
}

static void on_pull(const char *name, void *data)
{
	const Pulling *pulling = data;
	const Lookup *lookup = lookups_get(pulling->lookups);
	int64_t number = pulls_arrived(pulling->pulls, name);

	if (!number)
		return;
	Inquiry *inquiry = g_new0(Inquiry, 1);
	*inquiry = (Inquiry){ .pulls = pulling->pulls, .number = number, .arena = arena_new() };
	const Fact fact = { .kind = FACT_IMAGE, .name = arena_strdup(inquiry->arena, name), .state = FACT_OPEN };
	LIST_APPEND(inquiry->arena, &inquiry->facts, fact);
	lookup->ask(lookup->data, &inquiry->facts, inquiry->arena, on_answer, inquiry);
}

void pulling_start(Pulling *pulling, const char *file, bool listens)
{
	pulling->pulls = pulls_open(file);
	pulling->pushes = pushes_new();
	if (listens)
		lookups_set_pull_observer(pulling->lookups, on_pull, pulling);
}

void pulling_tick(const Pulling *pulling)
{
	const World *world = world_acquire(pulling->cell);
	bool wanted = policy_goes_by_origin(world->policy);

	world_release(world);
	if (wanted)
		lookups_listen(pulling->lookups);
	pushes_tick(pulling->pushes);
}

void pulling_stop(Pulling *pulling)
{
	pulls_close(pulling->pulls);
	pushes_free(pulling->pushes);
	pulling->pulls = NULL;
	pulling->pushes = NULL;
}
