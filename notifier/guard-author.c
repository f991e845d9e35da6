/* SPDX-License-Identifier: MIT
 *
 * Who changed a policy: the signal does not say it, the trail does, to whoever may read it.
 */
#include <string.h>
#include "base/limits.h"
#include "cli/variant.h"
#include "dbus/names.h"
#include "notifier/call.h"
#include "notifier/guard.h"

#define RECENT_US ((gint64)60 * 1000 * 1000)

typedef struct Authored {
	Guard *guard;
	News *news;
} Authored;

static void authored_free(void *data)
{
	Authored *authored = data;

	news_free(authored->news);
	g_free(authored);
}

static const char *text_of(JsonObject *entry, const char *name)
{
	return json_object_get_string_member_with_default(entry, name, "");
}

/* The newest line about a change of policies; a file that root edited by hand has none. */
static void read_author(sd_bus_message *reply, News *news)
{
	bool found = false;

	if (sd_bus_message_enter_container(reply, 'a', "a{sv}") < 0)
		return;
	while (!found && sd_bus_message_at_end(reply, 0) == 0) {
		g_autoptr(JsonObject) entry = variant_read_dict(reply);
		if (!entry)
			return;
		found = !strcmp(text_of(entry, "endpoint"), "sentinel.policy");
		if (found)
			news_set(&news->user, text_of(entry, "user"));
	}
}

static int on_events(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	Authored *authored = data;
	Guard *guard = authored->guard;

	(void)error;
	if (!sd_bus_message_is_method_error(reply, NULL) && peer_sent(&guard->service, reply))
		read_author(reply, authored->news);
	guard->tell(g_steal_pointer(&authored->news), guard->data);
	return 1;
}

void guard_tell_author(Guard *guard, News *news)
{
	sd_bus_message *call = NULL;
	Authored *authored = g_new(Authored, 1);
	int r = sd_bus_message_new_method_call(
		guard->bus, &call, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, "AuditQuery");

	*authored = (Authored){ guard, news };
	if (r >= 0)
		r = sd_bus_message_set_auto_start(call, 0);
	if (r >= 0)
		r = sd_bus_message_append(call, "a{sv}ut", 2, "kind", "s", "event", "since", "t", (uint64_t)(g_get_real_time() - RECENT_US),
			LIMIT_NOTIFIER_FETCH, (uint64_t)0);
	if (r >= 0)
		(void)call_send(guard->bus, call, LIMIT_NOTIFIER_QUERY_S, on_events, authored, authored_free);
	else
		authored_free(authored);
	sd_bus_message_unref(call);
}
