/* SPDX-License-Identifier: MIT
 *
 * Which word of a command line a finding is about.
 */
#pragma once

#include "policy/policy.h"
#include "request/argv/argv.h"
#include "request/host-view.h"

typedef struct Cause {
	const Policy *policy;       /* NULL: nothing is traced */
	Situation situation;        /* those of the decision */
	HostView *view;             /* host paths are looked at with it */
	const char *const *argv;
	size_t argc;
	const ArgvContext *context;
	const ArgvReading *reading; /* of argv */
	Arena *arena;
} Cause;

/* One index into argv for each finding of `decision`; -1: no word caused it, something is missing. */
const int32_t *cause_find(const Cause *cause, const Decision *decision);
/* How many words from there on belong together: a flag and its value. */
const int32_t *cause_widths(const Cause *cause, const int32_t *indexes, size_t count);
