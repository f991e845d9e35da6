/* SPDX-License-Identifier: MIT
 *
 * What there is on this machine, for completions.  A thing that cannot be had is no candidate, and nothing is said.
 */
#pragma once

#include "cli/option.h"

typedef struct Completion {
	Cli cli;           /* where to ask: what the line says of it */
	const char *typed; /* what candidates begin with */
	char *prefix;      /* what stands before each: "--format="; NULL: nothing */
	const char *help_of;
} Completion;

typedef void CompleteThings(Completion *completion);

CompleteThings complete_policies, complete_decisions, complete_denials, complete_grants, complete_pins, complete_sockets, complete_images, complete_rules, complete_users;

/* A candidate.  One that no shell could take as a word is left out. */
void complete_print(const Completion *completion, const char *word, const char *help);
/* --local, --bus and --config-dir say where to ask.  `option` NULL: an unknown one. */
void complete_take(Completion *completion, const Option *option, const char *value);
void complete_end(Completion *completion);
