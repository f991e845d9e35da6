/* SPDX-License-Identifier: MIT
 *
 * Front door 2: a docker command line -> the Request that the docker CLI would make of it.  The line
 * is read as docker CLI 28 reads it and written as the API call that is judged, which then goes
 * through front door 1: both doors read one and the same thing.
 */
#pragma once

#include "request/request.h"

/* What the CLI would take from its surroundings; the daemon never reads files or its own
 * environment for a caller. */
typedef struct ArgvContext {
	const char *cwd;  /* absolute, or NULL: a relative -v source is an error */
	const char *home; /* or NULL */
	/* Variables for `-e NAME`, DOCKER_BUILDKIT ...; NULL or empty: nothing is known yet. */
	const PairList *env;
	const StringList *unset; /* those that are known not to be set; NULL: every one that a filled `env` lacks */
	/* for --env-file, --label-file, seccomp=FILE: what FILE holds; may be NULL */
	const PairList *files;
	size_t call; /* which of the calls that the line leads to is read; the first: 0 */
} ArgvContext;

/* Whether the line makes the call that was read. */
typedef enum ArgvMade {
	ARGV_MADE,
	ARGV_MADE_IF_ABSENT, /* only when Docker does not have the image */
	ARGV_NOT_MADE,       /* flags decide that; the numbers of the other calls do not depend on them */
} ArgvMade;

/* One flag as it was given, or an argument. */
typedef struct ArgvPart {
	const char *flag;    /* its first name: "volume"; "": an argument */
	size_t index, words; /* where in argv, and how many words: 2 when the value stands apart */
	bool one;            /* a flag that holds one value */
} ArgvPart;

typedef struct ArgvPartList {
	ArgvPart *items;
	size_t count;
} ArgvPartList;

typedef struct ArgvReading {
	Request *request;    /* of one call; method and uri are "" */
	size_t calls;        /* how many there are: one for each name, and what follows them; at most LIMIT_ARGV_CALLS names */
	ArgvMade made;
	int32_t name_index;  /* the word that the call is about, of a line that makes one call for each of its names; else -1 */
	const char *command; /* as its summary, in the command's own words: "docker run --privileged ubuntu" */
	size_t command_index; /* the word that names the command */
	ArgvPartList parts;  /* flags in the order of argv, then arguments */
	StringList words;    /* argv for people: printable, quoted, values of variables and labels masked */
} ArgvReading;

/* argv without "docker": {"run", "--privileged", "ubuntu"}; a leading "docker" is skipped.
 * False and an error: SENTINEL_ERROR_INVALID (usage: names the flag or argument and what was
 * expected; also when there is no call of that number), SENTINEL_ERROR_NEEDS_INPUT (the message is a JSON list of names: "file:PATH",
 * "env:NAME").  Any thread. */
bool argv_read_line(const char *const *argv, size_t argc, const ArgvContext *context, Arena *arena, ArgvReading *ret, GError **error);
/* Only its Request; NULL and an error. */
Request *argv_read(const char *const *argv, size_t argc, const ArgvContext *context, Arena *arena, GError **error);
