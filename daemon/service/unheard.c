/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "request/engine.h"
#include "request/list.h"
#include "request/stored.h"
#include "service/unheard.h"

#define SECOND_US ((int64_t)1000 * 1000)

/* The look for what some channels have made. */
typedef struct Look {
	Unheard *unheard;
	char *maker;
	int64_t since_s; /* since the epoch */
	unsigned scans;
	Arena *arena;
	FactList facts; /* of what store Docker has, then its images */
} Look;

void unheard_told(Unheard *unheard, const char *image_id)
{
	if (!unheard->told)
		unheard->told = g_ptr_array_new_with_free_func(g_free);
	if (unheard->told->len < LIMIT_BUILT && !g_ptr_array_find_with_equal_func(unheard->told, image_id, g_str_equal, NULL))
		g_ptr_array_add(unheard->told, g_strdup(image_id));
}

void unheard_clear(Unheard *unheard)
{
	g_clear_pointer(&unheard->told, g_ptr_array_unref);
}

static bool was_told(const Unheard *unheard, const char *image_id)
{
	return unheard->told && g_ptr_array_find_with_equal_func(unheard->told, image_id, g_str_equal, NULL);
}

static void end(Look *look)
{
	look->unheard->asks = false;
	unheard_clear(look->unheard);
	g_free(look->maker);
	arena_free(look->arena);
	g_free(look);
}

static void take_images(const Look *look, const ListedImages *images)
{
	for (size_t i = 0; i < images->count; i++) {
		const ListedImage *image = &images->items[i];
		if (image->created_s >= look->since_s && !was_told(look->unheard, image->id))
			built_add(look->unheard->built, image->id, *image->name ? image->name : image->id, look->maker, look->scans);
	}
}

static void on_images(void *data)
{
	Look *look = data;
	const Fact *fact = &look->facts.items[1];
	ListedImages images;

	if (fact->state == FACT_KNOWN && stored_read_images(fact->json, fact->length, look->arena, &images))
		take_images(look, &images);
	end(look);
}

static void on_engine(void *data)
{
	Look *look = data;
	const Fact *fact = &look->facts.items[0], list = { .kind = FACT_IMAGES, .name = FACT_IMAGE_LIST, .state = FACT_OPEN };
	const Lookup *lookup = lookups_get(look->unheard->lookups);

	if (fact->state != FACT_KNOWN || engine_store(fact->json, fact->length, look->arena) != STORE_CONTAINERD) {
		end(look);
		return;
	}
	LIST_APPEND(look->arena, &look->facts, list);
	lookup->ask(lookup->data, &look->facts, look->arena, on_images, look);
}

void unheard_tick(Unheard *unheard, unsigned scans)
{
	const int64_t now_us = g_get_monotonic_time();
	const Lookup *lookup = lookups_get(unheard->lookups);
	const Fact engine = { .kind = FACT_ENGINE, .name = "info", .state = FACT_OPEN };
	int64_t since_us;

	if (unheard->asks || !builds_take_channels(unheard->builds, now_us, &since_us))
		return;
	char *maker = scans ? builds_maker(unheard->builds, now_us) : NULL;
	if (!maker) {
		unheard_clear(unheard);
		return;
	}
	Look *look = g_new0(Look, 1);
	*look = (Look){ .unheard = unheard, .maker = maker, .scans = scans, .arena = arena_new() };
	look->since_s = (g_get_real_time() - (now_us - since_us)) / SECOND_US;
	LIST_APPEND(look->arena, &look->facts, engine);
	unheard->asks = true;
	if (lookup->recall(lookup->data, &look->facts, look->arena))
		on_engine(look);
	else
		lookup->ask(lookup->data, &look->facts, look->arena, on_engine, look);
}
