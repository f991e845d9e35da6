/* SPDX-License-Identifier: MIT
 *
 * docker's commands: which flags they have and what they ask of the daemon.
 */
#pragma once

#include "request/argv-flags.h"

typedef struct Command {
	const char *words; /* "run", "container run" */
	const char *endpoint;
	RequestKind kind;
	const FlagTable *flags; /* NULL: the rest of the line says nothing that a policy looks at */
	size_t least, most;     /* positional arguments; most 0: any number */
	const char *expected;   /* what they are, for people */
	/* Makes the Request of the positional arguments; NULL: they name the subject. */
	void (*finish)(Line *line);
	bool interspersed; /* flags may follow positional arguments */
} Command;

/* The longest match of words at argv[0..]; NULL: no such command.  `used`: how many words. */
const Command *command_find(const char *const *argv, size_t argc, size_t *used);
/* The known word nearest to what somebody wrote, or NULL. */
const char *command_nearest(const char *word);
