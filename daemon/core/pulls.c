/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <string.h>
#include "base/limits.h"
#include "base/log.h"
#include "core/pull-watch.h"
#include "core/pulls.h"
#include "core/seal.h"
#include "core/verdict-file.h"
#include "request/image.h"

#define PURPOSE "pulls"
typedef struct Pulled {
	char *name, *id;
} Pulled;

struct Pulls {
	pthread_mutex_t lock; /* guards what follows */
	char *file;
	PullWatch watch;
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

void pulls_close(Pulls *pulls)
{
	if (!pulls)
		return;
	watch_forget(&pulls->watch);
	g_array_unref(pulls->pulled);
	(void)pthread_mutex_destroy(&pulls->lock);
	g_free(pulls->file);
	g_free(pulls);
}

void pulls_begun(Pulls *pulls, const Request *request, pid_t docker, int64_t now_us)
{
	(void)pthread_mutex_lock(&pulls->lock);
	watch_begun(&pulls->watch, request, docker, now_us);
	(void)pthread_mutex_unlock(&pulls->lock);
}

bool pulls_expect(Pulls *pulls)
{
	(void)pthread_mutex_lock(&pulls->lock);
	bool expects = watch_expects(&pulls->watch);
	(void)pthread_mutex_unlock(&pulls->lock);
	return expects;
}

void pulls_ended(Pulls *pulls, const Request *request, int64_t now_us)
{
	(void)pthread_mutex_lock(&pulls->lock);
	watch_ended(&pulls->watch, request, now_us);
	(void)pthread_mutex_unlock(&pulls->lock);
}

/* As it is kept; NULL: it says no tag. */
static const char *full_name(const char *name, Arena *arena)
{
	const ImageRef image = image_parse(name, arena);

	return *image.registry && *image.tag && !*image.digest ? image_canonical(&image, arena) : NULL;
}

int64_t pulls_arrived(Pulls *pulls, const char *name)
{
	g_autoptr(Arena) arena = arena_new();

	(void)pthread_mutex_lock(&pulls->lock);
	int64_t number = watch_number(&pulls->watch, full_name(name, arena));
	(void)pthread_mutex_unlock(&pulls->lock);
	return number;
}

bool pulls_keep(Pulls *pulls, const char *name, int64_t number, const char *id)
{
	g_autoptr(Arena) arena = arena_new();
	const char *full = full_name(name, arena);
	g_autoptr(GString) text = NULL;

	(void)pthread_mutex_lock(&pulls->lock);
	bool certain = number && watch_number(&pulls->watch, full) == number && image_id_valid(id);
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
