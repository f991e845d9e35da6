/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* "7d", "1h30m" (that long ago), "2026-01-31", "2026-01-31T12:00:00Z" -> µs since the epoch. */
bool time_parse(const char *text, int64_t *ret_us);
/* "7d", "1h30m" -> µs. */
bool span_parse(const char *text, int64_t *ret_us);
/* In the caller's time zone; freed by the caller. */
char *time_show(int64_t us);
