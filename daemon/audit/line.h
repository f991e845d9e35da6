/* SPDX-License-Identifier: MIT
 *
 * One line of audit.jsonl (core/record.h), read back.  Lines are ours, but the file may be torn or
 * edited: anything that is not a whole record is no line.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"

typedef struct Line {
	uint64_t id;
	int64_t time_us, score;
	const char *decision, *user, *image, *command, *uri; /* in the arena, never NULL */
	const char **rules;
	size_t rule_count;
} Line;

/* `text` without its line feed.  A record that was glued behind a torn one is found. */
bool line_read(const char *text, size_t length, Arena *arena, Line *ret);
/* The highest id of the whole records in a piece of the file; 0 when there is none. */
uint64_t line_highest_id(const char *text, size_t length);
