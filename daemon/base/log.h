/* SPDX-License-Identifier: MIT
 *
 * The service's own log: stderr with the <N> prefixes of sd-daemon(3) (journald reads them), plain
 * text on a terminal.  Any thread.  Never give it request bytes that were not cleaned by
 * text_printable(), and never a secret.
 */
#pragma once

#include <stdbool.h>
#include <glib.h>

typedef enum LogLevel { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_NOTICE = 5, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 } LogLevel;

void log_set_level(LogLevel level);
bool log_level_parse(const char *word, LogLevel *ret); /* error, warning, notice, info, debug */
bool log_wants(LogLevel level); /* whether log_line() would say it */
void log_line(LogLevel level, const char *format, ...) G_GNUC_PRINTF(2, 3);

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...) log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)
