/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/limits.h"
#include "dbus/names.h"
#include "desktop.h"
#include "tests/unit/scratch.h"

#define SERVER "org.freedesktop.Notifications"
#define SERVER_PATH "/org/freedesktop/Notifications"
#define SUBSCRIBER_PATH SENTINEL_OBJECT_PATH "/subscriber"
#define PATIENCE_US ((int64_t)30 * 1000 * 1000)

static void shown_free(gpointer data)
{
	Shown *shown = data;

	g_free(shown->title);
	g_free(shown->body);
	g_free(shown->actions);
	g_free(shown->category);
	g_free(shown);
}

/* The server */

static int get_capabilities(sd_bus_message *call, void *data, sd_bus_error *error)
{
	Desktop *desktop = data;
	g_auto(GStrv) words = g_strsplit(desktop->capabilities, " ", -1);
	sd_bus_message *reply = NULL;

	(void)error;
	desktop->asked_capabilities++;
	if (desktop->server_silent)
		return 1;
	if (desktop->server_lies)
		return sd_bus_reply_method_return(call, "t", (uint64_t)7);
	g_assert_cmpint(sd_bus_message_new_method_return(call, &reply), >=, 0);
	g_assert_cmpint(sd_bus_message_append_strv(reply, words), >=, 0);
	int r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

static void read_hints(sd_bus_message *call, Shown *shown)
{
	const char *name, *text;
	uint8_t byte;
	int flag;

	g_assert_cmpint(sd_bus_message_enter_container(call, 'a', "{sv}"), >=, 0);
	while (sd_bus_message_enter_container(call, 'e', "sv") > 0) {
		g_assert_cmpint(sd_bus_message_read_basic(call, 's', &name), >, 0);
		if (!strcmp(name, "urgency")) {
			g_assert_cmpint(sd_bus_message_read(call, "v", "y", &byte), >, 0);
			shown->urgency = byte;
		} else if (!strcmp(name, "category")) {
			g_assert_cmpint(sd_bus_message_read(call, "v", "s", &text), >, 0);
			shown->category = g_strdup(text);
		} else if (!strcmp(name, "transient")) {
			g_assert_cmpint(sd_bus_message_read(call, "v", "b", &flag), >, 0);
			shown->transient = flag;
		} else {
			g_assert_cmpint(sd_bus_message_skip(call, "v"), >=, 0);
		}
		g_assert_cmpint(sd_bus_message_exit_container(call), >=, 0);
	}
}

static int notify(sd_bus_message *call, void *data, sd_bus_error *error)
{
	Desktop *desktop = data;
	Shown *shown = g_new0(Shown, 1);
	const char *name, *icon, *title, *body, *key, *label;
	static uint32_t ids;
	g_autoptr(GString) actions = g_string_new("");

	(void)error;
	g_assert_cmpint(sd_bus_message_read(call, "susss", &name, &shown->replaces, &icon, &title, &body), >, 0);
	g_assert_cmpstr(name, ==, "Docker Sentinel");
	g_assert_cmpint(sd_bus_message_enter_container(call, 'a', "s"), >=, 0);
	while (sd_bus_message_read_basic(call, 's', &key) > 0 && sd_bus_message_read_basic(call, 's', &label) > 0)
		g_string_append_printf(actions, "%s%s", actions->len ? " " : "", key);
	g_assert_cmpint(sd_bus_message_exit_container(call), >=, 0);
	read_hints(call, shown);
	ids += !shown->replaces && !(desktop->same_ids && ids);
	shown->id = shown->replaces ? shown->replaces : ids;
	shown->title = g_strdup(title);
	shown->body = g_strdup(body);
	shown->actions = g_strdup(actions->str);
	g_ptr_array_add(desktop->shown, shown);
	if (desktop->server_silent)
		return 1;
	return desktop->server_lies ? sd_bus_reply_method_return(call, "s", "fine") : sd_bus_reply_method_return(call, "u", shown->id);
}

static const sd_bus_vtable server_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("GetCapabilities", "", "as", get_capabilities, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("Notify", "susssasa{sv}i", "u", notify, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

/* The service */

static int subscribe(sd_bus_message *call, void *data, sd_bus_error *error)
{
	(void)error;
	((Desktop *)data)->subscribed++;
	return sd_bus_reply_method_return(call, "o", SUBSCRIBER_PATH);
}

static int list_grants(sd_bus_message *call, void *data, sd_bus_error *error)
{
	(void)error;
	return ((Desktop *)data)->reads_all ? sd_bus_reply_method_return(call, "aa{sv}", 0)
					    : sd_bus_reply_method_errorf(call, SD_BUS_ERROR_ACCESS_DENIED, "no");
}

static int create_grant(sd_bus_message *call, void *data, sd_bus_error *error)
{
	Desktop *desktop = data;

	(void)error;
	g_assert_cmpint(sd_bus_message_read_basic(call, 't', &desktop->granted), >, 0);
	desktop->grants++;
	desktop->grants_interactive += sd_bus_message_get_allow_interactive_authorization(call) > 0;
	if (desktop->grant_silent)
		return 1;
	return desktop->grant_error ? sd_bus_reply_method_errorf(call, desktop->grant_error, "no")
				    : sd_bus_reply_method_return(call, "t", (uint64_t)1);
}

static int append_entry(sd_bus_message *reply, const Desktop *desktop, uint64_t id)
{
	return sd_bus_message_append(reply, "a{sv}", 9, "id", "t", id, "time", "t", (uint64_t)1700000000000000, "decision", "s", "denied",
		"user", "s", "root", "policy", "s", "production", "command", "s", "docker create --privileged <image>", "image", "s",
		desktop->image, "findings", "a(sssss)", 1, "privileged", "critical", "c", "block", "Privileged containers are not allowed",
		"record", "s", desktop->record);
}

/* What is privileged is denied for it; `still_denied`: and everything for its image. */
static int validate(sd_bus_message *call, void *data, sd_bus_error *error)
{
	Desktop *desktop = data;
	g_auto(GStrv) words = NULL;

	(void)error;
	g_assert_cmpint(sd_bus_message_read_strv(call, &words), >, 0);
	g_free(desktop->tried);
	desktop->tried = g_strjoinv(" ", words);
	desktop->trials++;
	if (desktop->trial_silent)
		return 1;
	bool privileged = g_strv_contains((const char *const *)words, "--privileged"), other = desktop->still_denied;
	const char *rules[] = { privileged ? "privileged" : "images.blocked_images", "images.blocked_images" };
	const int indexes[] = { privileged ? 1 : -1, -1 };
	const int findings = privileged + other;
	if (findings == 2)
		return sd_bus_reply_method_return(call, "bua(sssss)asa{sv}", 0, 80, 2, rules[0], "critical", "c", "block", "m", rules[1],
			"high", "c", "block", "m", 0, 1, "argument_index", "ai", 2, indexes[0], indexes[1]);
	if (findings == 1)
		return sd_bus_reply_method_return(call, "bua(sssss)asa{sv}", 0, 40, 1, rules[0], "critical", "c", "block", "m", 0, 1,
			"argument_index", "ai", 1, indexes[0]);
	return desktop->limited ? sd_bus_reply_method_return(call, "bua(sssss)asa{sv}", 1, 0, 0, 0, 1, "limited", "b", 1)
				: sd_bus_reply_method_return(call, "bua(sssss)asa{sv}", 1, 0, 0, 0, 0);
}

/* What is asked about: events, or decisions of which kind. */
static void read_filter(sd_bus_message *call, bool *ret_events, bool *ret_warned)
{
	const char *name, *text;

	*ret_events = *ret_warned = false;
	g_assert_cmpint(sd_bus_message_enter_container(call, 'a', "{sv}"), >=, 0);
	while (sd_bus_message_enter_container(call, 'e', "sv") > 0) {
		g_assert_cmpint(sd_bus_message_read_basic(call, 's', &name), >, 0);
		if (!strcmp(name, "decision")) {
			g_assert_cmpint(sd_bus_message_read(call, "v", "s", &text), >, 0);
			*ret_warned = !strcmp(text, "warned");
		} else {
			g_assert_cmpint(sd_bus_message_skip(call, "v"), >=, 0);
		}
		g_assert_cmpint(sd_bus_message_exit_container(call), >=, 0);
		*ret_events |= !strcmp(name, "kind");
	}
}

/* Newest first. */
static int reply_warned(sd_bus_message *call, const Desktop *desktop)
{
	sd_bus_message *reply = NULL;

	g_assert_cmpint(sd_bus_message_new_method_return(call, &reply), >=, 0);
	g_assert_cmpint(sd_bus_message_open_container(reply, 'a', "a{sv}"), >=, 0);
	for (unsigned i = desktop->warned; i > 0 && desktop->warned - i < LIMIT_NOTIFIER_FETCH; i--)
		g_assert_cmpint(sd_bus_message_append(reply, "a{sv}", 2, "decision", "s", "warned", "record", "s",
					i == desktop->used ? "{\"grant\":1}" : "{}"),
			>=, 0);
	g_assert_cmpint(sd_bus_message_close_container(reply), >=, 0);
	int r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

static int reply_events(sd_bus_message *call)
{
	return sd_bus_reply_method_return(call, "aa{sv}", 2, 2, "endpoint", "s", "sentinel.start", "user", "s", "", 2, "endpoint", "s",
		"sentinel.policy", "user", "s", "carol");
}

static int audit_query(sd_bus_message *call, void *data, sd_bus_error *error)
{
	Desktop *desktop = data;
	sd_bus_message *reply = NULL;
	bool events, warned;

	(void)error;
	read_filter(call, &events, &warned);
	desktop->warned_queries += warned;
	if (events)
		return reply_events(call);
	if (warned && !desktop->trail_fails)
		return reply_warned(call, desktop);
	desktop->queries++;
	if (desktop->trail_fails)
		return sd_bus_reply_method_errorf(call, SENTINEL_ERROR_PREFIX "Busy", "the index is being made again");
	g_assert_cmpint(sd_bus_message_new_method_return(call, &reply), >=, 0);
	g_assert_cmpint(sd_bus_message_open_container(reply, 'a', "a{sv}"), >=, 0);
	for (unsigned i = 0; i < LIMIT_NOTIFIER_FETCH && i < desktop->decisions; i++)
		g_assert_cmpint(append_entry(reply, desktop, desktop->decisions - i), >=, 0);
	g_assert_cmpint(sd_bus_message_close_container(reply), >=, 0);
	int r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

static int get_text(
	sd_bus *bus, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const Desktop *desktop = data;

	return sd_bus_message_append_basic(reply, 's', !strcmp(property, "State") ? desktop->state : desktop->warning);
}

static const sd_bus_vtable service_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Subscribe", "", "o", subscribe, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("ListGrants", "", "aa{sv}", list_grants, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("CreateGrant", "ta{sv}", "t", create_grant, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("Validate", "asa{sv}", "bua(sssss)asa{sv}", validate, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("AuditQuery", "a{sv}ut", "aa{sv}", audit_query, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY("State", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("AuditWarning", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_VTABLE_END,
};

/* The desktop */

static sd_bus *join(const Desktop *desktop, const BusFixture *fixture, const char *path, const char *interface, const sd_bus_vtable *vtable,
	const char *name)
{
	sd_bus *bus = bus_fixture_connect(fixture);

	g_assert_cmpint(sd_bus_add_object_vtable(bus, NULL, path, interface, vtable, (void *)(uintptr_t)desktop), >=, 0);
	g_assert_cmpint(sd_bus_request_name(bus, name, 0), >=, 0);
	return bus;
}

void desktop_start_server(Desktop *desktop)
{
	desktop->server = join(desktop, &desktop->fixture, SERVER_PATH, SERVER, server_vtable, SERVER);
}

void desktop_stop_server(Desktop *desktop)
{
	desktop->server = sd_bus_flush_close_unref(desktop->server);
}

void desktop_start_service(Desktop *desktop)
{
	desktop->service =
		join(desktop, &desktop->system, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, service_vtable, SENTINEL_BUS_NAME);
}

void desktop_stop_service(Desktop *desktop)
{
	desktop->service = sd_bus_flush_close_unref(desktop->service);
}

void desktop_lose_system(Desktop *desktop)
{
	bus_fixture_lose_bus(&desktop->system);
	desktop->service = sd_bus_close_unref(desktop->service);
}

void desktop_find_system(Desktop *desktop)
{
	bus_fixture_next_bus(&desktop->system);
	desktop_start_service(desktop);
}

static char **with_clipboard(const Desktop *desktop, char **env)
{
	static const char script[] =
		"#!/bin/sh\necho \"$@\" > \"$XDG_CONFIG_HOME/copied.new\" && cat >> \"$XDG_CONFIG_HOME/copied.new\" && mv "
		"\"$XDG_CONFIG_HOME/copied.new\" \"$XDG_CONFIG_HOME/copied\"\n";
	g_autofree char *path = g_build_filename(desktop->fixture.dir, "xclip", NULL);

	env = g_environ_unsetenv(g_environ_unsetenv(env, "WAYLAND_DISPLAY"), "DISPLAY");
	if (!desktop->clipboard)
		return env;
	scratch_put(desktop->fixture.dir, "xclip", script);
	g_assert_cmpint(chmod(path, 0755), ==, 0);
	return g_environ_setenv(env, "DISPLAY", ":77", TRUE);
}

void desktop_start_notifier(Desktop *desktop)
{
	static const char script[] = "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$XDG_CONFIG_HOME/terminal.new\" && mv "
				     "\"$XDG_CONFIG_HOME/terminal.new\" \"$XDG_CONFIG_HOME/terminal\"\n";
	g_autofree char *path = g_build_filename(desktop->fixture.dir, "xdg-terminal-exec", NULL),
			*search = g_strconcat(desktop->fixture.dir, ":/usr/bin:/bin", NULL);
	const char *const names[] = { "DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "PATH" };
	const char *const values[] = { desktop->fixture.address, desktop->system.address, desktop->fixture.dir, desktop->fixture.dir,
		search };
	g_auto(GStrv) env = g_get_environ();
	char *argv[] = { (char *)(uintptr_t)g_getenv("NOTIFIER"), NULL };

	scratch_put(desktop->fixture.dir, "xdg-terminal-exec", script);
	g_assert_cmpint(chmod(path, 0755), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		env = g_environ_setenv(env, names[i], values[i], TRUE);
	env = with_clipboard(desktop, env);
	/* AddressSanitizer holds back what was freed: then memory would say nothing. */
	const char *asan = g_environ_getenv(env, "ASAN_OPTIONS");
	g_autofree char *options = g_strconcat(asan ? asan : "", ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0", NULL);
	env = g_environ_setenv(env, "ASAN_OPTIONS", options, TRUE);
	desktop->notifier = fork();
	if (desktop->notifier == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		execve(argv[0], argv, env);
		_exit(127);
	}
}

void desktop_stop_notifier(Desktop *desktop)
{
	int status;

	if (desktop->notifier <= 0)
		return;
	(void)kill(desktop->notifier, SIGTERM);
	g_assert_cmpint(waitpid(desktop->notifier, &status, 0), ==, desktop->notifier);
	g_assert_cmpint(status, ==, 0);
	desktop->notifier = 0;
}

void desktop_start(Desktop *desktop)
{
	*desktop = (Desktop){ .capabilities = "actions body body-markup persistence",
		.image = "ubuntu",
		.record = "{\"fit\":\"abc\"}",
		.state = "serving",
		.warning = "",
		.shown = g_ptr_array_new_with_free_func(shown_free) };
	bus_fixture_start_bus(&desktop->fixture);
	bus_fixture_start_bus(&desktop->system);
	desktop_start_server(desktop);
	desktop_start_service(desktop);
}

void desktop_stop(Desktop *desktop)
{
	desktop_stop_notifier(desktop);
	desktop_stop_server(desktop);
	desktop_stop_service(desktop);
	bus_fixture_stop(&desktop->fixture);
	bus_fixture_stop(&desktop->system);
	g_ptr_array_unref(desktop->shown);
	g_free(desktop->tried);
}

static bool process(const Desktop *desktop)
{
	sd_bus *const buses[] = { desktop->server, desktop->service };
	bool any = false;

	for (size_t i = 0; i < G_N_ELEMENTS(buses); i++)
		while (buses[i] && sd_bus_process(buses[i], NULL) > 0)
			any = true;
	while (desktop->inside && sd_event_run(desktop->inside, 0) > 0)
		any = true;
	return any;
}

void desktop_wait(Desktop *desktop, DesktopTest holds)
{
	int64_t end_us = g_get_monotonic_time() + PATIENCE_US;

	while (!holds(desktop)) {
		if (g_get_monotonic_time() > end_us)
			g_error("it did not come to that: %u shown, %u asked, %u subscribed, %u queries, %u grants", desktop->shown->len,
				desktop->asked_capabilities, desktop->subscribed, desktop->queries, desktop->grants);
		if (!process(desktop))
			g_usleep(2000);
	}
}

void desktop_settle(Desktop *desktop, unsigned ms)
{
	int64_t end_us = g_get_monotonic_time() + (int64_t)ms * 1000;

	while (g_get_monotonic_time() < end_us)
		if (!process(desktop))
			g_usleep(2000);
}

void desktop_decide(Desktop *desktop, sd_bus *from)
{
	sd_bus_message *signal = NULL;
	sd_bus *bus = from ? from : desktop->service;
	uint64_t id = ++desktop->decisions;

	g_assert_cmpint(sd_bus_message_new_signal(bus, &signal, SUBSCRIBER_PATH, SENTINEL_INTERFACE_MANAGER, "DecisionMade"), >=, 0);
	g_assert_cmpint(sd_bus_message_append(signal, "tsuss", id, "denied", 65u, "root", "docker create --privileged <image>"), >=, 0);
	g_assert_cmpint(sd_bus_send(bus, signal, NULL), >=, 0);
	sd_bus_message_unref(signal);
}

void desktop_click(Desktop *desktop, sd_bus *from, uint32_t id, const char *action)
{
	g_assert_cmpint(sd_bus_emit_signal(from ? from : desktop->server, SERVER_PATH, SERVER, "ActionInvoked", "us", id, action), >=, 0);
}

const Shown *desktop_last(const Desktop *desktop)
{
	g_assert_cmpuint(desktop->shown->len, >, 0);
	return g_ptr_array_index(desktop->shown, desktop->shown->len - 1);
}
