/* SPDX-License-Identifier: MIT
 *
 * Who asks, with the numbers that the kernel knows them by: what a decision may depend on besides the name (base/users.h).
 */
#pragma once

#include "base/users.h"
#include "policy/match/patterns.h"

/* One who may have asked. */
typedef struct Candidate {
	const char *name;       /* "" : not said */
	uid_t uid;              /* USER_NO_ID: not known */
	gid_t gid;              /* the primary group; USER_NO_ID: not known */
	const UserGroup *groups; /* all of them, the primary one too; what is not in it is not known to be theirs */
	size_t group_count;
} Candidate;

/* All zero: nobody knows who asks, as of those who came with a certificate. */
typedef struct Caller {
	const Candidate *candidates;
	size_t count;
	bool complete; /* it was one of the candidates; else it may also have been somebody who is not listed */
} Caller;

/* Whoever it was of those, they are in a group that the patterns (names, or numbers) mean.  False when somebody else may have asked. */
bool caller_in_groups(const Caller *caller, const Patterns *groups);

/* Without the one of this name, who cannot have asked; never root.  Nobody is certain when nobody is left. */
Caller caller_without(const Caller *caller, const char *name, Arena *arena);

/* A caller as somebody states it, in a test or a trial. */
typedef struct CallerWords {
	const char *user;  /* as base/users.h writes users; "" : nobody, or what `uid` says */
	int64_t uid, gid;  /* -1: not said */
	StringList groups; /* "NAME", "GID" or "NAME:GID" */
} CallerWords;

/* False: `ret_problem` says what is wrong.  `ret_user` is the user to go with it. */
bool caller_state(const CallerWords *words, Arena *arena, Caller *ret, const char **ret_user, const char **ret_problem);
