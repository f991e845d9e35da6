/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/timer.h"
#include "docker/client.h"
#include "docker/events.h"
#include "docker/lookups.h"
#include "docker/memory.h"
#include "docker/probes.h"
#include "docker/save.h"

#define USUAL_HOST "unix:///var/run/docker.sock"
#define MS_US ((uint64_t)1000)
#define SECOND_MS 1000u

/* Somebody's questions, until the last one is answered. */
typedef struct Batch {
	struct Batch *next;
	Lookups *lookups;
	FactList *facts;
	Arena *arena;
	LookupFn done;
	void *data;
	unsigned open;
} Batch;

typedef struct BatchQuestion {
	Batch *batch;
	Fact *fact;
	uint64_t epoch;
} BatchQuestion;

struct Lookups {
	Lookup lookup;
	Client *client;
	Memory *memory;
	Events *events;
	Probes *probes;
	bool required, complained;
	unsigned patience_ms; /* for one answer */
	unsigned open;        /* questions without an answer */
	bool pinging;
	sd_event_source *pulse; /* runs while there are any */
	_Atomic int64_t nobody_until_us; /* nobody listened a moment ago: not asked again before */
	pthread_mutex_t lock; /* guards what follows */
	Batch *waiting;
	bool stopped;
	int wakeup;
	sd_event_source *source;
};

static void answered(Batch *batch)
{
	if (--batch->open)
		return;
	batch->done(batch->data);
	g_free(batch);
}

static FactState state_of(const Lookups *lookups, long status)
{
	switch (status) {
	case 200:
		return FACT_KNOWN;
	case 404:
		return FACT_ABSENT;
	case CLIENT_NOBODY:
		return lookups->required ? FACT_FAILED : FACT_NOBODY;
	default:
		return FACT_FAILED;
	}
}

static void complain(Lookups *lookups, const Fact *fact, long status)
{
	bool wrong = fact->state == FACT_FAILED || fact->state == FACT_NOBODY;

	if (lookups->stopped) /* which only this thread sets */
		return;
	if (wrong && !lookups->complained)
		log_warning("Docker cannot be asked about what requests name (%s): %s",
			status > 0 ? "it refuses" : status == CLIENT_NOBODY ? "nobody listens on its socket" : "no answer in time",
			fact->state == FACT_NOBODY ? "they are judged by what they say; see --docker-host" : "what needs the answer is denied");
	lookups->complained = wrong;
}

static void on_answer(long status, const char *body, size_t length, void *data);

/* A Docker that does not answer this either is not slow but gone, and nothing is gained by waiting for it. */
static void on_ping(long status, const char *body, size_t length, void *data)
{
	Lookups *lookups = data;

	(void)body;
	(void)length;
	lookups->pinging = false;
	if (status <= 0)
		client_abandon(lookups->client, on_answer);
	if (lookups->open)
		(void)timer_start(lookups->pulse, LIMIT_FACT_PULSE_MS * MS_US);
}

static int on_pulse(sd_event_source *source, uint64_t now, void *data)
{
	Lookups *lookups = data;

	(void)source;
	(void)now;
	if (!lookups->open || lookups->pinging)
		return 0;
	lookups->pinging = true;
	client_get(lookups->client, "/_ping", LIMIT_FACT_MS, on_ping, lookups);
	return 0;
}

static void on_answer(long status, const char *body, size_t length, void *data)
{
	BatchQuestion *question = data;
	Batch *batch = question->batch;
	Fact *fact = question->fact;

	batch->lookups->open--;
	if (status > 0)
		events_answered(batch->lookups->events);
	fact->state = state_of(batch->lookups, status);
	if (fact->state == FACT_NOBODY)
		atomic_store(&batch->lookups->nobody_until_us, g_get_monotonic_time() + LIMIT_NOBODY_MS * (int64_t)1000);
	if (fact->state == FACT_KNOWN) {
		fact->json = arena_strndup(batch->arena, body, length);
		fact->length = length;
	}
	memory_keep(batch->lookups->memory, fact, question->epoch);
	complain(batch->lookups, fact, status);
	g_free(question);
	answered(batch);
}

static char *target_of(const Fact *fact)
{
	static const struct { const char *before, *keep, *after; } paths[FACT_KIND_COUNT] = {
		[FACT_VOLUME] = { "/volumes/", NULL, "" },
		[FACT_CONTAINER] = { "/containers/", NULL, "/json" },
		[FACT_IDS] = { "/", NULL, "/json?all=1" },
		[FACT_IMAGES] = { "/", NULL, "/json" },
		[FACT_IMAGE] = { "/images/", "/:@", "/json" },
		[FACT_NETWORK] = { "/networks/", NULL, "" },
		[FACT_DAEMON] = { "/", "/?&=", "" },
		[FACT_ENGINE] = { "/", NULL, "" },
		[FACT_SERVICE] = { "/services/", NULL, "" },
		[FACT_EXEC] = { "/exec/", NULL, "/json" },
	};
	g_autofree char *name = g_uri_escape_string(fact->name, paths[fact->kind].keep, FALSE);

	return g_strconcat(paths[fact->kind].before, name, paths[fact->kind].after, NULL);
}

static void put_question(Batch *batch, Fact *fact)
{
	Lookups *lookups = batch->lookups;
	BatchQuestion *question = g_new0(BatchQuestion, 1);
	g_autofree char *target = target_of(fact);

	*question = (BatchQuestion){ batch, fact, memory_epoch(lookups->memory, fact->kind) };
	if (!lookups->open++ && !lookups->pinging)
		(void)timer_start(lookups->pulse, LIMIT_FACT_PULSE_MS * MS_US);
	client_get(lookups->client, target, lookups->patience_ms, on_answer, question);
}

static void put_questions(Batch *batch)
{
	batch->open = 1; /* this loop's own: an answer may come before the next question is put */
	for (size_t i = 0; i < batch->facts->count; i++) {
		Fact *fact = &batch->facts->items[i];
		if (fact->state != FACT_OPEN)
			continue;
		batch->open++;
		put_question(batch, fact);
	}
	answered(batch);
}

static void fail(Batch *batch)
{
	facts_give_up(batch->facts);
	batch->done(batch->data);
	g_free(batch);
}

static Batch *take_all(Lookups *lookups)
{
	(void)pthread_mutex_lock(&lookups->lock);
	Batch *batch = lookups->waiting;
	lookups->waiting = NULL;
	(void)pthread_mutex_unlock(&lookups->lock);
	return batch;
}

static int on_wakeup(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	Lookups *lookups = data;
	eventfd_t value;

	(void)source;
	(void)revents;
	(void)eventfd_read(fd, &value);
	events_want(lookups->events);
	for (Batch *batch = take_all(lookups), *next; batch; batch = next) {
		next = batch->next;
		put_questions(batch);
	}
	return 0;
}

static bool recall(void *data, FactList *facts, Arena *arena)
{
	Lookups *lookups = data;
	bool nobody = g_get_monotonic_time() < atomic_load(&lookups->nobody_until_us), all = true;

	for (size_t i = 0; i < facts->count; i++) {
		Fact *fact = &facts->items[i];
		if (fact->state != FACT_OPEN)
			continue;
		if (nobody)
			fact->state = FACT_NOBODY;
		else if (!memory_recall(lookups->memory, fact, arena))
			all = false;
	}
	return all;
}

static void ask(void *data, FactList *facts, Arena *arena, LookupFn done, void *done_data)
{
	Lookups *lookups = data;
	Batch *batch = g_new0(Batch, 1);

	*batch = (Batch){ .lookups = lookups, .facts = facts, .arena = arena, .done = done, .data = done_data };
	(void)pthread_mutex_lock(&lookups->lock);
	bool stopped = lookups->stopped;
	if (!stopped) {
		batch->next = lookups->waiting;
		lookups->waiting = batch;
		(void)eventfd_write(lookups->wakeup, 1);
	}
	(void)pthread_mutex_unlock(&lookups->lock);
	if (stopped)
		fail(batch);
}

static bool is_own(void *data, const char *mark, bool body_shown)
{
	Lookups *lookups = data;
	uint64_t number;

	if (!client_is_mark(lookups->client, mark, &number))
		return false;
	if (number)
		probes_arrived(lookups->probes, number, body_shown);
	return true;
}

static bool met(void *data)
{
	Lookups *lookups = data;
	bool first, heard = events_meet(lookups->events, &first);

	if (first)
		(void)eventfd_write(lookups->wakeup, 1);
	return heard;
}

static void probe(void *data, ProbeFn done, void *done_data)
{
	probes_begin(((Lookups *)data)->probes, done, done_data);
}

static Bodies bodies(void *data)
{
	return probes_bodies(((Lookups *)data)->probes);
}

Lookups *lookups_new(sd_event *event, const char *host, bool required, GError **error)
{
	Client *client = client_new(event, host ? host : USUAL_HOST, error);

	if (!client)
		return NULL;
	Lookups *lookups = g_new0(Lookups, 1);
	*lookups = (Lookups){
		.lookup = { .data = lookups, .recall = recall, .ask = ask, .is_own = is_own, .met = met, .probe = probe, .bodies = bodies }, .client = client, .memory = memory_new(), .probes = probes_new(client),
		.required = required, .patience_ms = LIMIT_FACT_PATIENCE_S * SECOND_MS, .wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	};
	(void)pthread_mutex_init(&lookups->lock, NULL);
	lookups->events = events_new(event, client, lookups->memory, required ? lookups->probes : NULL);
	if (sd_event_add_io(event, &lookups->source, lookups->wakeup, EPOLLIN, on_wakeup, lookups) >= 0 &&
		timer_new(event, &lookups->pulse, on_pulse, lookups) >= 0)
		return lookups;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "questions to Docker cannot be set up");
	lookups_free(lookups);
	return NULL;
}

void lookups_stop(Lookups *lookups)
{
	if (!lookups)
		return;
	(void)pthread_mutex_lock(&lookups->lock);
	lookups->stopped = true;
	(void)pthread_mutex_unlock(&lookups->lock);
	for (Batch *batch = take_all(lookups), *next; batch; batch = next) {
		next = batch->next;
		fail(batch);
	}
	client_end(lookups->client);
}

void lookups_free(Lookups *lookups)
{
	if (!lookups)
		return;
	lookups_stop(lookups);
	sd_event_source_disable_unref(lookups->source);
	sd_event_source_disable_unref(lookups->pulse);
	events_free(lookups->events);
	client_free(lookups->client);
	probes_free(lookups->probes);
	memory_free(lookups->memory);
	(void)close(lookups->wakeup);
	(void)pthread_mutex_destroy(&lookups->lock);
	g_free(lookups);
}

const char *lookups_socket(const Lookups *lookups)
{
	return client_socket(lookups->client);
}

const Lookup *lookups_get(Lookups *lookups)
{
	return &lookups->lookup;
}

ImageSource lookups_image_source(Lookups *lookups)
{
	return (ImageSource){ lookups->client, client_save, client_names };
}

void lookups_set_image_observer(Lookups *lookups, EventsArrivalFn observer, void *data)
{
	events_set_image_observer(lookups->events, observer, data);
}

void lookups_set_pull_observer(Lookups *lookups, EventsImageFn observer, void *data)
{
	events_set_pull_observer(lookups->events, observer, data);
}

void lookups_set_container_observer(Lookups *lookups, EventsImageFn heard, EventsImageFn gone, void *data)
{
	events_set_container_observer(lookups->events, heard, gone, data);
}

void lookups_set_version_observer(Lookups *lookups, EventsImageFn observer, void *data)
{
	events_set_version_observer(lookups->events, observer, data);
}

void lookups_listen(Lookups *lookups)
{
	events_keep(lookups->events);
}

void lookups_set_patience(Lookups *lookups, unsigned seconds)
{
	lookups->patience_ms = seconds * SECOND_MS;
}
