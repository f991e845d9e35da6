/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What a time may be, for messages. */
#define TIME_HELP "a time is a span such as 5min, 7d or 1h30m (that long ago), now, today, yesterday, 14:30, 2026-01-31, \"2026-01-31 14:30\" or 2026-01-31T12:00:00Z"

/* A span that long ago, or a word or date as systemd.time(7) has them, in the caller's time zone -> µs since the epoch. */
bool time_parse(const char *text, int64_t *ret_us);
/* "7d", "1h30m", "1month 2days" -> µs. */
bool span_parse(const char *text, int64_t *ret_us);
/* In the caller's time zone; freed by the caller. */
char *time_show(int64_t us);
