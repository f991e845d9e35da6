/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "base/timer.h"
#include "cli/variant.h"
#include "dbus/names.h"
#include "notifier/call.h"
#include "notifier/grant.h"

#define SECOND_US ((uint64_t)1000 * 1000)
#define NO_ANSWER "No answer came. Whether it was allowed shows when the command is repeated."
#define OVER "Expired: the time to repeat the command is over."
#define OVER_UNUSED "Expired: the time to repeat the command is over, it is blocked again."

/* A grant that was asked for, from the click to the end of what came of it. */
typedef struct AskedGrant {
	Guard *guard;
	Screen *screen;
	uint64_t serial, grant, made_us;
	sd_event_source *timer;
} AskedGrant;

/* A timer that floats is the loop's. */
static void asked_free(void *data)
{
	AskedGrant *asked = data;

	if (asked->timer) {
		(void)sd_event_source_set_destroy_callback(asked->timer, NULL);
		(void)sd_event_source_set_enabled(asked->timer, SD_EVENT_OFF);
		(void)sd_event_source_set_floating(asked->timer, 0);
	}
	g_free(asked);
}

static void conclude(const AskedGrant *asked, const char *note, bool settled)
{
	Bubble *bubble = board_find(asked->screen->board, asked->serial);

	if (!bubble)
		return;
	bubble->busy = false;
	board_note(bubble, note, settled);
	screen_wake(asked->screen);
}

static char *describe(const sd_bus_error *error)
{
	static const struct {
		const char *name, *note;
	} rows[] = {
		{ SENTINEL_ERROR_PREFIX "Dismissed", "Not allowed: the question for the password was closed." },
		{ SD_BUS_ERROR_ACCESS_DENIED, "Not allowed: no administrator agreed." },
		{ SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, "Not allowed: nobody could ask for an administrator's password." },
		{ SENTINEL_ERROR_PREFIX "NoAgent",
			"Not allowed: this desktop has no program that asks for an administrator's password (polkit agent)." },
		/* Of a service or a bus that ended meanwhile, or of nobody who types: it may have been done all the same. */
		{ SD_BUS_ERROR_NO_REPLY, NO_ANSWER },
		{ SD_BUS_ERROR_TIMEOUT, NO_ANSWER },
		{ SD_BUS_ERROR_DISCONNECTED, NO_ANSWER },
		{ SD_BUS_ERROR_SERVICE_UNKNOWN, "Not allowed: Docker Sentinel does not run." },
		{ SD_BUS_ERROR_NAME_HAS_NO_OWNER, "Not allowed: Docker Sentinel does not run." },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (sd_bus_error_has_name(error, rows[i].name))
			return g_strdup(rows[i].note);
	return g_strconcat("Not allowed: ", error->message ? error->message : error->name, NULL);
}

static int append_options(sd_bus_message *call, const Guard *guard, const News *news, const char *reason)
{
	int r = sd_bus_message_set_auto_start(call, 0);

	if (r >= 0)
		r = sd_bus_message_set_allow_interactive_authorization(call, 1);
	if (r >= 0)
		r = sd_bus_message_append(call, "ta{sv}", news->id, 3, "reason", "s", reason, "uses", "t", (uint64_t)1, "duration", "t",
			(uint64_t)guard->grant_s);
	return r;
}

static int on_use(sd_bus_message *reply, void *data, sd_bus_error *error);

/* The time is over: whether the grant was used is in the trail. */
static int on_end(sd_event_source *source, uint64_t now, void *data)
{
	AskedGrant *asked = data;
	sd_bus_message *call = NULL;
	int r = asked->guard->bus ? sd_bus_message_new_method_call(asked->guard->bus, &call, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH,
					   SENTINEL_INTERFACE_MANAGER, "AuditQuery")
				 : -ENOTCONN;

	(void)source;
	(void)now;
	if (r >= 0)
		r = sd_bus_message_set_auto_start(call, 0);
	if (r >= 0)
		r = sd_bus_message_append(call, "a{sv}ut", 3, "since", "t", asked->made_us, "decision", "s", "warned", "record", "b", 1,
			LIMIT_NOTIFIER_FETCH, (uint64_t)0);
	if (r >= 0)
		r = sd_bus_is_open(asked->guard->bus) > 0 ? 0 : -ENOTCONN;
	if (r < 0)
		conclude(asked, OVER, true);
	if (r >= 0)
		(void)call_send(asked->guard->bus, call, LIMIT_NOTIFIER_QUERY_S, on_use, asked, asked_free);
	else
		asked_free(asked);
	sd_bus_message_unref(call);
	return 0;
}

static bool used_by(JsonObject *entry, uint64_t grant)
{
	const char *text = json_object_get_string_member_with_default(entry, "record", "");
	g_autoptr(JsonNode) record = json_from_string(text, NULL);

	return record && JSON_NODE_HOLDS_OBJECT(record) &&
	       (uint64_t)json_object_get_int_member_with_default(json_node_get_object(record), "grant", 0) == grant;
}

/* 1: it was used; 0: it was not; negative: not known, also when there may be more decisions than were asked for. */
static int read_use(sd_bus_message *reply, uint64_t grant)
{
	unsigned count = 0;
	bool used = false;

	if (sd_bus_message_enter_container(reply, 'a', "a{sv}") < 0)
		return -EBADMSG;
	for (; !used && sd_bus_message_at_end(reply, 0) == 0; count++) {
		JsonObject *entry = variant_read_dict(reply);
		if (!entry)
			return -EBADMSG;
		used = used_by(entry, grant);
		json_object_unref(entry);
	}
	return used ? 1 : count < LIMIT_NOTIFIER_FETCH ? 0 : -E2BIG;
}

static int on_use(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const AskedGrant *asked = data;
	bool good = !sd_bus_message_is_method_error(reply, NULL) && peer_sent(&asked->guard->service, reply);
	int used = good ? read_use(reply, asked->grant) : -EIO;

	(void)error;
	if (used != 1)
		conclude(asked, used == 0 ? OVER_UNUSED : OVER, true);
	return 1;
}

/* Waits for the end of the grant in an AskedGrant of its own: the first belongs to its call. */
static void watch_end(const AskedGrant *asked)
{
	AskedGrant *watch = g_new(AskedGrant, 1);

	*watch = *asked;
	watch->timer = NULL;
	int r = timer_new(sd_bus_get_event(asked->guard->bus), &watch->timer, on_end, watch);
	if (r >= 0)
		r = timer_start(watch->timer, (asked->guard->grant_s + 1) * SECOND_US);
	if (r < 0) {
		sd_event_source_disable_unref(watch->timer);
		g_free(watch);
		return;
	}
	/* One that has not ended by then is freed with the loop. */
	(void)sd_event_source_set_destroy_callback(watch->timer, g_free);
	(void)sd_event_source_set_floating(watch->timer, 1);
	sd_event_source_unref(watch->timer);
}

static int on_granted(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	AskedGrant *asked = data;
	const sd_bus_error *problem = sd_bus_message_get_error(reply);

	(void)error;
	if (problem) {
		g_autofree char *note = describe(problem);
		conclude(asked, note, false);
		return 1;
	}
	if (!peer_sent(&asked->guard->service, reply) || sd_bus_message_read_basic(reply, 't', &asked->grant) < 0) {
		conclude(asked, NO_ANSWER, false);
		return 1;
	}
	g_autofree char *note = g_strdup_printf("Allowed once: repeat the command within %u minutes.", asked->guard->grant_s / 60);
	conclude(asked, note, true);
	watch_end(asked);
	return 1;
}

void grant_ask(Guard *guard, Screen *screen, Bubble *bubble)
{
	sd_bus_message *call = NULL;
	AskedGrant *asked = g_new0(AskedGrant, 1);
	g_autofree char *reason =
		g_strdup_printf("asked for by %s from the notification of decision %" PRIu64, guard->fetch.self, bubble->news->id);
	int r = guard->bus ? sd_bus_message_new_method_call(
				     guard->bus, &call, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, "CreateGrant")
			   : -ENOTCONN;

	*asked = (AskedGrant){ .guard = guard, .screen = screen, .serial = bubble->serial, .made_us = (uint64_t)g_get_real_time() };
	bubble->busy = true;
	board_note(bubble, "An administrator is asked…", false);
	if (r >= 0)
		r = append_options(call, guard, bubble->news, reason);
	if (r >= 0)
		r = call_send(guard->bus, call, LIMIT_NOTIFIER_GRANT_ANSWER_S, on_granted, asked, asked_free);
	else
		asked_free(asked);
	sd_bus_message_unref(call);
	if (r < 0) {
		bubble->busy = false;
		board_note(bubble, "Not allowed: Docker Sentinel cannot be reached.", false);
	}
	screen_wake(screen);
}
