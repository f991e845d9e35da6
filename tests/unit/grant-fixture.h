/* SPDX-License-Identifier: MIT
 *
 * A book of grants in a directory of its own, and what is denied.
 */
#pragma once

#include "base/limits.h"
#include "core/grant.h"
#include "scratch.h"

#define NOW ((int64_t)1000000)
#define LATER ((int64_t)2000000)

static Finding findings[] G_GNUC_UNUSED = {
	{ .rule = "mounts.blocked", .what = "/etc", .action = ACTION_BLOCK },
	{ .rule = "container.require_non_root", .what = "", .action = ACTION_WARN },
	{ .rule = "mounts.blocked", .what = "/", .action = ACTION_BLOCK },
	{ .rule = "builtin.unresolved", .what = "", .action = ACTION_BLOCK },
};

static inline Decision denial(size_t first, size_t count)
{
	return (Decision){ .findings = findings + first, .finding_count = count };
}

static inline Request request(const char *image)
{
	return (Request){ .image.text = image, .endpoint = "container.create", .subject = "", .fit = image, .image_id = "", .container_id = "" };
}

/* For alice, the image x, the first two findings. */
static inline Grant *grant_new(unsigned uses, const char *image)
{
	Grant *grant = g_new0(Grant, 1);
	char keys[2][GRANT_KEY_LENGTH + 1];

	grant_key(&findings[0], keys[0]);
	grant_key(&findings[1], keys[1]);
	*grant = (Grant){
		.decision_id = 7, .made_us = NOW - 1, .expires_us = LATER, .uses_left = uses, .user = g_strdup("alice"), .image = g_strdup(image),
		.endpoint = g_strdup("container.create"), .subject = g_strdup(""), .by = g_strdup("admin"), .reason = g_strdup("a = b; \"c\""),
		.command = g_strdup("docker run"), .fit = g_strdup(image), .keys = g_new0(char *, 3),
	};
	grant->keys[0] = g_strdup(keys[0]);
	grant->keys[1] = g_strdup(keys[1]);
	return grant;
}

typedef struct Place {
	char *dir, *file;
	GrantBook *book;
} Place;

static inline void set_up(Place *place, gconstpointer data)
{
	(void)data;
	place->dir = scratch_new();
	place->file = g_build_filename(place->dir, "grants", NULL);
	place->book = grant_book_open(place->file);
}

static inline void tear_down(Place *place, gconstpointer data)
{
	(void)data;
	grant_book_close(place->book);
	g_free(place->file);
	scratch_free(place->dir);
}

static inline void add(const Place *place, unsigned uses, const char *image)
{
	g_autoptr(Grant) grant = grant_new(uses, image);
	g_autoptr(GError) error = NULL;

	g_assert_cmpuint(grant_add(place->book, grant, &error), ==, grant->id);
	g_assert_no_error(error);
	g_assert_cmpuint(grant->id, >, 0);
}
