/* SPDX-License-Identifier: MIT
 *
 * Calls to a sentineld on a system bus of the test's own, as root and as somebody else; polkit is played by a mock.
 */
#pragma once

#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bus/gate.h"
#include "mock-polkit.h"

#define MANAGER SENTINEL_INTERFACE_MANAGER
#define POLICIES SENTINEL_INTERFACE_POLICIES
#define NOBODY 65534
#define SOMEBODY 1 /* whom the user database knows, as dbus-daemon wants it */
#define SECOND_US ((uint64_t)1000 * 1000)

static BusFixture fixture;
static GPid polkit G_GNUC_UNUSED;

/* The answer, or NULL after comparing the error's last word. */
static inline sd_bus_message *finish_call(sd_bus *bus, sd_bus_message *request, const char *expected_error)
{
	const char *member = sd_bus_message_get_member(request);
	sd_bus_message *reply = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;

	int r = sd_bus_call(bus, request, 30 * SECOND_US, &error, &reply);
	if (r >= 0 && expected_error)
		g_error("%s was let through instead of %s", member, expected_error);
	if (r < 0 && (!expected_error || !g_str_has_suffix(error.name, expected_error)))
		g_error("%s: %s (%s) instead of %s", member, error.name, error.message, expected_error ? expected_error : "an answer");
	sd_bus_error_free(&error);
	sd_bus_message_unref(request);
	return reply;
}

static inline sd_bus_message *begin_call(sd_bus *bus, const char *path, const char *interface, const char *member, const char *types, va_list arguments)
{
	sd_bus_message *request = NULL;

	g_assert_cmpint(sd_bus_message_new_method_call(bus, &request, SENTINEL_BUS_NAME, path, interface, member), >=, 0);
	g_assert_cmpint(sd_bus_message_appendv(request, types, arguments), >=, 0);
	return request;
}

static inline sd_bus_message *call(sd_bus *bus, bool interactive, const char *expected_error, const char *interface, const char *member, const char *types, ...)
{
	va_list arguments;

	va_start(arguments, types);
	sd_bus_message *request = begin_call(bus, SENTINEL_OBJECT_PATH, interface, member, types, arguments);
	va_end(arguments);
	g_assert_cmpint(sd_bus_message_set_allow_interactive_authorization(request, interactive), >=, 0);
	return finish_call(bus, request, expected_error);
}

/* Of another object. */
static inline sd_bus_message *call_at(sd_bus *bus, const char *expected_error, const char *path, const char *interface, const char *member, const char *types, ...)
{
	va_list arguments;

	va_start(arguments, types);
	sd_bus_message *request = begin_call(bus, path, interface, member, types, arguments);
	va_end(arguments);
	return finish_call(bus, request, expected_error);
}

/* A process of this user, which runs `body` with a connection. */
static inline pid_t begin_as(uid_t uid, void (*body)(sd_bus *bus))
{
	pid_t child = fork();

	if (child != 0)
		return child;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (setgid(uid) < 0 || setuid(uid) < 0)
		_exit(100);
	sd_bus *bus = bus_fixture_connect(&fixture);
	body(bus);
	sd_bus_flush_close_unref(bus);
	_exit(0);
}

static inline void end_good(pid_t child)
{
	int status;

	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
}

/* Runs `body` with a connection of the user nobody. */
static inline void as_nobody(void (*body)(sd_bus *bus))
{
	end_good(begin_as(NOBODY, body));
}
