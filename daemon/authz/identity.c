/* SPDX-License-Identifier: MIT */
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "authz/clients.h"
#include "authz/identity.h"
#include "authz/witness.h"
#include "base/accounts.h"
#include "request/engine.h"

#define USUAL_SOCKET "/run/docker.sock"
#define RECEIVE_BYTES ((size_t)64 * 1024) /* the kernel fills 32 KiB at most */

struct Identity {
	int host, own; /* netlink sockets of Docker's network and of ours; own -1: they are the same */
	bool host_is_ours;
	char *path;
	Witness *witness;
	Status *status;
	uint32_t number;
	SocketTable table;
	HeldAnswer held; /* by this process */
	const HeldAnswer *docker; /* what dockerd held at the last look; NULL: not known */
	KnownClients known;
	unsigned char *buffer;
	Clients recent;
	int64_t recent_us; /* of the last look, CLOCK_MONOTONIC; 0: none */
	pid_t recent_docker;
	_Atomic bool shared; /* this Docker takes HTTP/2 */
	bool idle; /* ... showed that nobody can be connected */
	Accounts *accounts;
};

static int netlink_open(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
}

Identity *identity_new(const char *docker_socket, int host_netlink, const char *witness, Status *status)
{
	Identity *identity = g_new0(Identity, 1);

	*identity = (Identity){
		.host = host_netlink >= 0 ? host_netlink : netlink_open(), .own = host_netlink >= 0 ? netlink_open() : -1, .host_is_ours = host_netlink < 0,
		.path = g_strdup(docker_socket ? docker_socket : USUAL_SOCKET), .witness = witness_new(witness), .status = status,
		.number = g_random_int(), .buffer = g_malloc(RECEIVE_BYTES), .accounts = accounts_new(),
	};
	identity->table.path = identity->path;
	return identity;
}

void identity_free(Identity *identity)
{
	if (!identity)
		return;
	if (identity->own >= 0)
		(void)close(identity->own);
	if (identity->host_is_ours && identity->host >= 0)
		(void)close(identity->host);
	witness_free(identity->witness);
	socket_table_free(&identity->table);
	known_clients_free(&identity->known);
	accounts_free(identity->accounts);
	g_free(identity->buffer);
	g_free(identity->path);
	g_free(identity);
}

/* What is left of an earlier list, or of an earlier process's: the kernel begins no new one before. */
static void drain(const Identity *identity, int fd)
{
	while (recv(fd, identity->buffer, RECEIVE_BYTES, MSG_DONTWAIT) > 0)
		;
}

/* Only the kernel may answer: others can send to a netlink socket, too. */
static ssize_t receive(const Identity *identity, int fd)
{
	struct sockaddr_nl from = { 0 };
	struct iovec piece = { identity->buffer, RECEIVE_BYTES };
	struct msghdr message = { .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &piece, .msg_iovlen = 1 };

	ssize_t length = recvmsg(fd, &message, MSG_DONTWAIT);
	return length <= 0 || (message.msg_flags & MSG_TRUNC) ? -1 : from.nl_pid ? 0 : length;
}

/* Adds the sockets of one network namespace.  The kernel makes the list as it is read, so nothing here waits. */
static bool list_sockets(Identity *identity, int fd)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	unsigned char request[DIAG_REQUEST_BYTES];
	DiagResult result = DIAG_MORE;

	if (fd < 0)
		return false;
	drain(identity, fd);
	sockdiag_request(++identity->number, request);
	if (sendto(fd, request, sizeof request, 0, (const struct sockaddr *)&kernel, sizeof kernel) != (ssize_t)sizeof request)
		return false;
	while (result == DIAG_MORE) {
		ssize_t length = receive(identity, fd);
		if (length < 0)
			return false;
		if (length > 0)
			result = sockdiag_read(identity->buffer, (size_t)length, identity->number, &identity->table);
	}
	return result == DIAG_DONE;
}

/* False: the kernel does not say. */
static bool look_once(Identity *identity, const HeldAnswer *docker, Clients *ret)
{
	socket_table_clear(&identity->table);
	held_look(getpid(), &identity->held);
	if (identity->own >= 0 && !list_sockets(identity, identity->own))
		return false;
	if (!list_sockets(identity, identity->host))
		return false;
	socket_table_sort(&identity->table);
	clients_find(&identity->table, docker, &identity->held, &identity->known, ret);
	identity->idle = !clients_possible(&identity->table, docker);
	return true;
}

/* Who goes during a look leaves a doubt that is not there the next time: `tries` are made at most. */
static void look(Identity *identity, pid_t docker, bool proven, unsigned tries)
{
	IdentityState state = IDENTITY_BLIND;

	identity->recent = (Clients){ .unseen = true };
	identity->recent_docker = docker;
	identity->idle = false;
	identity->docker = NULL;
	for (unsigned i = 0; i < tries; i++) {
		const HeldAnswer *held = proven ? witness_ask(identity->witness, docker) : NULL;
		identity->docker = NULL;
		if (!look_once(identity, held, &identity->recent))
			break;
		identity->docker = held && held->known ? held : NULL;
		state = held && held->known ? IDENTITY_PROVEN : IDENTITY_UNPROVEN;
		if (state == IDENTITY_UNPROVEN || !identity->recent.unseen || identity->recent.count > 1)
			break;
	}
	identity->recent_us = g_get_monotonic_time();
	if (proven || state == IDENTITY_BLIND)
		atomic_store(&identity->status->identity, state == IDENTITY_PROVEN && atomic_load(&identity->shared) ? IDENTITY_SHARED : state);
}

static void copy_candidate(Identity *identity, uid_t uid, Arena *arena, Candidate *ret)
{
	const UserAccount *account = accounts_get(identity->accounts, uid);
	UserGroup *groups = arena_alloc(arena, (account->groups->len + 1) * sizeof *groups);

	for (guint i = 0; i < account->groups->len; i++) {
		const UserGroup *group = &g_array_index(account->groups, UserGroup, i);
		groups[i] = (UserGroup){ group->gid, arena_strdup(arena, group->name) };
	}
	*ret = (Candidate){ arena_strdup(arena, account->name), uid, account->gid, groups, account->groups->len };
}

/* Certain: the look is this call's own.  What a socket of Sentinel's sends on has a mark: a call without one is nobody's who came there. */
static void list_candidates(Identity *identity, const Clients *clients, bool certain, bool marked, Arena *arena, Caller *ret)
{
	Candidate *candidates = arena_alloc(arena, (clients->count + 1) * sizeof *candidates);

	for (size_t i = 0; i < clients->count; i++)
		copy_candidate(identity, clients->uids[i], arena, &candidates[i]);
	*ret = (Caller){ candidates, clients->count, clients->count && certain && !clients->unseen && !atomic_load(&identity->shared) };
	if (!marked)
		*ret = caller_without(ret, USER_PROXY, arena);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *describe(const Caller *caller, Arena *arena)
{
	if (!caller->count)
		return "";
	const char *names[LIMIT_LOOK_USERS], *text = USER_ONE_OF;
	for (size_t i = 0; i < caller->count; i++)
		names[i] = caller->candidates[i].name;
	if (caller->complete && caller->count == 1)
		return names[0];
	qsort(names, caller->count, sizeof *names, compare_names);
	for (size_t i = 0; i < caller->count; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? "," : "", names[i]);
	return caller->complete ? text : arena_concat(arena, text, "," USER_UNSEEN);
}

void identity_meet(const char *version, void *identity)
{
	atomic_store(&((Identity *)identity)->shared, engine_takes_http2(version));
}

const char *identity_user(Identity *identity, pid_t docker, bool fresh, bool marked, Arena *arena, Caller *ret_caller)
{
	bool old = !identity->recent_us || g_get_monotonic_time() - identity->recent_us > LIMIT_LOOK_RECENT_MS * (int64_t)1000;

	bool idle = identity->idle && identity->recent_docker == docker; /* a new look would see nobody, and nobody is never certain */

	if (old || (fresh && !idle))
		look(identity, docker, fresh, LIMIT_LOOK_TRIES);
	list_candidates(identity, &identity->recent, fresh, marked, arena, ret_caller);
	return describe(ret_caller, arena);
}

const FirstHeld *identity_first(Identity *identity, pid_t docker, Arena *arena)
{
	uint32_t *inos = arena_alloc(arena, LIMIT_LOOK_HELD * sizeof *inos);
	FirstHeld *first = arena_alloc(arena, sizeof *first);

	look(identity, docker, true, 1);
	return clients_first(identity->docker, inos, first) ? first : NULL;
}

/* A look that began after `first` was seen is one of the call's. */
const char *identity_again(Identity *identity, pid_t docker, const FirstHeld *first, bool marked, Arena *arena, Caller *ret_caller)
{
	bool old = g_get_monotonic_time() - identity->recent_us >= LIMIT_DOUBT_STEP_MS / 2 * (int64_t)1000;
	Clients clients = { .unseen = true };

	if (old || !identity->docker || identity->recent_docker != docker)
		look(identity, docker, true, 1);
	if (identity->docker)
		clients_among(&identity->table, identity->docker, &identity->held, &identity->known, first, &clients);
	list_candidates(identity, &clients, true, marked, arena, ret_caller);
	return describe(ret_caller, arena);
}
