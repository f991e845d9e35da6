/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/limits.h"
#include "base/log.h"
#include "core/pulls.h"
#include "core/seal.h"
#include "core/verdict-file.h"
#include "request/image.h"

#define PURPOSE "pulls"
#define SECOND_US ((int64_t)1000 * 1000)
/* Longer than Docker's word takes from one of its connections to another. */
#define LATE_US (10 * SECOND_US)

/* A name that is being pulled, or was a moment ago. */
typedef struct Watched {
	char *name; /* NULL: free */
	unsigned running;
	int64_t begun_us, ended_us; /* begun: of the first that the others followed closely */
} Watched;

typedef struct Pulled {
	char *name, *id;
} Pulled;

struct Pulls {
	pthread_mutex_t lock; /* guards what follows */
	char *file;
	pid_t docker;
	unsigned naming; /* calls that run and can give an image a name */
	int64_t named_us; /* when one last began or ended */
	Watched watched[LIMIT_PULLS_WATCHED];
	GArray *pulled; /* the oldest first */
};

static void pulled_clear(void *data)
{
	Pulled *pulled = data;

	g_free(pulled->name);
	g_free(pulled->id);
}

static bool same(const Pulled *pulled, const char *name, const char *id)
{
	return !strcmp(pulled->name, name) && !strcmp(pulled->id, id);
}

/* A name that was pulled again is the newest. */
static void add(Pulls *pulls, const char *name, const char *id)
{
	const Pulled one = { g_strdup(name), g_strdup(id) };

	for (guint i = 0; i < pulls->pulled->len; i++)
		if (same(&g_array_index(pulls->pulled, Pulled, i), name, id)) {
			g_array_remove_index(pulls->pulled, i);
			break;
		}
	if (pulls->pulled->len == LIMIT_PULLS)
		g_array_remove_index(pulls->pulled, 0);
	g_array_append_val(pulls->pulled, one);
}

/* A line each: the id, a space, the name. */
static void load(Pulls *pulls)
{
	g_autofree char *text = NULL;
	gsize length;

	if (!g_file_get_contents(pulls->file, &text, &length, NULL) || length > LIMIT_PULLS_BYTES || !seal_check(PURPOSE, text, &length))
		return;
	text[length] = 0;
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		char *space = strchr(*line, ' ');
		if (!space)
			continue;
		*space = 0;
		if (image_id_valid(*line) && space[1])
			add(pulls, space + 1, *line);
	}
}

static GString *format(const Pulls *pulls)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < pulls->pulled->len; i++) {
		const Pulled *one = &g_array_index(pulls->pulled, Pulled, i);
		g_string_append_printf(text, "%s %s\n", one->id, one->name);
	}
	return text;
}

static void save(const Pulls *pulls, const GString *text)
{
	g_autoptr(GError) error = NULL;
	size_t length;
	g_autofree char *sealed = seal_put(PURPOSE, text->str, text->len, &length);
	if (!g_file_set_contents_full(pulls->file, sealed, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT, 0640, &error))
		log_warning("which images were pulled cannot be kept: %s", error->message);
}

Pulls *pulls_open(const char *file)
{
	Pulls *pulls = g_new0(Pulls, 1);

	(void)pthread_mutex_init(&pulls->lock, NULL);
	pulls->file = g_strdup(file);
	pulls->pulled = g_array_new(FALSE, FALSE, sizeof(Pulled));
	g_array_set_clear_func(pulls->pulled, pulled_clear);
	if (file)
		load(pulls);
	return pulls;
}

static void forget_watched(Pulls *pulls)
{
	for (size_t i = 0; i < G_N_ELEMENTS(pulls->watched); i++)
		g_free(pulls->watched[i].name);
	memset(pulls->watched, 0, sizeof pulls->watched);
}

void pulls_close(Pulls *pulls)
{
	if (!pulls)
		return;
	forget_watched(pulls);
	(void)g_array_unref(pulls->pulled);
	(void)pthread_mutex_destroy(&pulls->lock);
	g_free(pulls->file);
	g_free(pulls);
}

static Watched *find(Pulls *pulls, const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(pulls->watched); i++)
		if (!g_strcmp0(pulls->watched[i].name, name))
			return &pulls->watched[i];
	return NULL;
}

/* A place for one more; NULL: all of them run. */
static Watched *make_room(Pulls *pulls)
{
	Watched *oldest = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(pulls->watched); i++) {
		Watched *watched = &pulls->watched[i];
		if (!watched->name)
			return watched;
		if (!watched->running && (!oldest || watched->ended_us < oldest->ended_us))
			oldest = watched;
	}
	if (oldest)
		g_free(oldest->name);
	return oldest;
}

static void begin_pull(Pulls *pulls, const char *name, int64_t now_us)
{
	Watched *watched = find(pulls, name);

	if (!watched) {
		watched = make_room(pulls);
		if (!watched)
			return;
		*watched = (Watched){ .name = g_strdup(name), .begun_us = now_us };
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

void pulls_begun(Pulls *pulls, const Request *request, pid_t docker, int64_t now_us)
{
	bool pull = is_pull(request);

	if (!names_image(request))
		return;
	g_autoptr(Arena) arena = arena_new();
	(void)pthread_mutex_lock(&pulls->lock);
	if (docker && docker != pulls->docker) {
		forget_watched(pulls);
		pulls->naming = 0;
		pulls->docker = docker;
	}
	if (pull) {
		begin_pull(pulls, image_canonical(&request->image, arena), now_us);
	} else {
		pulls->naming++;
		pulls->named_us = now_us;
	}
	(void)pthread_mutex_unlock(&pulls->lock);
}

bool pulls_expect(Pulls *pulls)
{
	(void)pthread_mutex_lock(&pulls->lock);
	bool expects = pulls->naming;
	for (size_t i = 0; i < G_N_ELEMENTS(pulls->watched); i++)
		expects |= pulls->watched[i].running != 0;
	(void)pthread_mutex_unlock(&pulls->lock);
	return expects;
}

void pulls_ended(Pulls *pulls, const Request *request, int64_t now_us)
{
	if (!names_image(request))
		return;
	g_autoptr(Arena) arena = arena_new();
	(void)pthread_mutex_lock(&pulls->lock);
	if (is_pull(request)) {
		Watched *watched = find(pulls, image_canonical(&request->image, arena));
		if (watched && watched->running) {
			watched->running--;
			watched->ended_us = now_us;
		}
	} else if (pulls->naming) {
		pulls->naming--;
		pulls->named_us = now_us;
	}
	(void)pthread_mutex_unlock(&pulls->lock);
}

/* As it is kept; NULL: it says no tag. */
static const char *full_name(const char *name, Arena *arena)
{
	const ImageRef image = image_parse(name, arena);

	return *image.registry && *image.tag && !*image.digest ? image_canonical(&image, arena) : NULL;
}

/* 0: somebody may have been at the name since the pull began, or nobody asked this service for one. */
static int64_t number_of(Pulls *pulls, const char *name)
{
	const Watched *watched = name ? find(pulls, name) : NULL;

	return watched && !pulls->naming && pulls->named_us < watched->begun_us ? watched->begun_us : 0;
}

int64_t pulls_arrived(Pulls *pulls, const char *name)
{
	g_autoptr(Arena) arena = arena_new();

	(void)pthread_mutex_lock(&pulls->lock);
	int64_t number = number_of(pulls, full_name(name, arena));
	(void)pthread_mutex_unlock(&pulls->lock);
	return number;
}

bool pulls_keep(Pulls *pulls, const char *name, int64_t number, const char *id)
{
	g_autoptr(Arena) arena = arena_new();
	const char *full = full_name(name, arena);
	g_autoptr(GString) text = NULL;

	(void)pthread_mutex_lock(&pulls->lock);
	bool certain = number && number_of(pulls, full) == number && image_id_valid(id);
	bool fresh = certain && (!pulls->pulled->len || !same(&g_array_index(pulls->pulled, Pulled, pulls->pulled->len - 1), full, id));
	if (fresh) {
		add(pulls, full, id);
		text = format(pulls);
	}
	(void)pthread_mutex_unlock(&pulls->lock);
	if (text && pulls->file)
		save(pulls, text);
	return certain;
}

bool pulls_know(Pulls *pulls, const ImageRef *image, const char *id)
{
	g_autoptr(Arena) arena = arena_new();
	const char *name = *image->registry && !*image->digest ? image_canonical(image, arena) : "";
	bool known = false;

	(void)pthread_mutex_lock(&pulls->lock);
	for (guint i = 0; i < pulls->pulled->len && !known; i++)
		known = same(&g_array_index(pulls->pulled, Pulled, i), name, id);
	(void)pthread_mutex_unlock(&pulls->lock);
	return known;
}

const Request *pulls_apply(Pulls *pulls, const Request *request, Arena *arena)
{
	const Request *stored = request->stored ? pulls_apply(pulls, request->stored, arena) : NULL;
	bool pulled = request->image_local && request->image_here && *request->image_id && pulls_know(pulls, &request->image, request->image_id);

	if (!pulled && stored == request->stored)
		return request;
	Request *copy = arena_alloc(arena, sizeof *copy);
	*copy = *request;
	copy->stored = stored;
	copy->image_local = request->image_local && !pulled;
	copy->image_made_here = request->image_made_here && !pulled;
	return copy;
}
