/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/timer.h"
#include "base/users.h"
#include "dbus/names.h"
#include "notifier/call.h"
#include "notifier/guard.h"
#include "notifier/say.h"

#define SECOND_US ((uint64_t)1000 * 1000)

static void subscribe(Guard *guard);

static void retry_later(Guard *guard)
{
	guard->retry_s = CLAMP(guard->retry_s * 2, 1, LIMIT_BUS_RETRY_S);
	(void)timer_start(guard->retry, guard->retry_s * SECOND_US);
}

/* Groups whose members polkit takes for administrators as it comes (polkit(8), AdminIdentities; addAdminRule).  Nothing is allowed by it.
 */
static bool is_in_administrators(void)
{
	static const char *const names[] = { "root", "sudo", "wheel", "admin" };
	UserAccount *account = user_account_new(USER_DATABASE, GROUP_DATABASE, getuid());
	bool found = getuid() == 0;

	for (guint i = 0; i < account->groups->len; i++)
		for (size_t n = 0; n < G_N_ELEMENTS(names); n++)
			found |= !strcmp(g_array_index(account->groups, UserGroup, i).name, names[n]);
	user_account_free(account);
	return found;
}

/* ListGrants is for whoever may read the trail, and asks nobody for a password. */
static int on_grants(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	Guard *guard = data;
	Choice choice = guard->settings->administrator;

	(void)error;
	guard->reads_all = peer_sent(&guard->service, reply) && !sd_bus_message_is_method_error(reply, NULL);
	guard->administrator = choice == CHOICE_YES || (choice == CHOICE_AUTO && (guard->reads_all || is_in_administrators()));
	if (guard->administrator)
		guard_ask_state(guard);
	return 1;
}

static int call_manager(Guard *guard, const char *member, sd_bus_message_handler_t answered)
{
	sd_bus_message *call = NULL;
	int r = sd_bus_message_new_method_call(
		guard->bus, &call, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, member);

	if (r >= 0)
		r = sd_bus_message_set_auto_start(call, 0);
	if (r >= 0)
		r = call_send(guard->bus, call, LIMIT_NOTIFIER_QUERY_S, answered, guard, NULL);
	sd_bus_message_unref(call);
	return r;
}

static int on_subscribed(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	Guard *guard = data;
	const char *path = NULL;

	(void)error;
	const sd_bus_error *problem = sd_bus_message_get_error(reply);
	if (!guard->service.owner || (!problem && !peer_sent(&guard->service, reply)))
		return 1; /* of one that is gone */
	if (problem && sd_bus_error_has_name(problem, SD_BUS_ERROR_ACCESS_DENIED)) {
		say("polkit does not let you hear of decisions, not even your own: %s", problem->message);
	} else if (problem || sd_bus_message_read_basic(reply, 'o', &path) < 0) {
		retry_later(guard);
		return 1;
	}
	g_free(guard->path);
	guard->path = g_strdup(path);
	guard->retry_s = 0;
	fetch_catch_up(&guard->fetch);
	(void)call_manager(guard, "ListGrants", on_grants);
	return 1;
}

static void subscribe(Guard *guard)
{
	if (call_manager(guard, "Subscribe", on_subscribed) < 0)
		retry_later(guard);
}

static void on_service(void *data)
{
	Guard *guard = data;

	g_clear_pointer(&guard->path, g_free);
	if (guard->service.owner) {
		guard->seen = true;
		guard->retry_s = 0;
		(void)timer_stop(guard->gone);
		subscribe(guard);
	} else if (guard->seen) {
		/* An upgrade or a restart takes a moment. */
		(void)timer_start(guard->gone, LIMIT_NOTIFIER_GONE_S * SECOND_US);
	}
}

static int on_gone(sd_event_source *source, uint64_t now, void *data)
{
	(void)source;
	(void)now;
	guard_is_gone(data);
	return 0;
}

static void disconnect(Guard *guard)
{
	peer_forget(&guard->service);
	fetch_set_bus(&guard->fetch, NULL);
	guard->disconnected = sd_bus_slot_unref(guard->disconnected);
	for (size_t i = 0; i < G_N_ELEMENTS(guard->signals); i++)
		guard->signals[i] = sd_bus_slot_unref(guard->signals[i]);
	g_clear_pointer(&guard->path, g_free);
	if (guard->bus) {
		(void)sd_bus_detach_event(guard->bus);
		guard->bus = sd_bus_close_unref(guard->bus);
	}
}

/* The connection is dropped when it is tried again: here it is still in use. */
static int on_disconnected(sd_bus_message *message, void *data, sd_bus_error *error)
{
	Guard *guard = data;

	(void)message;
	(void)error;
	fetch_set_bus(&guard->fetch, NULL);
	guard->retry_s = 0;
	retry_later(guard);
	return 0;
}

static int connect_bus(Guard *guard)
{
	int r = sd_bus_open_system(&guard->bus);

	if (r < 0)
		return r;
	(void)sd_bus_set_allow_interactive_authorization(guard->bus, 0);
	r = sd_bus_match_signal(guard->bus, &guard->disconnected, NULL, "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local",
		"Disconnected", on_disconnected, guard);
	if (r >= 0)
		r = guard_match_signals(guard);
	if (r >= 0)
		r = peer_watch(&guard->service, guard->bus, SENTINEL_BUS_NAME, on_service, guard);
	if (r >= 0)
		r = sd_bus_attach_event(guard->bus, guard->event, 0);
	if (r >= 0)
		fetch_set_bus(&guard->fetch, guard->bus);
	return r;
}

static int on_retry(sd_event_source *source, uint64_t now, void *data)
{
	Guard *guard = data;

	(void)source;
	(void)now;
	if (guard->bus && sd_bus_is_open(guard->bus) > 0) {
		if (guard->service.owner && !guard->path)
			subscribe(guard);
		return 0;
	}
	disconnect(guard);
	if (connect_bus(guard) < 0)
		retry_later(guard);
	return 0;
}

int guard_start(Guard *guard)
{
	int r;

	guard->fetch = (Fetch){ .service = &guard->service, .tell = guard->tell, .missed = guard->missed, .data = guard->data };
	if ((r = fetch_start(&guard->fetch, guard->event)) < 0 || (r = timer_new(guard->event, &guard->retry, on_retry, guard)) < 0 ||
		(r = timer_new(guard->event, &guard->gone, on_gone, guard)) < 0)
		return r;
	r = connect_bus(guard);
	if (r >= 0)
		return 0;
	say("the system bus cannot be reached (%s); it is tried again", g_strerror(-r));
	disconnect(guard);
	retry_later(guard);
	return 0;
}

void guard_stop(Guard *guard)
{
	disconnect(guard);
	fetch_stop(&guard->fetch);
	guard->retry = sd_event_source_disable_unref(guard->retry);
	guard->gone = sd_event_source_disable_unref(guard->gone);
	g_clear_pointer(&guard->state, g_free);
	g_clear_pointer(&guard->relaxed, g_free);
}
