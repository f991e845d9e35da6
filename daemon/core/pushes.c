/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <string.h>
#include <glib.h>
#include "base/limits.h"
#include "core/pushes.h"
#include "core/waits.h"
#include "request/image.h"
#include "request/list.h"

#define SECOND_US ((int64_t)1000 * 1000)
#define PUSH_MARK "push "

/* What runs: a push of a name, or something that gives it. */
typedef struct Runner {
	char *user; /* whose share it is of */
	char *name; /* without a tag, "docker.io/library/a"; "": any */
	char *tag;  /* "": any */
	bool push;
	unsigned count;
	int64_t begun_us; /* the last of them */
} Runner;

struct Pushes {
	pthread_mutex_t lock; /* guards what follows */
	GArray *running;      /* Runner */
	pid_t docker;
	Waits *waits;
};

typedef struct Name {
	const char *name, *tag; /* as of a Runner */
} Name;

typedef struct Names {
	Name *items;
	size_t count;
	bool any; /* it may give any name */
} Names;

static const Name any_name = { "", "" };

static void runner_clear(void *data)
{
	Runner *runner = data;

	g_free(runner->user);
	g_free(runner->name);
	g_free(runner->tag);
}

Pushes *pushes_new(void)
{
	Pushes *pushes = g_new0(Pushes, 1);

	(void)pthread_mutex_init(&pushes->lock, NULL);
	pushes->running = g_array_new(FALSE, FALSE, sizeof(Runner));
	g_array_set_clear_func(pushes->running, runner_clear);
	pushes->waits = waits_new();
	return pushes;
}

void pushes_free(Pushes *pushes)
{
	if (!pushes)
		return;
	waits_free(pushes->waits);
	g_array_unref(pushes->running);
	(void)pthread_mutex_destroy(&pushes->lock);
	g_free(pushes);
}

static void add_name(Names *names, const ImageRef *image, Arena *arena)
{
	if (!*image->text)
		return;
	if (*image->registry) {
		const Name name = { arena_printf(arena, "%s/%s", image->registry, image->repository), image->tag };
		LIST_APPEND(arena, names, name);
	} else {
		names->any = true;
	}
}

/* moby daemon/images: who calls TagImage; BuildKit's exporter. */
static void find_names(const Request *request, Names *ret, Arena *arena)
{
	static const char *const named[] = { "image.tag", "container.commit", "image.create", "image.import" };

	const bool build = !strcmp(request->endpoint, "image.build"); /* by BuildKit, too */

	*ret = (Names){ .any = (request->kind == KIND_BUILDKIT && !build) || request->kind == KIND_UNKNOWN || !strcmp(request->endpoint, "image.load") || request->unseen_body };
	for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
		if (!strcmp(request->endpoint, named[i]))
			add_name(ret, &request->image, arena);
	if (request->kind == KIND_IMAGE_PUSH)
		add_name(ret, &request->image, arena);
	for (size_t i = 0; build && i < request->tags.count; i++) {
		const ImageRef image = image_parse(request->tags.items[i], arena);
		add_name(ret, &image, arena);
	}
}

bool pushes_concern(const Request *request)
{
	g_autoptr(Arena) arena = arena_new();
	Names names;

	if (!request->mutates)
		return false;
	find_names(request, &names, arena);
	return names.any || names.count;
}

static bool same_name(const Runner *runner, const Name *name)
{
	return !strcmp(runner->name, name->name) && (!*runner->tag || !*name->tag || !strcmp(runner->tag, name->tag));
}

typedef enum Conflict { CONFLICT_NONE, CONFLICT_DOUBT, CONFLICT_NAME } Conflict;

static const int64_t patience_us[] = { [CONFLICT_NONE] = 0, [CONFLICT_DOUBT] = LIMIT_PUSH_DOUBT_S * SECOND_US, [CONFLICT_NAME] = LIMIT_PUSH_NAME_S * SECOND_US };

static Conflict conflict_with(const Runner *runner, const Names *names)
{
	for (size_t i = 0; i < names->count; i++)
		if (same_name(runner, &names->items[i]))
			return CONFLICT_NAME;
	return names->any || !*runner->name ? CONFLICT_DOUBT : CONFLICT_NONE;
}

/* With what runs of the other sort.  A push that began long ago has been at the name. */
static Conflict conflict_of(const Pushes *pushes, const Names *names, bool push, int64_t now_us)
{
	Conflict worst = CONFLICT_NONE;

	for (guint i = 0; i < pushes->running->len; i++) {
		const Runner *runner = &g_array_index(pushes->running, Runner, i);
		const Conflict one = runner->push == push ? CONFLICT_NONE : conflict_with(runner, names);
		if (!runner->push || now_us - runner->begun_us < patience_us[one])
			worst = MAX(worst, one);
	}
	return worst;
}

/* `user` NULL: of anybody. */
static Runner *find(const Pushes *pushes, const char *user, const Name *name, bool push)
{
	for (guint i = 0; i < pushes->running->len; i++) {
		Runner *runner = &g_array_index(pushes->running, Runner, i);
		if (runner->push == push && !strcmp(runner->name, name->name) && !strcmp(runner->tag, name->tag) && (!user || !strcmp(runner->user, user)))
			return runner;
	}
	return NULL;
}

static void begin(Pushes *pushes, const char *user, const Name *name, bool push, int64_t now_us)
{
	Runner *runner = find(pushes, user, name, push);

	if (!runner) {
		const Runner one = { .user = g_strdup(user), .name = g_strdup(name->name), .tag = g_strdup(name->tag), .push = push };
		g_array_append_val(pushes->running, one);
		runner = &g_array_index(pushes->running, Runner, pushes->running->len - 1);
	}
	runner->count++;
	runner->begun_us = now_us;
}

/* Docker's account of what it has done does not say whose it was: of several who do the same, one goes. */
static void end(Pushes *pushes, const Name *name, bool push)
{
	Runner *runner = find(pushes, NULL, name, push);

	if (runner && !--runner->count)
		g_array_remove_index_fast(pushes->running, (guint)(runner - &g_array_index(pushes->running, Runner, 0)));
}

static unsigned count_of(const char *user, const void *data)
{
	const Pushes *pushes = data;
	unsigned count = 0;

	for (guint i = 0; i < pushes->running->len; i++)
		count += !strcmp(g_array_index(pushes->running, Runner, i).user, user);
	return count;
}

/* False: there are too many. */
static bool begin_all(Pushes *pushes, const StringList *who, const Names *names, bool push, int64_t now_us)
{
	const unsigned more = (unsigned)names->count + names->any;
	const char *user = share_of(who, more, LIMIT_PUSH_NAMES_PER_USER, count_of, pushes);

	if (!user || more + pushes->running->len > share_bound(who, LIMIT_PUSH_NAMES))
		return false;
	for (size_t i = 0; i < names->count; i++)
		begin(pushes, user, &names->items[i], push, now_us);
	if (names->any)
		begin(pushes, user, &any_name, push, now_us);
	return true;
}

/* Who waits asks again whenever something of the other sort has ended. */
static bool is_of_sort(const char *what, void *data)
{
	return strcmp(what, data) != 0;
}

Turn pushes_enter(Pushes *pushes, const PushAsk *ask, int64_t now_us, LookupFn resume, void *data)
{
	const bool push = ask->request->kind == KIND_IMAGE_PUSH;
	g_autoptr(Arena) arena = arena_new();
	Names names;

	find_names(ask->request, &names, arena);
	(void)pthread_mutex_lock(&pushes->lock);
	if (ask->docker && ask->docker != pushes->docker) {
		g_array_set_size(pushes->running, 0);
		pushes->docker = ask->docker;
	}
	const int64_t until_us = ask->asked_us + patience_us[conflict_of(pushes, &names, push, now_us)];
	bool ready = until_us <= now_us;
	bool room = ready ? begin_all(pushes, ask->who, &names, push, now_us) : !resume || waits_add(pushes->waits, push ? PUSH_MARK : "", ask->who, until_us, resume, data);
	(void)pthread_mutex_unlock(&pushes->lock);
	return !room ? TURN_REFUSED : ready ? TURN_TAKEN : TURN_WAITS;
}

void pushes_leave(Pushes *pushes, const Request *request)
{
	const bool push = request->kind == KIND_IMAGE_PUSH;
	char other[] = PUSH_MARK;
	g_autoptr(Arena) arena = arena_new();
	Names names;

	find_names(request, &names, arena);
	(void)pthread_mutex_lock(&pushes->lock);
	for (size_t i = 0; i < names.count; i++)
		end(pushes, &names.items[i], push);
	if (names.any)
		end(pushes, &any_name, push);
	(void)pthread_mutex_unlock(&pushes->lock);
	if (push)
		other[0] = 0;
	waits_look(pushes->waits, is_of_sort, other, g_get_monotonic_time());
}

bool pushes_expect(Pushes *pushes)
{
	(void)pthread_mutex_lock(&pushes->lock);
	bool expects = pushes->running->len;
	(void)pthread_mutex_unlock(&pushes->lock);
	return expects;
}

static bool is_patient(const char *what, void *data)
{
	(void)what;
	(void)data;
	return true;
}

void pushes_tick(Pushes *pushes)
{
	waits_look(pushes->waits, is_patient, NULL, g_get_monotonic_time());
}

void pushes_wait_no_more(Pushes *pushes)
{
	if (pushes)
		waits_close(pushes->waits);
}
