/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include "cli/output.h"
#include "notifier/say.h"

void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *raw = g_strdup_vprintf(format, arguments), *clean = output_clean(raw);
	va_end(arguments);
	(void)fprintf(stderr, "sentinel-notifier: %s\n", clean);
}
