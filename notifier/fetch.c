/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>
#include "base/timer.h"
#include "base/users.h"
#include "cli/variant.h"
#include "dbus/names.h"
#include "notifier/call.h"
#include "notifier/fetch.h"

#define SECOND_US ((uint64_t)1000 * 1000)
#define TRIES 5

static void ask_due(Fetch *fetch);

static void wake_at(const Fetch *fetch, uint64_t at_us)
{
	(void)timer_start_at(fetch->timer, MAX(at_us, fetch->next_us));
}

/* The newest, of which the signal said at least something; the others are counted. */
static void tell_without_details(Stream *stream, const char *why)
{
	Fetch *fetch = stream->fetch;
	News *news = g_steal_pointer(&stream->latest);
	unsigned others = stream->waiting - (news ? 1 : 0);

	stream->last = MAX(stream->last, stream->newest);
	stream->due = false;
	stream->tries = 0;
	if (stream->kind == NEWS_DENIED && stream->waiting && others)
		fetch->missed(others, SEVERITY_MEDIUM, fetch->data);
	stream->waiting = 0;
	if (!news)
		return;
	g_autofree char *sentence = g_strconcat("The reason could not be read: ", why, NULL);
	news_set(&news->reason, sentence);
	fetch->tell(news, fetch->data);
}

static void try_again(Stream *stream, const char *why)
{
	stream->waiting += stream->asked;
	stream->asked = 0;
	if (++stream->tries >= TRIES) {
		tell_without_details(stream, why);
		return;
	}
	stream->due = true;
	wake_at(stream->fetch, call_now_us() + SECOND_US);
}

/* Entries come newest first; they are told in the order in which they happened. */
static void take_entries(Stream *stream, JsonArray *entries)
{
	Fetch *fetch = stream->fetch;
	uint64_t before = stream->last, bound = stream->bound;
	unsigned found = 0;

	for (guint i = json_array_get_length(entries); i-- > 0;) {
		News *news = news_of_decision(stream->kind, json_array_get_object_element(entries, i), fetch->self);
		if (!news)
			continue;
		/* What is newer than what was asked about has its own signal on the way: each is told once, or counted once. */
		if (news->id <= before || (stream->asked && news->id > bound)) {
			news_free(news);
			continue;
		}
		found++;
		stream->last = MAX(stream->last, news->id);
		fetch->tell(news, fetch->data);
	}
	stream->last = MAX(stream->last, bound);
	if (stream->kind == NEWS_DENIED && stream->asked > found)
		fetch->missed(stream->asked - found, SEVERITY_MEDIUM, fetch->data);
	stream->asked = 0;
	stream->tries = 0;
	g_clear_pointer(&stream->latest, news_free);
}

static JsonArray *read_entries(sd_bus_message *reply)
{
	g_autoptr(JsonArray) entries = json_array_new();
	int r = sd_bus_message_enter_container(reply, 'a', "a{sv}");

	for (unsigned i = 0; r >= 0 && i < LIMIT_NOTIFIER_FETCH && sd_bus_message_at_end(reply, 0) == 0; i++) {
		JsonObject *entry = variant_read_dict(reply);
		if (!entry)
			return NULL;
		json_array_add_object_element(entries, entry);
	}
	return r < 0 ? NULL : g_steal_pointer(&entries);
}

static int on_entries(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	Stream *stream = data;
	const sd_bus_error *problem = sd_bus_message_get_error(reply);

	(void)error;
	stream->question = sd_bus_slot_unref(stream->question);
	g_autoptr(JsonArray) entries = problem || !peer_sent(stream->fetch->service, reply) ? NULL : read_entries(reply);
	if (entries)
		take_entries(stream, entries);
	else
		try_again(stream, problem && problem->message ? problem->message : "the answer cannot be read");
	ask_due(stream->fetch);
	return 1;
}

static int ask(Stream *stream)
{
	sd_bus_message *call = NULL;
	sd_bus *bus = stream->fetch->bus;
	int r = sd_bus_message_new_method_call(
		bus, &call, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, "AuditQuery");

	if (r >= 0)
		r = sd_bus_message_set_auto_start(call, 0);
	if (r >= 0)
		r = sd_bus_message_append(
			call, "a{sv}ut", 2, "decision", "s", stream->decision, "record", "b", 1, LIMIT_NOTIFIER_FETCH, (uint64_t)0);
	if (r >= 0)
		r = sd_bus_call_async(bus, &stream->question, call, on_entries, stream, LIMIT_NOTIFIER_QUERY_S * SECOND_US);
	sd_bus_message_unref(call);
	return r;
}

static void ask_due(Fetch *fetch)
{
	uint64_t now = call_now_us();

	for (size_t i = 0; i < G_N_ELEMENTS(fetch->streams); i++) {
		Stream *stream = &fetch->streams[i];
		if (!stream->due || stream->question || !fetch->bus)
			continue;
		if (now < fetch->next_us) {
			wake_at(fetch, fetch->next_us);
			return;
		}
		fetch->next_us = now + LIMIT_NOTIFIER_FETCH_MS * (uint64_t)1000;
		stream->due = false;
		stream->asked = stream->waiting;
		stream->bound = stream->newest;
		stream->waiting = 0;
		int r = ask(stream);
		if (r < 0)
			try_again(stream, g_strerror(-r));
	}
}

void fetch_signal(Fetch *fetch, const FetchSignal *signal)
{
	for (size_t i = 0; i < G_N_ELEMENTS(fetch->streams); i++) {
		Stream *stream = &fetch->streams[i];
		if (strcmp(stream->decision, signal->decision) != 0)
			continue;
		/* Signals may be late by what waits in the service; one that is older is of a trail that was begun anew. */
		if (signal->id + LIMIT_NOTICES < stream->last)
			stream->last = stream->newest = 0;
		if (signal->id <= stream->last)
			continue;
		stream->last = stream->last ? stream->last : signal->id - 1;
		stream->newest = MAX(stream->newest, signal->id);
		stream->waiting++;
		stream->due = true;
		news_free(stream->latest);
		stream->latest = news_new(stream->kind);
		stream->latest->id = signal->id;
		stream->latest->severity = SEVERITY_MEDIUM;
		stream->latest->own = !strcmp(signal->user, fetch->self);
		news_set(&stream->latest->user, signal->user);
		news_set(&stream->latest->command, signal->summary);
	}
	ask_due(fetch);
}

void fetch_catch_up(Fetch *fetch)
{
	for (size_t i = 0; i < G_N_ELEMENTS(fetch->streams); i++)
		fetch->streams[i].due |= fetch->streams[i].last != 0;
	ask_due(fetch);
}

void fetch_set_bus(Fetch *fetch, sd_bus *bus)
{
	fetch->bus = bus;
	for (size_t i = 0; i < G_N_ELEMENTS(fetch->streams) && !bus; i++) {
		Stream *stream = &fetch->streams[i];
		stream->question = sd_bus_slot_unref(stream->question);
		stream->waiting += stream->asked;
		stream->asked = 0;
	}
}

static int on_timer(sd_event_source *source, uint64_t now, void *data)
{
	(void)source;
	(void)now;
	ask_due(data);
	return 0;
}

int fetch_start(Fetch *fetch, sd_event *event)
{
	fetch->self = user_name(USER_DATABASE, getuid());
	fetch->streams[0] = (Stream){ .fetch = fetch, .kind = NEWS_DENIED, .decision = "denied" };
	fetch->streams[1] = (Stream){ .fetch = fetch, .kind = NEWS_WARNED, .decision = "warned" };
	return timer_new(event, &fetch->timer, on_timer, fetch);
}

void fetch_stop(Fetch *fetch)
{
	fetch_set_bus(fetch, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(fetch->streams); i++)
		g_clear_pointer(&fetch->streams[i].latest, news_free);
	g_clear_pointer(&fetch->self, g_free);
	fetch->timer = sd_event_source_disable_unref(fetch->timer);
}
