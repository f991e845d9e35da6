/* SPDX-License-Identifier: MIT */
#include <stdatomic.h>
#include <string.h>
#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "docker/events.h"
#include "request/engine.h"
#include "request/json.h"

/* {"type":["container","volume","image","network","daemon"]} */
#define TARGET "/events?filters=%7B%22type%22%3A%5B%22container%22%2C%22volume%22%2C%22image%22%2C%22network%22%2C%22daemon%22%5D%7D"
#define SHOWN_VERSION_BYTES 60u
#define SECOND_US ((uint64_t)1000 * 1000)

struct Events {
	sd_event *event;
	Client *client;
	Memory *memory;
	Probes *probes;
	GString *line; /* what has come of the current one */
	Arena *arena;
	bool listening;
	bool lost;                   /* it listened with success before */
	atomic_bool met, called, hears; /* Docker has answered or called since it was lost; it has called unheard; its events come */
	char *version; /* of the Docker that was last met */
	uint64_t next_try_us;
	EventsArrivalFn observer; /* NULL: nobody */
	void *observer_data;
	EventsImageFn pull_observer; /* NULL: nobody */
	void *pull_data;
	EventsImageFn heard, gone; /* NULL: nobody */
	void *container_data;
	EventsImageFn version_observer; /* NULL: nobody */
	void *version_data;
};

typedef struct EventActor {
	const char *id, *name;
} EventActor;

typedef struct Message {
	const char *type, *action;
	EventActor actor;
} Message;

static bool read_attributes(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("name", EventActor, name, json_string) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_actor(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("ID", EventActor, id, json_string), JSON_FIELD_SELF("Attributes", read_attributes) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static void tell(const Events *events, const Message *message)
{
	static const struct { const char *action; bool made; } comes[] = {
		{ "build", true }, { "create", true }, { "import", false }, { "load", false }, { "pull", false }, { "tag", true },
	};
	/* An image that is told of by its id has its name beside it; that of a pull is there without its tag. */
	const char *name = g_str_has_prefix(message->actor.id, "sha256:") && *message->actor.name ? message->actor.name : message->actor.id;

	for (size_t i = 0; events->observer && i < G_N_ELEMENTS(comes); i++)
		if (!strcmp(message->type, "image") && !strcmp(message->action, comes[i].action) && *message->actor.id)
			events->observer(message->actor.id, name, comes[i].made, events->observer_data);
	if (events->pull_observer && !strcmp(message->type, "image") && !strcmp(message->action, "pull"))
		events->pull_observer(message->actor.id, events->pull_data);
	if (events->gone && !strcmp(message->type, "container") && !strcmp(message->action, "destroy"))
		events->gone(message->actor.id, events->container_data);
}

static void forget_all(Events *events)
{
	for (FactKind kind = 0; kind < FACT_KIND_COUNT; kind++)
		memory_forget(events->memory, kind);
}

/* One event (moby api/types/events: Message). */
static void on_line(Events *events, const char *line, size_t length)
{
	static const struct { const char *type; FactKind kind; } kinds[] = {
		{ "container", FACT_CONTAINER }, { "container", FACT_IDS }, { "volume", FACT_VOLUME }, { "image", FACT_IMAGE },
		{ "network", FACT_NETWORK }, { "daemon", FACT_ENGINE }, /* its reload */
	};
	static const JsonField fields[] = {
		JSON_FIELD("Type", Message, type, json_string), JSON_FIELD("Action", Message, action, json_string), JSON_FIELD("Actor", Message, actor, read_actor),
	};
	Message message = { "", "", { "", "" } };
	Json json = json_begin(line, length, events->arena);
	bool known = false;

	if (json_object(&json, fields, G_N_ELEMENTS(fields), &message))
		for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
			if (!strcmp(message.type, kinds[i].type)) {
				memory_forget(events->memory, kinds[i].kind);
				known = true;
			}
	if (!known)
		forget_all(events);
	tell(events, &message);
	arena_reset(events->arena);
}

/* What this Docker lets past every plugin, once for each version that is met. */
static void on_version(long status, const char *body, size_t length, void *data)
{
	Events *events = data;
	const char *version = status == 200 ? engine_version(body, length, events->arena) : NULL;
	bool changed = version && g_strcmp0(version, events->version) != 0;

	if (changed) {
		EngineRemarkList remarks = engine_remarks(version, events->arena);
		g_free(events->version);
		events->version = g_strdup(version);
		if (events->version_observer)
			events->version_observer(version, events->version_data);
		log_info("Docker %s answers", text_printable(events->arena, version, SHOWN_VERSION_BYTES));
		for (size_t i = 0; i < remarks.count; i++)
			log_warning("%s: %s", remarks.items[i].message, remarks.items[i].advice);
	}
	if (version && events->probes && (changed || probes_bodies(events->probes) == BODIES_UNKNOWN))
		probes_try_bodies(events->probes);
	arena_reset(events->arena);
}

static void on_piece(const char *piece, size_t length, void *data)
{
	Events *events = data;
	const char *end = piece + length, *feed;

	if (!piece) {
		memory_open(events->memory);
		atomic_store(&events->hears, true);
		if (events->heard)
			events->heard("", events->container_data);
		return;
	}
	for (; (feed = memchr(piece, '\n', (size_t)(end - piece))); piece = feed + 1) {
		(void)g_string_append_len(events->line, piece, feed - piece);
		on_line(events, events->line->str, events->line->len);
		(void)g_string_truncate(events->line, 0);
	}
	/* An event whose end has not come yet may be told of late: better to forget too early. */
	(void)g_string_append_len(events->line, piece, end - piece);
	if (piece < end)
		forget_all(events);
	if (events->line->len > LIMIT_EVENT_BYTES)
		(void)g_string_truncate(events->line, 0); /* its rest reads as no event, and that forgets everything */
}

static void on_end(long status, const char *body, size_t length, void *data)
{
	Events *events = data;
	uint64_t now = 0;

	(void)status;
	(void)body;
	(void)length;
	memory_close(events->memory);
	(void)g_string_truncate(events->line, 0);
	events->listening = false;
	(void)sd_event_now(events->event, CLOCK_MONOTONIC, &now);
	events->next_try_us = now + LIMIT_EVENTS_RETRY_S * SECOND_US;
	events->lost = atomic_exchange(&events->hears, false);
	atomic_store(&events->met, false);
	atomic_store(&events->called, false);
}

Events *events_new(sd_event *event, Client *client, Memory *memory, Probes *probes)
{
	Events *events = g_new0(Events, 1);

	*events = (Events){ .event = event, .client = client, .memory = memory, .probes = probes, .line = g_string_new(NULL), .arena = arena_new() };
	return events;
}

void events_set_image_observer(Events *events, EventsArrivalFn observer, void *data)
{
	events->observer = observer;
	events->observer_data = data;
}

void events_set_pull_observer(Events *events, EventsImageFn observer, void *data)
{
	events->pull_observer = observer;
	events->pull_data = data;
}

void events_set_container_observer(Events *events, EventsImageFn heard, EventsImageFn gone, void *data)
{
	events->heard = heard;
	events->gone = gone;
	events->container_data = data;
}

void events_set_version_observer(Events *events, EventsImageFn observer, void *data)
{
	events->version_observer = observer;
	events->version_data = data;
}

void events_free(Events *events)
{
	if (!events)
		return;
	(void)g_string_free(events->line, TRUE);
	g_free(events->version);
	arena_free(events->arena);
	g_free(events);
}

void events_want(Events *events)
{
	uint64_t now;

	if (events->listening || sd_event_now(events->event, CLOCK_MONOTONIC, &now) < 0)
		return;
	/* One that told of itself, was lost and calls is there again. */
	if (now < events->next_try_us && !(events->lost && atomic_load(&events->called)))
		return;
	events->listening = true;
	client_follow(events->client, TARGET, on_piece, on_end, events);
	client_get(events->client, "/version", LIMIT_FACT_MS, on_version, events);
}

bool events_meet(Events *events, bool *ret_first)
{
	bool hears = atomic_load(&events->hears);

	atomic_store(&events->met, true);
	*ret_first = !hears && !atomic_exchange(&events->called, true);
	return hears;
}

void events_answered(Events *events)
{
	atomic_store(&events->met, true);
}

void events_keep(Events *events)
{
	if (atomic_load(&events->met))
		events_want(events);
}
