/* SPDX-License-Identifier: MIT
 *
 * What the guard tells of itself, its decisions, and images that were built.
 */
#include <string.h>
#include <unistd.h>
#include "base/users.h"
#include "dbus/names.h"
#include "notifier/call.h"
#include "notifier/guard.h"

#define PROPERTIES "org.freedesktop.DBus.Properties"

static int on_decision(sd_bus_message *message, void *data, sd_bus_error *error)
{
	Guard *guard = data;
	const char *path = sd_bus_message_get_path(message);
	FetchSignal signal;
	uint32_t score;

	(void)error;
	if (!peer_sent(&guard->service, message) || !guard->path || !path || strcmp(path, guard->path) != 0)
		return 0;
	if (sd_bus_message_read(message, "tsuss", &signal.id, &signal.decision, &score, &signal.user, &signal.summary) <= 0)
		return 0;
	if (!strcmp(signal.decision, "warned") && guard->settings->warned == SEVERITY_NONE)
		return 0;
	fetch_signal(&guard->fetch, &signal);
	return 0;
}

/* An image that was built: there is no decision that the trail could be asked about. */
static int on_scanned(sd_bus_message *message, void *data, sd_bus_error *error)
{
	Guard *guard = data;
	const char *path = sd_bus_message_get_path(message), *id;
	NewsImage image;

	(void)error;
	if (!peer_sent(&guard->service, message) || !guard->path || !path || strcmp(path, guard->path) != 0)
		return 0;
	if (sd_bus_message_read(message, "ssssss", &image.image, &id, &image.outcome, &image.severity, &image.user, &image.summary) <= 0)
		return 0;
	g_autofree char *self = user_name(USER_DATABASE, getuid());
	News *news = news_of_image(&image, self);
	if (news)
		guard->tell(news, guard->data);
	return 0;
}

static void tell(Guard *guard, NewsKind kind, const char *sentence, const char *reason)
{
	bool made = kind == NEWS_CHANGED || kind == NEWS_RELAXED; /* by somebody */

	if (!guard->administrator)
		return;
	News *news = news_of_guard(kind, "", sentence, reason);
	if (made && guard->reads_all)
		guard_tell_author(guard, news);
	else
		guard->tell(news, guard->data);
}

static int on_changed(sd_bus_message *message, void *data, sd_bus_error *error)
{
	Guard *guard = data;
	const char *name, *mode;

	(void)error;
	if (!peer_sent(&guard->service, message) || sd_bus_message_read(message, "ss", &name, &mode) <= 0)
		return 0;
	g_autofree char *relaxed = g_steal_pointer(&guard->relaxed);
	if (relaxed && !strcmp(relaxed, name))
		return 0; /* that was told */
	g_autofree char *sentence = g_strdup_printf("The policy %s (%s) is in force now.", name, mode);
	tell(guard, NEWS_CHANGED, sentence, "");
	return 0;
}

static int on_rejected(sd_bus_message *message, void *data, sd_bus_error *error)
{
	Guard *guard = data;
	const char *name, *why;

	(void)error;
	if (!peer_sent(&guard->service, message) || sd_bus_message_read(message, "ss", &name, &why) <= 0)
		return 0;
	g_autofree char *sentence = g_strdup_printf("The policy %s was not put in force; what was in force still is.", name);
	tell(guard, NEWS_REJECTED, sentence, why);
	return 0;
}

static int on_relaxed(sd_bus_message *message, void *data, sd_bus_error *error)
{
	Guard *guard = data;
	const char *name, *mode, *why;

	(void)error;
	if (!peer_sent(&guard->service, message) || sd_bus_message_read(message, "sss", &name, &mode, &why) <= 0)
		return 0;
	g_autofree char *sentence = g_strdup_printf("The policy %s (%s) may allow more than the one before.", name, mode);
	g_free(guard->relaxed);
	guard->relaxed = g_strdup(name);
	tell(guard, NEWS_RELAXED, sentence, why);
	return 0;
}

/* The first state is told when it is a bad one. */
static void see_state(Guard *guard, const char *state)
{
	static const struct {
		const char *state;
		NewsKind kind;
		const char *sentence;
	} states[] = {
		{ "degraded", NEWS_DEGRADED,
			"What was written last may not be in force, or the audit trail cannot be written: then what changes something is "
			"denied." },
		{ "lockdown", NEWS_LOCKDOWN, "No policy could be loaded: everything but reading is denied." },
		{ "serving", NEWS_RECOVERED, "" },
	};
	bool first = !guard->state && !guard->told_gone;

	if (guard->state && !strcmp(guard->state, state))
		return;
	g_free(guard->state);
	guard->state = g_strdup(state);
	guard->told_gone = false;
	for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
		if (!strcmp(states[i].state, state) && !(first && states[i].kind == NEWS_RECOVERED))
			tell(guard, states[i].kind, states[i].sentence,
				states[i].kind == NEWS_RECOVERED ? "" : "To see why: sentinel doctor");
}

/* Properties as they were told; NULL: nothing was said of it. */
typedef struct Told {
	const char *state, *warning;
} Told;

static void see(Guard *guard, const Told *told)
{
	if (told->state)
		see_state(guard, told->state);
	if (told->warning && *told->warning)
		tell(guard, NEWS_DISK, told->warning, "");
}

static int read_properties(sd_bus_message *message, Told *ret)
{
	int r = sd_bus_message_enter_container(message, 'a', "{sv}");
	const char *name;

	while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
		if ((r = sd_bus_message_read_basic(message, 's', &name)) < 0)
			return r;
		const char **text = !strcmp(name, "State") ? &ret->state : !strcmp(name, "AuditWarning") ? &ret->warning : NULL;
		r = text ? sd_bus_message_read(message, "v", "s", text) : sd_bus_message_skip(message, "v");
		if (r < 0 || (r = sd_bus_message_exit_container(message)) < 0)
			return r;
	}
	return r;
}

static int on_properties(sd_bus_message *message, void *data, sd_bus_error *error)
{
	Guard *guard = data;
	const char *interface;
	Told told = { NULL, NULL };

	(void)error;
	if (!peer_sent(&guard->service, message) || sd_bus_message_read_basic(message, 's', &interface) <= 0 ||
		strcmp(interface, SENTINEL_INTERFACE_MANAGER) != 0)
		return 0;
	if (read_properties(message, &told) >= 0)
		see(guard, &told);
	return 0;
}

static int on_all(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	Guard *guard = data;
	Told told = { NULL, NULL };

	(void)error;
	if (!sd_bus_message_is_method_error(reply, NULL) && peer_sent(&guard->service, reply) && read_properties(reply, &told) >= 0)
		see(guard, &told);
	return 1;
}

void guard_ask_state(Guard *guard)
{
	sd_bus_message *call = NULL;
	int r = sd_bus_message_new_method_call(guard->bus, &call, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, PROPERTIES, "GetAll");

	if (r >= 0)
		r = sd_bus_message_append(call, "s", SENTINEL_INTERFACE_MANAGER);
	if (r >= 0)
		(void)sd_bus_message_set_auto_start(call, 0);
	if (r >= 0)
		(void)call_send(guard->bus, call, LIMIT_NOTIFIER_QUERY_S, on_all, guard, NULL);
	sd_bus_message_unref(call);
}

void guard_is_gone(Guard *guard)
{
	if (guard->service.owner)
		return;
	tell(guard, NEWS_STOPPED, "Docker denies what it would have to ask it about.", "To see why: systemctl status sentineld");
	guard->told_gone = true;
	g_clear_pointer(&guard->state, g_free);
}

int guard_match_signals(Guard *guard)
{
	static const struct {
		const char *interface, *member;
		sd_bus_message_handler_t handler;
	} signals[] = {
		{ SENTINEL_INTERFACE_MANAGER, "DecisionMade", on_decision },
		{ SENTINEL_INTERFACE_MANAGER, "ImageScanned", on_scanned },
		{ SENTINEL_INTERFACE_MANAGER, "PolicyChanged", on_changed },
		{ SENTINEL_INTERFACE_MANAGER, "PolicyRejected", on_rejected },
		{ SENTINEL_INTERFACE_MANAGER, "PolicyRelaxed", on_relaxed },
		{ PROPERTIES, "PropertiesChanged", on_properties },
	};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(signals); i++) {
		g_autofree char *match = g_strdup_printf("type='signal',sender='" SENTINEL_BUS_NAME
							 "',path_namespace='" SENTINEL_OBJECT_PATH "',interface='%s',member='%s'",
			signals[i].interface, signals[i].member);
		r = sd_bus_add_match_async(guard->bus, &guard->signals[i], match, signals[i].handler, NULL, guard);
	}
	return r;
}
