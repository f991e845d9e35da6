/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <string.h>
#include <glib.h>
#include "base/limits.h"
#include "base/users.h"
#include "core/builds.h"

#define SECOND_US ((int64_t)1000 * 1000)
/* Longer than Docker's word takes from one of its connections to another. */
#define LATE_US (10 * SECOND_US)
/* Docker's own word of an image comes before that. */
#define SETTLED_US SECOND_US

struct Builds {
	pthread_mutex_t lock; /* guards what follows */
	pid_t docker;
	unsigned running;
	int64_t ended_us; /* when the last one did */
	GPtrArray *users; /* each once, as they were told */
	bool crowded;     /* there were more */
	unsigned channels;         /* of BuildKit's that are open */
	int64_t channels_since_us; /* when the first began; 0: none did, or they were taken */
	int64_t channels_until_us; /* when the last one ended */
};

Builds *builds_new(void)
{
	Builds *builds = g_new0(Builds, 1);

	(void)pthread_mutex_init(&builds->lock, NULL);
	builds->users = g_ptr_array_new_with_free_func(g_free);
	return builds;
}

void builds_free(Builds *builds)
{
	if (!builds)
		return;
	g_ptr_array_unref(builds->users);
	(void)pthread_mutex_destroy(&builds->lock);
	g_free(builds);
}

static bool is_build(const Request *request)
{
	return request->kind == KIND_IMAGE_BUILD || request->kind == KIND_BUILDKIT || !strcmp(request->endpoint, "container.commit");
}

static void forget(Builds *builds)
{
	g_ptr_array_set_size(builds->users, 0);
	builds->running = 0;
	builds->ended_us = 0;
	builds->crowded = false;
	builds->channels = 0;
	builds->channels_since_us = 0;
}

static void add_user(Builds *builds, const char *user)
{
	if (g_ptr_array_find_with_equal_func(builds->users, user, g_str_equal, NULL))
		return;
	if (builds->users->len == LIMIT_BUILDERS)
		builds->crowded = true;
	else
		g_ptr_array_add(builds->users, g_strdup(user));
}

void builds_begun(Builds *builds, const Request *request, pid_t docker, const char *user, int64_t now_us)
{
	if (!is_build(request))
		return;
	(void)pthread_mutex_lock(&builds->lock);
	if ((docker && docker != builds->docker) || (!builds->running && now_us - builds->ended_us > LATE_US))
		forget(builds);
	if (docker)
		builds->docker = docker;
	builds->running++;
	if (request->kind == KIND_BUILDKIT) {
		builds->channels++;
		builds->channels_since_us = builds->channels_since_us ? builds->channels_since_us : now_us;
	}
	add_user(builds, user);
	(void)pthread_mutex_unlock(&builds->lock);
}

bool builds_expect(Builds *builds)
{
	(void)pthread_mutex_lock(&builds->lock);
	bool expects = builds->running;
	(void)pthread_mutex_unlock(&builds->lock);
	return expects;
}

void builds_ended(Builds *builds, const Request *request, int64_t now_us)
{
	if (!is_build(request))
		return;
	(void)pthread_mutex_lock(&builds->lock);
	if (builds->running) {
		builds->running--;
		builds->ended_us = now_us;
	}
	if (request->kind == KIND_BUILDKIT && builds->channels) {
		builds->channels--;
		builds->channels_until_us = now_us;
	}
	(void)pthread_mutex_unlock(&builds->lock);
}

bool builds_take_channels(Builds *builds, int64_t now_us, int64_t *ret_since_us)
{
	(void)pthread_mutex_lock(&builds->lock);
	bool takes = builds->channels_since_us && !builds->channels && now_us - builds->channels_until_us >= SETTLED_US;
	*ret_since_us = builds->channels_since_us;
	if (takes)
		builds->channels_since_us = 0;
	(void)pthread_mutex_unlock(&builds->lock);
	return takes;
}

/* One of them, whoever it is. */
static char *join(const Builds *builds)
{
	GString *text = g_string_new(USER_ONE_OF);

	for (guint i = 0; i < builds->users->len; i++) {
		const char *user = g_ptr_array_index(builds->users, i);
		const char *name = g_str_has_prefix(user, USER_ONE_OF) ? user + strlen(USER_ONE_OF) : *user ? user : USER_UNSEEN;
		g_string_append_printf(text, "%s%s", i ? "," : "", name);
	}
	if (builds->crowded)
		g_string_append(text, "," USER_UNSEEN);
	return g_string_free(text, FALSE);
}

char *builds_maker(Builds *builds, int64_t now_us)
{
	char *maker = NULL;

	(void)pthread_mutex_lock(&builds->lock);
	bool any = builds->users->len && (builds->running || now_us - builds->ended_us <= LATE_US);
	if (any)
		maker = builds->users->len == 1 && !builds->crowded ? g_strdup(g_ptr_array_index(builds->users, 0)) : join(builds);
	(void)pthread_mutex_unlock(&builds->lock);
	return maker;
}
