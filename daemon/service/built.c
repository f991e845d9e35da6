/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "service/built.h"

#define SECOND_US ((int64_t)1000 * 1000)

/* One that waits for its scan. */
typedef struct BuiltImage {
	Built *built;
	char *id, *name, *maker;
} BuiltImage;

static void built_image_free(BuiltImage *image)
{
	g_free(image->id);
	g_free(image->name);
	g_free(image->maker);
	g_free(image);
}

static void tell(const BuiltImage *image, const BuiltWord *word, Arena *arena)
{
	const Built *built = image->built;
	const BuiltTold told = { text_printable(arena, image->name, LIMIT_SCAN_FIELD), image->id, text_printable(arena, image->maker, LIMIT_RECORD_FIELD), *word };

	built->tell(&told, built->data);
}

/* Its scan is done, was given up, or takes too long: what there is by now. */
static void on_scanned(void *data)
{
	BuiltImage *image = data;
	const World *world = world_acquire(image->built->cell);
	g_autoptr(Arena) arena = arena_new();
	const Situation situation = { .now_us = g_get_real_time(), .verdicts = world->verdicts };

	(void)g_queue_remove(&image->built->waiting, image);
	if (world->policy) {
		const BuiltWord word = built_judge(world->policy, image->name, image->id, &situation, arena);
		/* The classic builder makes one without a name of each step. */
		if (word.outcome != BUILT_PASSED || strcmp(image->name, image->id) != 0)
			tell(image, &word, arena);
	}
	world_release(world);
	built_image_free(image);
}

static BuiltImage *find(const Built *built, const char *image_id)
{
	for (const GList *at = built->waiting.head; at; at = at->next)
		if (!strcmp(((const BuiltImage *)at->data)->id, image_id))
			return at->data;
	return NULL;
}

/* Docker tells of one image twice: that it is there, and how it is called. */
static void merge(BuiltImage *image, const char *name, const char *maker)
{
	if (!strcmp(image->name, image->id)) {
		g_free(image->name);
		image->name = g_strdup(name);
	}
	if (strcmp(image->maker, maker) != 0) {
		g_free(image->maker);
		image->maker = g_strdup("");
	}
}

/* NULL: there is room. */
static const char *crowded(const Built *built, const char *maker)
{
	unsigned theirs = 0, all = 0;

	for (const GList *at = built->waiting.head; at; at = at->next, all++)
		theirs += !strcmp(((const BuiltImage *)at->data)->maker, maker);
	if (theirs >= LIMIT_BUILT_PER_USER)
		return "so many images of this user wait for their scans already";
	return all >= LIMIT_BUILT ? "so many images wait for their scans already" : NULL;
}

static void give_up(BuiltImage *image, const char *why)
{
	g_autoptr(Arena) arena = arena_new();
	const BuiltWord word = { BUILT_UNSCANNED, severity_name(SEVERITY_HIGH), arena_printf(arena, "The image %s was not scanned: %s; its push waits for a scan of its own",
		text_printable(arena, image->name, LIMIT_SCAN_FIELD), why) };

	tell(image, &word, arena);
	built_image_free(image);
}

void built_add(Built *built, const char *image_id, const char *name, const char *maker, unsigned scans)
{
	BuiltImage *known = find(built, image_id);
	const char *why = crowded(built, maker);

	if (known) {
		merge(known, name, maker);
		return;
	}
	BuiltImage *image = g_new0(BuiltImage, 1);
	*image = (BuiltImage){ built, g_strdup(image_id), g_strdup(name), g_strdup(maker) };
	if (why) {
		give_up(image, why);
		return;
	}
	g_queue_push_tail(&built->waiting, image);
	g_autofree char *share = g_strconcat("built:", maker, NULL); /* a share of its own, beside that of the user's pushes */
	const char *user = share;
	if (jobs_await(built->jobs, image_id, name, scans, &(const StringList){ &user, 1 }, g_get_monotonic_time() + LIMIT_BUILT_WAIT_S * SECOND_US, on_scanned, image))
		return;
	(void)g_queue_remove(&built->waiting, image);
	give_up(image, "too much waits for scans already");
}
