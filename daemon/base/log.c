/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"

static _Atomic int threshold = LOG_LEVEL_INFO;

static const struct {
	const char *word;
	LogLevel level;
} levels[] = {
	{ "error", LOG_LEVEL_ERROR }, { "warning", LOG_LEVEL_WARNING }, { "notice", LOG_LEVEL_NOTICE },
	{ "info", LOG_LEVEL_INFO },   { "debug", LOG_LEVEL_DEBUG },
};

void log_set_level(LogLevel level)
{
	atomic_store_explicit(&threshold, (int)level, memory_order_relaxed);
}

bool log_level_parse(const char *word, LogLevel *ret)
{
	for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
		if (!strcmp(word, levels[i].word)) {
			*ret = levels[i].level;
			return true;
		}
	return false;
}

bool log_wants(LogLevel level)
{
	return (int)level <= atomic_load_explicit(&threshold, memory_order_relaxed);
}

void log_line(LogLevel level, const char *format, ...)
{
	char line[2048];
	va_list arguments;

	if (!log_wants(level))
		return;
	int prefix = isatty(STDERR_FILENO) ? snprintf(line, sizeof line, "sentineld: ") : snprintf(line, sizeof line, "<%d>", (int)level);
	va_start(arguments, format);
	int body = vsnprintf(line + prefix, sizeof line - (size_t)prefix - 1, format, arguments);
	va_end(arguments);
	if (body < 0)
		return;
	size_t length = MIN((size_t)prefix + (size_t)body, sizeof line - 2);
	line[length++] = '\n';
	/* One write a line, so that threads do not mix theirs; a lost log line must not stop a decision. */
	ssize_t ignored = write(STDERR_FILENO, line, length);
	(void)ignored;
}
