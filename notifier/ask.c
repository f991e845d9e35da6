/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include "base/limits.h"
#include "base/users.h"
#include "cli/cli.h"
#include "cli/variant.h"
#include "cli/when.h"
#include "dbus/names.h"
#include "notifier/ask.h"
#include "notifier/call.h"
#include "notifier/news.h"
#include "notifier/say.h"
#include "notifier/words.h"

#define SECOND_US ((uint64_t)1000 * 1000)
#define SERVER "org.freedesktop.Notifications"
#define SERVER_PATH "/org/freedesktop/Notifications"

static void print_entry(JsonObject *entry, const char *self)
{
	g_autoptr(News) news = news_of_decision(NEWS_DENIED, entry, self);

	if (!news)
		return;
	g_autofree char *when = time_show(json_object_get_int_member_with_default(entry, "time", 0)), *text = words_plain(news);
	(void)printf("%s  %s\n", when, text);
}

static int print_entries(sd_bus_message *reply)
{
	g_autofree char *self = user_name(USER_DATABASE, getuid());
	unsigned count = 0;
	int r = sd_bus_message_enter_container(reply, 'a', "a{sv}");

	while (r >= 0 && sd_bus_message_at_end(reply, 0) == 0) {
		g_autoptr(JsonObject) entry = variant_read_dict(reply);
		if (!entry)
			return -EBADMSG;
		print_entry(entry, self);
		count++;
	}
	if (r >= 0 && !count)
		(void)puts("Nothing was blocked that you may see.");
	return r;
}

int ask_list(void)
{
	sd_bus *bus = NULL;
	sd_bus_message *call = NULL, *reply = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int r = sd_bus_open_system(&bus);

	if (r >= 0)
		r = sd_bus_message_new_method_call(
			bus, &call, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, "AuditQuery");
	if (r >= 0)
		r = sd_bus_message_append(
			call, "a{sv}ut", 2, "decision", "s", "denied", "record", "b", 1, LIMIT_NOTIFIER_LISTED, (uint64_t)0);
	if (r >= 0)
		r = sd_bus_call(bus, call, LIMIT_NOTIFIER_QUERY_S * SECOND_US, &error, &reply);
	if (r >= 0)
		r = print_entries(reply);
	if (r < 0)
		say("what was blocked cannot be read: %s", error.message ? error.message : g_strerror(-r));
	sd_bus_error_free(&error);
	sd_bus_message_unref(reply);
	sd_bus_message_unref(call);
	sd_bus_flush_close_unref(bus);
	return r < 0 ? EXIT_UNDONE : EXIT_DONE;
}

static int print_server(sd_bus *bus, sd_bus_error *error)
{
	sd_bus_message *reply = NULL;
	const char *name, *vendor, *version, *word;
	int r = sd_bus_call_method(bus, SERVER, SERVER_PATH, SERVER, "GetServerInformation", error, &reply, "");

	if (r >= 0)
		r = sd_bus_message_read(reply, "sss", &name, &vendor, &version);
	if (r >= 0)
		(void)printf("Shown by %s %s (%s), which can:", name, version, vendor);
	reply = sd_bus_message_unref(reply);
	if (r >= 0)
		r = sd_bus_call_method(bus, SERVER, SERVER_PATH, SERVER, "GetCapabilities", error, &reply, "");
	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "s");
	for (unsigned i = 0; r >= 0 && i < LIMIT_NOTIFIER_CAPABILITIES && (r = sd_bus_message_read_basic(reply, 's', &word)) > 0; i++)
		(void)printf(" %s", word);
	if (r >= 0)
		(void)puts("");
	sd_bus_message_unref(reply);
	return r;
}

static int show_test(sd_bus *bus, sd_bus_error *error)
{
	g_autoptr(News) news = news_of_guard(NEWS_TEST, "", "Blocked Docker commands are told here.", "");
	g_autofree char *title = words_title(news, 1), *body = words_body(news, false, NULL);

	return sd_bus_call_method(bus, SERVER, SERVER_PATH, SERVER, "Notify", error, NULL, "susssasa{sv}i", "Docker Sentinel", 0u,
		NOTIFIER_ID, title, body, 0, 3, "urgency", "y", (int)news_urgency(news), "category", "s", words_category(news->kind),
		"desktop-entry", "s", NOTIFIER_ID, -1);
}

int ask_test(void)
{
	sd_bus *bus = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int r = sd_bus_open_user(&bus);

	if (r >= 0)
		(void)sd_bus_set_method_call_timeout(bus, LIMIT_NOTIFIER_ANSWER_S * SECOND_US);
	if (r >= 0)
		r = show_test(bus, &error);
	if (r >= 0)
		r = print_server(bus, &error);
	if (r < 0)
		say("nothing shows notifications here: %s", error.message ? error.message : g_strerror(-r));
	sd_bus_error_free(&error);
	sd_bus_flush_close_unref(bus);
	return r < 0 ? EXIT_UNDONE : EXIT_DONE;
}
