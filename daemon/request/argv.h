/* SPDX-License-Identifier: MIT
 *
 * Front door 2: a docker command line -> the Request that the docker CLI would make of it.
 * Facts: docker/cli cli/command/container/opts.go and opts/.
 */
#pragma once

#include "request/request.h"

/* What the CLI would take from its surroundings; the daemon never reads files or its own
 * environment for a caller. */
typedef struct ArgvContext {
	const char *cwd;  /* absolute, or NULL: a relative -v source is an error */
	const char *home; /* or NULL */
	const PairList *env; /* for `-e NAME`; may be NULL */
	/* for --env-file, --label-file, seccomp=FILE: what FILE holds; may be NULL */
	const PairList *files;
} ArgvContext;

/* argv without "docker": {"run", "--privileged", "ubuntu"}; a leading "docker" is skipped.
 * NULL and an error: SENTINEL_ERROR_INVALID (usage: names the flag or argument and what was
 * expected), SENTINEL_ERROR_NEEDS_INPUT (the message is a JSON list of names: "file:PATH",
 * "env:NAME").  Any thread. */
Request *argv_read(const char *const *argv, size_t argc, const ArgvContext *context, Arena *arena, GError **error);
