/* SPDX-License-Identifier: MIT
 *
 * Who is connected: what follows from the kernel's list, and how it is written.
 */
#include <linux/netlink.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "authz/clients.h"
#include "authz/identity.h"
#include "authz/witness.h"
#include "base/users.h"
#include "core/diagnose.h"
#include "scratch.h"

#define ROOT 0u
#define ALICE 1001u
#define BOB 1002u

/* A world: 1 listens; 10, 20 ... are accepted, 11, 21 ... their clients; 5 is dockerd's own end of something. */
static const UnixSocket sockets[] = {
	{ .ino = 1, .uid = ROOT, .has_uid = true, .named = true, .wanted = true },
	{ .ino = 5, .peer = 6, .uid = ROOT, .has_uid = true, .connected = true },
	{ .ino = 10, .peer = 11, .uid = ROOT, .has_uid = true, .connected = true, .named = true, .wanted = true },
	{ .ino = 11, .peer = 10, .uid = ALICE, .has_uid = true, .connected = true },
	{ .ino = 20, .peer = 21, .uid = ROOT, .has_uid = true, .connected = true, .named = true, .wanted = true },
	{ .ino = 21, .peer = 20, .uid = BOB, .has_uid = true, .connected = true },
	{ .ino = 30, .uid = ROOT, .has_uid = true, .connected = true, .named = true, .wanted = true }, /* its client has gone */
	{ .ino = 40, .peer = 41, .uid = ROOT, .has_uid = true, .connected = true, .named = true, .wanted = true },
	{ .ino = 41, .peer = 40, .uid = ALICE, .connected = true }, /* an older kernel */
	{ .ino = 50, .peer = 51, .uid = BOB, .has_uid = true, .connected = true }, /* bob's, and has the number of a hidden one */
	{ .ino = 60, .peer = 61, .uid = ROOT, .has_uid = true, .connected = true, .named = true, .wanted = true }, /* the client is not in the list */
	{ .ino = 70, .peer = 71, .uid = ROOT, .has_uid = true, .connected = true, .named = true }, /* of another listener of dockerd's */
	{ .ino = 71, .peer = 70, .uid = ALICE, .has_uid = true, .connected = true },
	{ .ino = 80, .peer = 11, .uid = ROOT, .has_uid = true, .connected = true, .named = true, .wanted = true }, /* says another's client is its own */
};

/* What dockerd holds beside the listener (up to three); `own`: what this process holds. */
static const struct { const char *what; uint32_t held[3], own; HeldKind last; size_t count; uid_t first; bool unseen; } worlds[] = {
	{ "alice alone", { 10 }, 0, HELD_UNIX, 1, ALICE, false },
	{ "dockerd's own connections are nobody's", { 10, 5 }, 0, HELD_UNIX, 1, ALICE, false },
	{ "two", { 10, 20 }, 0, HELD_UNIX, 2, ALICE, false },
	{ "ours is nobody's", { 10, 20 }, 21, HELD_UNIX, 1, ALICE, false },
	{ "one in another network", { 10, 99 }, 0, HELD_UNIX, 1, ALICE, true },
	{ "one whose client has gone", { 10, 30 }, 0, HELD_UNIX, 1, ALICE, true },
	{ "one whose client is not in the list", { 10, 60 }, 0, HELD_UNIX, 1, ALICE, true },
	{ "one whose client says otherwise", { 20, 80 }, 0, HELD_UNIX, 1, BOB, true },
	{ "no uid", { 40 }, 0, HELD_UNIX, 0, 0, true },
	{ "another's socket does not hide one", { 10, 50 }, 0, HELD_UNIX, 1, ALICE, true },
	{ "any listener of dockerd's counts", { 70, 20 }, 0, HELD_UNIX, 2, ALICE, false },
	{ "over the network", { 10, 98 }, 0, HELD_OTHER, 1, ALICE, true },
	{ "netlink", { 10, 98 }, 0, HELD_HARMLESS, 1, ALICE, false },
	{ "nobody", { 5 }, 0, HELD_UNIX, 0, 0, false },
};

static void test_clients(void)
{
	const SocketTable table = { .items = (UnixSocket *)(uintptr_t)sockets, .count = G_N_ELEMENTS(sockets) };
	g_autofree HeldAnswer *held = g_new0(HeldAnswer, 1), *own = g_new0(HeldAnswer, 1);

	for (size_t i = 0; i < G_N_ELEMENTS(worlds); i++) {
		KnownClients known = { 0 };
		Clients clients;
		*held = (HeldAnswer){ .known = 1, .uid = ROOT, .count = 1, .items[0] = { 1, HELD_UNIX } };
		for (size_t h = 0; h < 3 && worlds[i].held[h]; h++)
			held->items[held->count++] = (HeldSocket){ worlds[i].held[h], HELD_UNIX };
		held->items[held->count - 1].kind = worlds[i].last;
		*own = (HeldAnswer){ .known = 1, .count = 1, .items[0] = { worlds[i].own, HELD_UNIX } };
		clients_find(&table, held, own, &known, &clients);
		if (clients.count != worlds[i].count || clients.unseen != worlds[i].unseen || (clients.count && clients.uids[0] != worlds[i].first))
			g_error("%s: %zu users, unseen %d", worlds[i].what, clients.count, clients.unseen);
		known_clients_free(&known);
	}
}

/* Without what dockerd holds there may always be others: here alice, bob, and some that cannot be told. */
static void test_unproven(void)
{
	const SocketTable table = { .items = (UnixSocket *)(uintptr_t)sockets, .count = G_N_ELEMENTS(sockets) };
	const SocketTable alice = { .items = table.items, .count = 4 };
	g_autofree HeldAnswer *nothing = g_new0(HeldAnswer, 1);
	KnownClients known = { 0 };
	Clients clients;

	clients_find(&table, NULL, NULL, &known, &clients);
	g_assert_cmpuint(clients.count, ==, 2);
	g_assert_true(clients.unseen);
	clients_find(&alice, nothing, NULL, &known, &clients);
	g_assert_cmpuint(clients.count, ==, 1);
	g_assert_true(clients.unseen);
}

/* Who asks and does not listen is not dockerd: nobody is connected to it.  What is not known may be anything. */
static void test_possible(void)
{
	static const struct { uint32_t held, known; bool possible; } rows[] = { { 1, 1, true }, { 10, 1, false }, { 99, 1, false }, { 99, 0, true } };
	const SocketTable table = { .items = (UnixSocket *)(uintptr_t)sockets, .count = G_N_ELEMENTS(sockets) };
	g_autofree HeldAnswer *held = g_new0(HeldAnswer, 1);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		*held = (HeldAnswer){ .known = rows[i].known, .uid = ROOT, .count = 1, .items[0] = { rows[i].held, HELD_UNIX } };
		g_assert_true(clients_possible(&table, held) == rows[i].possible);
	}
	g_assert_true(clients_possible(&table, NULL));
}

/* Whose a connection was is known as long as dockerd holds it; another one with its number is not known by that. */
static void test_known(void)
{
	UnixSocket two[] = {
		{ .ino = 10, .peer = 11, .cookie = 1, .has_uid = true, .connected = true, .named = true },
		{ .ino = 11, .peer = 10, .cookie = 2, .uid = ALICE, .has_uid = true, .connected = true },
	};
	const SocketTable both = { .items = two, .count = 2 }, left = { .items = two, .count = 1 };
	g_autofree HeldAnswer *held = g_new0(HeldAnswer, 1), *nothing = g_new0(HeldAnswer, 1);
	const struct { const SocketTable *table; const HeldAnswer *held; uint64_t cookie; size_t count; bool unseen; } rows[] = {
		{ &left, held, 1, 0, true },  { &both, held, 1, 1, false },    { &left, held, 1, 1, false }, { &left, held, 1, 1, false },
		{ &left, NULL, 1, 0, true },  { &left, held, 1, 1, false },    { &left, held, 3, 0, true },  { &left, held, 1, 0, true },
		{ &both, held, 1, 1, false }, { &both, nothing, 1, 0, false }, { &left, held, 1, 0, true },
	};
	KnownClients known = { 0 };
	Clients clients;

	*held = (HeldAnswer){ .known = 1, .count = 1, .items[0] = { 10, HELD_UNIX } };
	nothing->known = 1;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		two[0].cookie = rows[i].cookie;
		two[0].peer = rows[i].table == &both ? 11 : 0;
		clients_find(rows[i].table, rows[i].held, NULL, &known, &clients);
		if (clients.count != rows[i].count || clients.unseen != rows[i].unseen)
			g_error("row %zu: %zu users, unseen %d", i, clients.count, clients.unseen);
	}
	known_clients_free(&known);
}

/* A call waits that came while dockerd held some of them: who comes later has not asked it, who leaves had not, and who is still held may have, also when the
 * other end is gone. */
static void test_among(void)
{
	static const struct { const char *what; uint32_t first[3], later[3]; size_t count; uid_t uid; bool unseen; } rows[] = {
		{ "bob has left", { 10, 20 }, { 10 }, 1, ALICE, false },
		{ "nobody has", { 10, 20 }, { 10, 20 }, 2, ALICE, false },
		{ "bob came later", { 10 }, { 10, 20 }, 1, ALICE, false },
		{ "bob has left and alice came later", { 20 }, { 10 }, 0, 0, false },
		{ "bob's socket stays when he is gone", { 20, 30 }, { 30, 10 }, 0, 0, true },
		{ "one in another network stays", { 10, 99 }, { 10, 99 }, 1, ALICE, true },
		{ "one in another network came later", { 10 }, { 10, 99 }, 1, ALICE, false },
		{ "in any order", { 70, 20, 10 }, { 10, 70 }, 1, ALICE, false },
		{ "nobody was there", { 5 }, { 10 }, 0, 0, false },
	};
	const SocketTable table = { .items = (UnixSocket *)(uintptr_t)sockets, .count = G_N_ELEMENTS(sockets) };
	g_autofree HeldAnswer *held = g_new0(HeldAnswer, 1);
	const KnownClients known = { 0 };
	uint32_t inos[LIMIT_LOOK_HELD];
	FirstHeld first;
	Clients clients;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		*held = (HeldAnswer){ .known = 1, .uid = ROOT };
		for (size_t h = 0; h < 3 && rows[i].first[h]; h++)
			held->items[held->count++] = (HeldSocket){ rows[i].first[h], HELD_UNIX };
		g_assert_true(clients_first(held, inos, &first));
		held->count = 0;
		for (size_t h = 0; h < 3 && rows[i].later[h]; h++)
			held->items[held->count++] = (HeldSocket){ rows[i].later[h], HELD_UNIX };
		clients_among(&table, held, NULL, &known, &first, &clients);
		if (clients.count != rows[i].count || clients.unseen != rows[i].unseen || (clients.count && clients.uids[0] != rows[i].uid))
			g_error("%s: %zu users, unseen %d", rows[i].what, clients.count, clients.unseen);
	}
}

/* What waiting cannot make certain; and what was known before it is known while it lasts. */
static void test_first(void)
{
	static const struct { HeldKind kind; uint32_t known; bool good; size_t count; } rows[] = {
		{ HELD_UNIX, 1, true, 1 }, { HELD_HARMLESS, 1, true, 0 }, { HELD_OTHER, 1, false, 0 }, { HELD_UNIX, 0, false, 0 },
	};
	const UnixSocket left = { .ino = 10, .cookie = 1, .has_uid = true, .connected = true, .named = true };
	const SocketTable table = { .items = (UnixSocket *)(uintptr_t)&left, .count = 1 };
	KnownClient client = { .ino = 10, .cookie = 1, .uid = BOB };
	const KnownClients known = { .items = &client, .count = 1 };
	g_autofree HeldAnswer *held = g_new0(HeldAnswer, 1);
	uint32_t inos[LIMIT_LOOK_HELD];
	FirstHeld first;
	Clients clients;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		*held = (HeldAnswer){ .known = rows[i].known, .count = 1, .items[0] = { 10, rows[i].kind } };
		g_assert_true(clients_first(held, inos, &first) == rows[i].good);
		g_assert_cmpuint(first.count, ==, rows[i].count);
	}
	g_assert_false(clients_first(NULL, inos, &first));
	*held = (HeldAnswer){ .known = 1, .count = 1, .items[0] = { 10, HELD_UNIX } };
	g_assert_true(clients_first(held, inos, &first));
	for (unsigned i = 0; i < 2; i++) { /* it forgets nothing of what is known */
		clients_among(&table, held, NULL, &known, &first, &clients);
		g_assert_true(clients.count == 1 && clients.uids[0] == BOB && !clients.unseen);
	}
}

static void test_many_users(void)
{
	UnixSocket many[2 * (LIMIT_LOOK_USERS + 1)] = { 0 };
	const SocketTable table = { .items = many, .count = G_N_ELEMENTS(many) };
	g_autofree HeldAnswer *held = g_new0(HeldAnswer, 1);
	KnownClients known = { 0 };
	Clients clients;

	held->known = 1;
	for (uint32_t i = 0; i < G_N_ELEMENTS(many); i += 2) {
		many[i] = (UnixSocket){ .ino = i + 1, .peer = i + 2, .has_uid = true, .connected = true, .named = true };
		many[i + 1] = (UnixSocket){ .ino = i + 2, .peer = i + 1, .uid = 100 - i, .has_uid = true, .connected = true };
		held->items[held->count++] = (HeldSocket){ i + 1, HELD_UNIX };
	}
	clients_find(&table, held, NULL, &known, &clients);
	g_assert_cmpuint(clients.count, ==, LIMIT_LOOK_USERS);
	g_assert_true(clients.unseen);
	for (size_t i = 1; i < clients.count; i++)
		g_assert_cmpuint(clients.uids[i - 1], <, clients.uids[i]);
	known_clients_free(&known);
}

static int listen_at(const char *path, struct sockaddr_un *ret)
{
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	(void)g_strlcpy(ret->sun_path, path, sizeof ret->sun_path);
	g_assert_cmpint(bind(listener, (const struct sockaddr *)ret, sizeof *ret), ==, 0);
	g_assert_cmpint(listen(listener, 1), ==, 0);
	return listener;
}

/* This process is Docker here, and its own client: by the kernel's word. */
static void test_look(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *path = g_build_filename(dir, "docker.sock", NULL), *no_witness = g_build_filename(dir, "none", NULL);
	struct sockaddr_un address;
	Status status = { 0 };
	Caller caller;
	int client = socket(AF_UNIX, SOCK_STREAM, 0);

	int listener = listen_at(path, &address);
	g_assert_cmpint(connect(client, (const struct sockaddr *)&address, sizeof address), ==, 0);
	int accepted = accept(listener, NULL, NULL);
	Identity *identity = identity_new(path, -1, no_witness, &status);
	/* Both ends are ours, so there is nobody; and no process has the number of one that is not known. */
	g_assert_cmpstr(identity_user(identity, getpid(), true, true, arena, &caller), ==, "");
	g_assert_cmpint(status.identity, ==, IDENTITY_PROVEN);
	const FirstHeld *first = identity_first(identity, getpid(), arena);
	g_assert_nonnull(first);
	g_assert_cmpuint(first->count, >=, 3);
	g_assert_cmpstr(identity_again(identity, getpid(), first, true, arena, &caller), ==, "");
	g_assert_null(identity_first(identity, 0, arena));
	g_assert_cmpstr(identity_again(identity, 0, first, true, arena, &caller), ==, "");
	g_assert_false(caller.complete);
	g_assert_cmpstr(identity_user(identity, 0, true, true, arena, &caller), ==, "");
	g_assert_cmpint(status.identity, ==, IDENTITY_UNPROVEN);
	identity_free(identity);
	identity = identity_new(path, listener, no_witness, &status); /* which is no netlink socket */
	g_assert_cmpstr(identity_user(identity, getpid(), true, true, arena, &caller), ==, "");
	g_assert_cmpint(status.identity, ==, IDENTITY_BLIND);
	g_assert_true(!caller.count && !caller.complete);
	identity_free(identity);
	(void)close(accepted);
	(void)close(client);
	(void)close(listener);
}

/* Somebody else's message that comes before the kernel's, on netlink anybody's may: not one word of it counts. */
static unsigned forged;

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	struct sockaddr_nl *from = message->msg_name;

	if (!forged || message->msg_namelen != sizeof *from)
		return syscall(SYS_recvmsg, fd, message, flags);
	forged--;
	*from = (struct sockaddr_nl){ .nl_family = AF_NETLINK, .nl_pid = 4711 };
	memset(message->msg_iov->iov_base, 1, NLMSG_HDRLEN);
	return NLMSG_HDRLEN;
}

static void test_forged(void)
{
	g_autoptr(Arena) arena = arena_new();
	Status status = { 0 };
	Caller caller;

	for (unsigned i = 0; i < 3; i++) {
		Identity *identity = identity_new("/nonexistent", -1, "/nonexistent", &status);
		forged = i;
		(void)identity_user(identity, getpid(), true, true, arena, &caller);
		g_assert_cmpuint(forged, ==, 0);
		g_assert_cmpint(status.identity, ==, IDENTITY_PROVEN);
		identity_free(identity);
	}
}

static void test_names(void)
{
	static const char users[] = "root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\nalice:x:1001:1001::/:/bin/sh\n1001:x:5:5::/:/bin/sh\n"
				    "bob:x:1002:1002::/:/bin/sh\nbob:x:1003:1003::/:/bin/sh\nx,y:x:1004:1004::/:/bin/sh\n";
	static const struct { uid_t uid; const char *name; } rows[] = {
		{ 0, "root" }, { 1001, "alice" }, { 5, "5" }, { 1002, "1002" }, { 1003, "1003" }, { 1004, "1004" }, { 4711, "4711" },
	};
	static const struct { const char *user; bool certain; } written[] = {
		{ "alice", true }, { "1001", true }, { "tls:alice", true }, { "tls:", false }, { "", false }, { "one-of:alice", false }, { "one-of:alice,?", false },
	};
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *file = g_build_filename(dir, "passwd", NULL);

	scratch_put(dir, "passwd", users);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *name = user_name(file, rows[i].uid), *unknown = user_name("/nonexistent", rows[i].uid);
		g_assert_cmpstr(name, ==, rows[i].name);
		g_assert_cmpuint(g_ascii_strtoull(unknown, NULL, 10), ==, rows[i].uid);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(written); i++)
		g_assert_cmpint(user_is_certain(written[i].user), ==, written[i].certain);
}

/* A client of another process, alone: certain, unless this Docker has calls outlive their connections. */
static void test_shared(void)
{
	static const struct { const char *version; bool certain; } rows[] = { { "28.5.2", true }, { "29.2.0", false }, { "dev", false }, { "20.10.24+dfsg1", true } };
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *path = g_build_filename(dir, "docker.sock", NULL), *no_witness = g_build_filename(dir, "none", NULL);
	struct sockaddr_un address;
	Status status = { 0 };
	Caller caller;

	int listener = listen_at(path, &address);
	pid_t child = fork();
	if (!child) {
		(void)close(listener);
		int client = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connect(client, (const struct sockaddr *)&address, sizeof address) == 0)
			(void)pause();
		_exit(1);
	}
	int accepted = accept(listener, NULL, NULL);
	Identity *identity = identity_new(path, -1, no_witness, &status);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		identity_meet(rows[i].version, identity);
		(void)identity_user(identity, getpid(), true, true, arena, &caller);
		g_assert_cmpuint(caller.count, ==, 1);
		g_assert_cmpint(caller.complete, ==, rows[i].certain);
		g_assert_cmpint(status.identity, ==, rows[i].certain ? IDENTITY_PROVEN : IDENTITY_SHARED);
		const FirstHeld *first = identity_first(identity, getpid(), arena);
		(void)identity_again(identity, getpid(), first, true, arena, &caller);
		g_assert_cmpint(caller.complete, ==, rows[i].certain);
	}
	identity_free(identity);
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	(void)close(accepted);
	(void)close(listener);
}

static void test_doctor(void)
{
	static const struct { IdentityState state; CheckStatus status; } rows[] = {
		{ IDENTITY_PROVEN, CHECK_OK }, { IDENTITY_UNPROVEN, CHECK_WARNING }, { IDENTITY_SHARED, CHECK_WARNING }, { IDENTITY_BLIND, CHECK_WARNING },
	};
	g_autoptr(Arena) arena = arena_new();
	CheckList checks = { 0 };

	diagnose_identity(IDENTITY_UNTRIED, &checks, arena);
	g_assert_cmpuint(checks.count, ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		diagnose_identity(rows[i].state, &checks, arena);
		g_assert_cmpuint(checks.count, ==, i + 1);
		g_assert_cmpint(checks.items[i].status, ==, rows[i].status);
	}
}

/* Whose ids a container's are; of a Docker that does not say, nothing. */
static void test_ids(void)
{
	static const struct { const char *json; size_t count; CheckStatus status; } rows[] = {
		{ "{\"DockerRootDir\":\"/d\",\"SecurityOptions\":[\"name=seccomp,profile=default\",\"name=userns\"]}", 1, CHECK_OK },
		{ "{\"DockerRootDir\":\"/d\",\"SecurityOptions\":[\"name=rootless\"]}", 1, CHECK_OK },
		{ "{\"DockerRootDir\":\"/d\",\"SecurityOptions\":[\"name=cgroupns\",\"name=usernsx\"]}", 1, CHECK_WARNING },
		{ "{\"DockerRootDir\":\"/d\"}", 1, CHECK_WARNING },
		{ "7", 0, CHECK_OK },
		{ NULL, 0, CHECK_OK },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		FactList facts = { 0 };
		CheckList checks = { 0 };
		diagnose_questions(&facts, arena);
		for (size_t k = 0; k < facts.count && rows[i].json; k++)
			if (!strcmp(facts.items[k].name, "info"))
				facts.items[k] = (Fact){ FACT_DAEMON, "info", FACT_KNOWN, rows[i].json, strlen(rows[i].json) };
		diagnose_ids(&facts, &checks, arena);
		g_assert_cmpuint(checks.count, ==, rows[i].count);
		if (checks.count)
			g_assert_cmpint(checks.items[0].status, ==, rows[i].status);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/identity/clients", test_clients);
	g_test_add_func("/identity/unproven", test_unproven);
	g_test_add_func("/identity/possible", test_possible);
	g_test_add_func("/identity/known", test_known);
	g_test_add_func("/identity/among", test_among);
	g_test_add_func("/identity/first", test_first);
	g_test_add_func("/identity/many-users", test_many_users);
	g_test_add_func("/identity/look", test_look);
	g_test_add_func("/identity/forged", test_forged);
	g_test_add_func("/identity/names", test_names);
	g_test_add_func("/identity/shared", test_shared);
	g_test_add_func("/identity/doctor", test_doctor);
	g_test_add_func("/identity/ids", test_ids);
	return g_test_run();
}
