/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "core/pull-watch.h"
#include "request/image.h"

#define SECOND_US ((int64_t)1000 * 1000)
/* Longer than Docker's word takes from one of its connections to another. */
#define LATE_US (10 * SECOND_US)

void watch_forget(PullWatch *watch)
{
	for (size_t i = 0; i < G_N_ELEMENTS(watch->watched); i++)
		g_free(watch->watched[i].name);
	memset(watch->watched, 0, sizeof watch->watched);
}

static WatchedPull *find(PullWatch *watch, const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(watch->watched); i++)
		if (!g_strcmp0(watch->watched[i].name, name))
			return &watch->watched[i];
	return NULL;
}

/* A place for one more; NULL: all of them run. */
static WatchedPull *make_room(PullWatch *watch)
{
	WatchedPull *oldest = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(watch->watched); i++) {
		WatchedPull *watched = &watch->watched[i];
		if (!watched->name)
			return watched;
		if (!watched->running && (!oldest || watched->ended_us < oldest->ended_us))
			oldest = watched;
	}
	if (oldest)
		g_free(oldest->name);
	return oldest;
}

static void begin_pull(PullWatch *watch, const char *name, int64_t now_us)
{
	WatchedPull *watched = find(watch, name);

	if (!watched) {
		watched = make_room(watch);
		if (!watched)
			return;
		*watched = (WatchedPull){ .name = g_strdup(name), .begun_us = now_us };
	} else if (!watched->running && now_us - watched->ended_us > LATE_US) {
		watched->begun_us = now_us;
	}
	watched->running++;
}

/* By the form that the body of a pull may hide nobody knows what it is. */
static bool is_pull(const Request *request)
{
	return !strcmp(request->endpoint, "image.create") && !request->unseen_body;
}

/* What can end with an image having a name (moby daemon/images: who calls TagImage; BuildKit's exporter). */
static bool names_image(const Request *request)
{
	static const char *const ids[] = { "container.commit", "image.create", "image.import", "image.load", "image.tag" };

	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
		if (!strcmp(request->endpoint, ids[i]))
			return true;
	return request->kind == KIND_IMAGE_BUILD || request->kind == KIND_BUILDKIT || request->kind == KIND_PLUGIN || request->kind == KIND_UNKNOWN;
}

void watch_begun(PullWatch *watch, const Request *request, pid_t docker, int64_t now_us)
{
	if (!names_image(request))
		return;
	if (docker && docker != watch->docker) {
		watch_forget(watch);
		watch->naming = 0;
		watch->docker = docker;
	}
	if (is_pull(request)) {
		g_autoptr(Arena) arena = arena_new();
		begin_pull(watch, image_canonical(&request->image, arena), now_us);
	} else {
		watch->naming++;
		watch->named_us = now_us;
	}
}

static void end_pull(PullWatch *watch, const Request *request, int64_t now_us)
{
	g_autoptr(Arena) arena = arena_new();
	WatchedPull *watched = find(watch, image_canonical(&request->image, arena));

	if (!watched || !watched->running)
		return;
	watched->running--;
	watched->ended_us = now_us;
}

void watch_ended(PullWatch *watch, const Request *request, int64_t now_us)
{
	if (!names_image(request))
		return;
	if (is_pull(request)) {
		end_pull(watch, request, now_us);
	} else if (watch->naming) {
		watch->naming--;
		watch->named_us = now_us;
	}
}

bool watch_expects(const PullWatch *watch)
{
	bool expects = watch->naming;

	for (size_t i = 0; i < G_N_ELEMENTS(watch->watched); i++)
		expects |= watch->watched[i].running != 0;
	return expects;
}

int64_t watch_number(PullWatch *watch, const char *name)
{
	const WatchedPull *watched = name ? find(watch, name) : NULL;

	return watched && !watch->naming && watch->named_us < watched->begun_us ? watched->begun_us : 0;
}
