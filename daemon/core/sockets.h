/* SPDX-License-Identifier: MIT
 *
 * sockets: of config.yaml, and the policies that they name.  Immutable once its policies are loaded; shared by reference between threads.
 */
#pragma once

#include "policy/caller.h"
#include "policy/policy.h"
#include "policy/schema/field.h"

#define SOCKET_ACTIVE_POLICY "active" /* whichever is in force */
#define SOCKET_DIRECTORY "/run/sentinel"
#define SOCKET_FIXED_DIRECTORY "/run/sentinel/fixed" /* root's alone: who is to have one of those gets it mounted */

/* Who gets another policy than the socket's own. */
typedef struct SocketRule {
	StringList users, groups;
	Patterns user_patterns, group_patterns;
	const char *policy;
} SocketRule;

typedef struct SocketRules {
	SocketRule *items;
	size_t count;
} SocketRules;

typedef struct Socket {
	const char *name, *owner, *group;
	unsigned mode;
	bool fixed;             /* identity: who has it is "socket:NAME", whoever that is */
	const char *policy;
	SocketRules rules;      /* the first that fits */
	const char *upstream;   /* a path; "": Docker's own socket */
	StringList labels;      /* read.containers.labels: containers that have all of them are shown; none: all are */
	bool hides_environment; /* read.hide */
} Socket;

typedef struct Sockets {
	Socket *items; /* in the order of the file */
	size_t count;
} Sockets;

typedef struct SocketSet SocketSet;

/* Reads the map of sockets into a Sockets. */
FIELD_READER(read_sockets);
/* Takes `arena`, of which the sockets are.  They have no policies yet: nothing is let through. */
SocketSet *socket_set_new(const Sockets *sockets, Arena *arena);
/* Reads the policies that they name: before anybody else sees the set.  Blocking. */
void socket_set_load(SocketSet *set, const char *policies_dir);
SocketSet *socket_set_ref(const SocketSet *set); /* NULL gives NULL */
void socket_set_unref(SocketSet *set);     /* NULL is accepted */
const Sockets *socket_set_all(const SocketSet *set); /* NULL: there are none */
const Socket *socket_set_find(const SocketSet *set, const char *name); /* NULL: there is none */
/* A policy that a socket names, as it was when it was loaded; NULL: it cannot be had, and `ret_problem` says why, or no socket names it. */
const Policy *socket_set_policy(const SocketSet *set, const char *name, const char **ret_problem);
/* Whether a socket names the policy; the first that does, or NULL. */
const Socket *socket_set_user(const SocketSet *set, const char *policy);

/* NULL when each policy of `after` is known to deny all that the one of its name in `before` does (none: everything); else why not.  Free it. */
char *socket_set_laxer_why(const SocketSet *before, const SocketSet *after);

/* What a call to a socket is judged by. */
typedef struct SocketChoice {
	const Socket *socket;
	const Policy *policy; /* NULL: lockdown, or refused */
	const char *user;     /* also of what is refused; "": it is nobody of this machine */
	Caller caller;
} SocketChoice;

/* `caller`: one candidate, as the kernel says; `stranger`: why it is none of this machine's users, "" when it is one; `active`: the policy in force.
 * False: nothing is let through, and `ret_refused` says why, in `arena` or by what was given. */
bool socket_choose(const SocketSet *set, const char *name, const Caller *caller, const char *stranger, const Policy *active, Arena *arena, SocketChoice *ret, Refused *ret_refused);
const char *socket_path(const Socket *socket, Arena *arena);
