/* SPDX-License-Identifier: MIT
 *
 * Who asks on Docker's Unix socket, where Docker says nothing: the kernel is asked who is connected (NETLINK_SOCK_DIAG), and
 * what dockerd holds shows whether that is everybody (authz/clients.h).  The thread that answers Docker.
 */
#pragma once

#include "authz/clients.h"
#include "base/arena.h"
#include "core/status.h"
#include "policy/caller.h"

typedef struct Identity Identity;

/* `docker_socket`: the path that Docker listens at; NULL: the usual one.  `host_netlink`: a NETLINK_SOCK_DIAG socket of the
 * network that Docker is in (sentineld.socket), not closed here; -1: this process is in it.  `witness`: a path, base/held.h. */
Identity *identity_new(const char *docker_socket, int host_netlink, const char *witness, Status *status);
void identity_free(Identity *identity); /* NULL is accepted */
/* The Docker that calls is of this version: one that takes HTTP/2 has a call outlive its connection, and nobody is certain there.  Any thread. */
void identity_meet(const char *version, void *identity);
/* As base/users.h writes users; `ret_caller` has the same people with what the databases say of them.  `docker`: dockerd's process, which waits for the answer; 0: not known.  `fresh`: with a look of its
 * own; else with one that may be LIMIT_LOOK_RECENT_MS old, and then never certain.  `marked`: it has a LOOKUP_HEADER, genuine or not; one without it did not come by a socket of Sentinel's,
 * so who sends those on (USER_PROXY) has not asked. */
const char *identity_user(Identity *identity, pid_t docker, bool fresh, bool marked, Arena *arena, Caller *ret_caller);

/* A call that waits until it is certain who asks: what dockerd holds while it does.  NULL: nobody will be. */
const FirstHeld *identity_first(Identity *identity, pid_t docker, Arena *arena);
/* As identity_user() with a look of its own, of those that `first` leaves; calls that wait at the same time share their looks. */
const char *identity_again(Identity *identity, pid_t docker, const FirstHeld *first, bool marked, Arena *arena, Caller *ret_caller);
