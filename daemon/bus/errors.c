/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include "base/error.h"
#include "bus/internal.h"

static const char *const words[] = {
	[SENTINEL_ERROR_INVALID] = "Invalid",         [SENTINEL_ERROR_IO] = "Failed",
	[SENTINEL_ERROR_LIMIT] = "LimitExceeded",     [SENTINEL_ERROR_NOT_FOUND] = "NotFound",
	[SENTINEL_ERROR_BUSY] = "Busy",               [SENTINEL_ERROR_UNAVAILABLE] = "Unavailable",
	[SENTINEL_ERROR_NEEDS_INPUT] = "NeedsInput",  [SENTINEL_ERROR_ARGUMENT] = "InvalidArgs",
};

const char *error_word(const GError *error)
{
	bool ours = error->domain == SENTINEL_ERROR && error->code >= 0 && (size_t)error->code < G_N_ELEMENTS(words);

	return ours ? words[error->code] : "Failed";
}

int bus_reply_named(sd_bus_message *call, const char *word, const char *message)
{
	g_autofree char *name = g_strconcat(strchr(word, '.') ? "" : SENTINEL_ERROR_PREFIX, word, NULL);

	int r = sd_bus_reply_method_error(call, &SD_BUS_ERROR_MAKE_CONST(name, message));
	return r < 0 ? r : 1; /* also when the caller wants no answer: the call is over */
}

bool work_may(const Work *work, const char *action)
{
	return work->trusted || !strcmp(work->granted, action);
}

int work_fail(Work *work, const char *word, const char *format, ...)
{
	va_list arguments;

	if (!work->word) {
		va_start(arguments, format);
		g_autofree char *message = g_strdup_vprintf(format, arguments);
		va_end(arguments);
		work->word = word;
		work->message = arena_strdup(work->arena, message);
	}
	return -EINVAL;
}
