/* SPDX-License-Identifier: MIT
 *
 * crowd ADDRESS polkit DIRECTORY: plays polkit on this bus, with the answers in the directory's file polkit-answers.
 * crowd ADDRESS ATTACK: one user who asks for more than there is, until killed.  Says "ready" on stdout when all is under way.
 * For tests/e2e/bench-crowd.sh.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <systemd/sd-event.h>
#include "bus-fixture.h"
#include "dbus/names.h"
#include "heavy.h"
#include "mock-polkit.h"

#define MANAGER SENTINEL_INTERFACE_MANAGER
#define POLICIES SENTINEL_INTERFACE_POLICIES
#define AUDIT SENTINEL_INTERFACE_AUDIT
#define MS_US ((uint64_t)1000)

typedef struct Slot Slot;

/* `per_connection` calls of each of these connections are always under way; who was answered asks again after a pause. */
typedef struct Attack {
	const char *name;
	unsigned connections, per_connection;
	uint64_t pause_us;
	const char *interface, *member;
	int (*append)(sd_bus_message *call); /* NULL: no arguments */
	bool leaves; /* instead of waiting for the answer it leaves, and another one comes */
} Attack;

struct Slot {
	const Attack *attack;
	sd_bus *bus;
	sd_event_source *timer;
};

static BusFixture fixture;
static sd_event *event;

static void check(int r)
{
	if (r < 0)
		g_error("the crowd cannot go on: %s", g_strerror(-r));
}

/* 2.5 million words. */
static int append_words(sd_bus_message *call)
{
	int r = sd_bus_message_append(call, "as", 4, "run", "-e", "A", "x");

	check(sd_bus_message_open_container(call, 'a', "{sv}"));
	check(sd_bus_message_open_container(call, 'e', "sv"));
	check(sd_bus_message_append_basic(call, 's', "unset"));
	check(sd_bus_message_open_container(call, 'v', "as"));
	check(sd_bus_message_open_container(call, 'a', "s"));
	for (unsigned i = 0; r >= 0 && i < 2500000; i++)
		r = sd_bus_message_append_basic(call, 's', "A");
	for (unsigned i = 0; i < 4; i++)
		check(sd_bus_message_close_container(call));
	return r;
}

static int append_tests(sd_bus_message *call)
{
	g_autofree char *text = heavy_policy("x", 2000);

	return sd_bus_message_append_basic(call, 's', text);
}

/* A pipe that nobody reads. */
static int append_export(sd_bus_message *call)
{
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	r = sd_bus_message_append(call, "a{sv}sh", 0, "jsonl", ends[1]); /* which is duplicated; the other end stays open */
	(void)close(ends[1]);
	return r;
}

static int append_filter(sd_bus_message *call)
{
	return sd_bus_message_append(call, "a{sv}", 1, "text", "s", "is in no record");
}

static const Attack attacks[] = {
	{ "words", 1, 1, 50 * MS_US, MANAGER, "Validate", append_words },
	{ "expressions", 1, 16, 50 * MS_US, POLICIES, "Test", append_tests },
	{ "gate", 5, 32, 1000 * MS_US, MANAGER, "ReloadPolicy" },
	{ "diagnose", 50, 30, 1000 * MS_US, MANAGER, "Diagnose" },
	{ "subscribers", 64, 1, 100 * MS_US, MANAGER, "Subscribe", .leaves = true },
	{ "export", 1, 16, 50 * MS_US, AUDIT, "Export", append_export },
	{ "queries", 1, 16, 50 * MS_US, AUDIT, "Stats", append_filter },
	{ "reloads", 1, 1, 500 * MS_US, MANAGER, "ReloadPolicy" },
};

static int on_answer(sd_bus_message *answer, void *data, sd_bus_error *error)
{
	Slot *slot = data;

	(void)answer;
	(void)error;
	check(sd_event_source_set_time_relative(slot->timer, slot->attack->pause_us));
	check(sd_event_source_set_enabled(slot->timer, SD_EVENT_ONESHOT));
	return 0;
}

static void ask(Slot *slot)
{
	const Attack *attack = slot->attack;
	sd_bus_message *call = NULL;

	check(sd_bus_message_new_method_call(slot->bus, &call, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, attack->interface, attack->member));
	if (attack->append)
		check(attack->append(call));
	check(sd_bus_call_async(slot->bus, NULL, call, on_answer, slot, UINT64_MAX));
	sd_bus_message_unref(call);
}

static void come(Slot *slot)
{
	slot->bus = bus_fixture_connect(&fixture);
	check(sd_bus_attach_event(slot->bus, event, 0));
	ask(slot);
}

static int on_timer(sd_event_source *source, uint64_t now, void *data)
{
	Slot *slot = data;

	(void)now;
	if (!slot->attack->leaves) {
		ask(slot);
		return 0;
	}
	check(sd_bus_flush(slot->bus));
	(void)sd_bus_close_unref(slot->bus);
	come(slot);
	check(sd_event_source_set_time_relative(source, slot->attack->pause_us));
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int on_ready(sd_event_source *source, uint64_t now, void *data)
{
	(void)source;
	(void)now;
	(void)data;
	puts("ready");
	return fflush(stdout);
}

static void begin(const Attack *attack)
{
	for (unsigned i = 0; i < attack->connections; i++) {
		sd_bus *shared = NULL;
		for (unsigned j = 0; j < attack->per_connection; j++) {
			Slot *slot = g_new0(Slot, 1);
			slot->attack = attack;
			check(sd_event_add_time_relative(event, &slot->timer, CLOCK_MONOTONIC, attack->pause_us, 1, on_timer, slot));
			check(sd_event_source_set_enabled(slot->timer, attack->leaves ? SD_EVENT_ONESHOT : SD_EVENT_OFF));
			if (j == 0)
				come(slot);
			else
				slot->bus = shared;
			if (j > 0)
				ask(slot);
			shared = slot->bus;
		}
	}
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	fixture.address = argv[1];
	if (!strcmp(argv[2], "polkit") && argc == 4) {
		fixture.dir = argv[3];
		return mock_polkit_serve(&fixture);
	}
	check(sd_event_default(&event));
	for (int i = 2; i < argc; i++) {
		size_t at = 0;
		while (at < G_N_ELEMENTS(attacks) && strcmp(attacks[at].name, argv[i]) != 0)
			at++;
		if (at == G_N_ELEMENTS(attacks))
			return 2;
		begin(&attacks[at]);
	}
	check(sd_event_add_time_relative(event, NULL, CLOCK_MONOTONIC, 300 * MS_US, 1, on_ready, NULL));
	return sd_event_loop(event) < 0;
}
