/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include "base/error.h"
#include "bus/internal.h"

static const char *const words[] = {
	[SENTINEL_ERROR_INVALID] = "Invalid",         [SENTINEL_ERROR_IO] = "Failed",
	[SENTINEL_ERROR_LIMIT] = "LimitExceeded",     [SENTINEL_ERROR_NOT_FOUND] = "NotFound",
	[SENTINEL_ERROR_BUSY] = "Busy",               [SENTINEL_ERROR_UNAVAILABLE] = "Unavailable",
	[SENTINEL_ERROR_NEEDS_INPUT] = "NeedsInput",
};

static int reply(sd_bus_message *call, const char *word, const char *message)
{
	g_autofree char *name = g_strconcat(SENTINEL_ERROR_PREFIX, word, NULL);

	int r = sd_bus_reply_method_error(call, &SD_BUS_ERROR_MAKE_CONST(name, message));
	return r < 0 ? r : 1; /* also when the caller wants no answer: the call is over */
}

int bus_reply_error(sd_bus_message *call, const GError *error)
{
	bool ours = error->domain == SENTINEL_ERROR && error->code >= 0 && (size_t)error->code < G_N_ELEMENTS(words);

	return reply(call, ours ? words[error->code] : "Failed", error->message);
}

int bus_reply_named(sd_bus_message *call, const char *word, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	return reply(call, word, message);
}
