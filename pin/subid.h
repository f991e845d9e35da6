/* SPDX-License-Identifier: MIT
 *
 * Ranges of ids that an administrator gave to a user (subuid(5), subgid(5)).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef enum SubidAnswer {
	SUBID_FOUND,
	SUBID_NONE,    /* no line of that user's has LIMIT_PIN_RANGE ids */
	SUBID_SHARED,  /* the one that has is also somebody else's, or ids of accounts lie in it */
	SUBID_UNKNOWN, /* the file cannot be read or understood */
} SubidAnswer;

/* The first line that names the user by name or number and has enough.  `accounts` are lines like passwd(5)'s and group(5)'s: the third
 * field is an id that is taken. */
SubidAnswer subid_find(FILE *ranges, FILE *accounts, const char *name, uint32_t uid, uint32_t *ret_first);
