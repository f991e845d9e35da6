/* SPDX-License-Identifier: MIT
 *
 * Who has connected to a socket, by the kernel (unix(7)).
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include "base/limits.h"

#define PEER_PROGRAM_BYTES 64u
#define PEER_ID_DIGITS 64u /* of a container's id */

/* What of the machine's first process tells a process of the host from one of a container. */
typedef struct PeerHost {
	char *users, *mount, *cgroup;
} PeerHost;

typedef struct PeerWho {
	uid_t uid;
	gid_t gid;
	pid_t pid;
	gid_t groups[LIMIT_JUDGE_GROUPS]; /* that one too */
	unsigned group_count;
	char program[PEER_PROGRAM_BYTES]; /* what it calls itself */
	char container[PEER_ID_DIGITS + 1]; /* whose cgroup it is in, by the id in its name; "": none */
	const char *stranger; /* why it is none of this machine's users; "": it is one */
} PeerWho;

/* `proc`: where the processes are to be seen, "/proc". */
bool peer_host_look(const char *proc, PeerHost *ret);
void peer_host_clear(PeerHost *host);
/* Whether a process is one of the host's: with its users, its processes and its mounts, and in no container's cgroup.  A process that cannot be looked at is none.
 * False: `ret_problem` says why, for people. */
bool peer_is_of_host(const char *proc, const PeerHost *host, pid_t pid, const char **ret_problem);
/* Who is at the other end, and whether it is one of the host's: only then its uid is a user of this machine's.  False: the kernel does not say it; `ret_problem` is for people. */
bool peer_look(int fd, const PeerHost *host, PeerWho *ret, const char **ret_problem);
