/* SPDX-License-Identifier: MIT
 *
 * Calls to a sentineld on a session bus of the test's own.
 */
#pragma once

#include <stdarg.h>
#include <string.h>
#include "bus-fixture.h"
#include "bus/internal.h"

#define MANAGER SENTINEL_INTERFACE_MANAGER
#define POLICIES SENTINEL_INTERFACE_POLICIES
#define NO_OPTIONS 0

static BusFixture fixture;

/* The answer, or NULL after comparing the error's last word. */
static inline sd_bus_message *call(const char *interface, const char *member, const char *expected_error, const char *types, ...)
{
	sd_bus_message *request = NULL, *reply = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	va_list arguments;

	g_assert_cmpint(sd_bus_message_new_method_call(fixture.bus, &request, fixture.service, SENTINEL_OBJECT_PATH, interface, member), >=, 0);
	va_start(arguments, types);
	g_assert_cmpint(sd_bus_message_appendv(request, types, arguments), >=, 0);
	va_end(arguments);
	int r = sd_bus_call(fixture.bus, request, 10000000, &error, &reply);
	if (expected_error) {
		g_assert_cmpint(r, <, 0);
		if (!g_str_has_suffix(error.name, expected_error))
			g_error("%s.%s: %s (%s) instead of %s", interface, member, error.name, error.message, expected_error);
	} else if (r < 0) {
		g_error("%s.%s: %s: %s", interface, member, error.name, error.message);
	}
	sd_bus_error_free(&error);
	sd_bus_message_unref(request);
	return reply;
}
