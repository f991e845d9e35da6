/* SPDX-License-Identifier: MIT
 *
 * What came of policies from a repository: "sentinel policy fetch" writes two files into a directory of its own, and everybody may read
 * them.  What is in them is the word of the user who fetches, and shown as that; nothing is decided by it here.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "core/diagnose.h"

/* Names of the files in paths->fetch_dir; "cli/policy-bundle.h" has them too. */
#define FETCHED_ACCEPTED "accepted" /* the last bundle that was put in force; replaced as a whole, never lowered */
#define FETCHED_STATUS "status"     /* the last try */

/* Times in µs since the epoch, 0: never; texts "" when there is nothing to say. */
typedef struct Fetched {
	bool begun;  /* there is a record of the last number */
	bool tried;  /* there was a try */
	int64_t number, accepted_us, expires_us;
	const char *policy, *source, *key; /* of the one that was accepted: its name, from where, by which key */
	int64_t checked_us;                /* the last try that found everything in order */
	int64_t failed_us;                 /* the last one that did not */
	const char *error;                 /* why; "" when the last try was in order */
} Fetched;

/* A file that is not there, or is not what it should be, is as good as none.  Reads two small files. */
void fetched_read(const char *dir, Arena *arena, Fetched *ret);
/* Nothing where policies are not fetched.  `active` is the policy in force, "" when there is none.  Pure. */
void diagnose_fetched(const Fetched *fetched, const char *active, int64_t now_us, CheckList *checks, Arena *arena);
