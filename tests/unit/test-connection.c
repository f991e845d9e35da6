/* SPDX-License-Identifier: MIT
 *
 * Connections to a socket: when they are late, how many there may be, and what they keep.  Who has connected the test says; there is no judge.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include "proxy/connection.h"

#define HOST "Host: docker\r\n"
#define SECOND INT64_C(1000000)
#define POST "POST /v1.41/containers/create HTTP/1.1\r\n" HOST

static uid_t caller;

bool peer_look(int fd, const PeerHost *host, PeerWho *ret, const char **ret_problem)
{
	(void)fd, (void)host, (void)ret_problem;
	*ret = (PeerWho){ .uid = caller };
	return true;
}

typedef struct Fixture {
	Proxy proxy;
	Door door;
} Fixture;

static void no_room(void *data)
{
	(void)data;
}

static void set_up(Fixture *f, gconstpointer data)
{
	(void)data;
	*f = (Fixture){ .proxy = { .docker = "/nonexistent/docker.sock", .arena = arena_new(), .users = g_hash_table_new(NULL, NULL), .scratch = g_malloc(LIMIT_SOCKET_READ_BYTES) } };
	f->door = (Door){ .proxy = &f->proxy, .name = (char *)(uintptr_t)"tools" };
	g_queue_init(&f->proxy.connections);
	g_assert_cmpint(sd_event_new(&f->proxy.event), ==, 0);
	f->proxy.judge = judge_link_new(f->proxy.event, "/nonexistent/judge", no_room, NULL);
	caller = 1000;
}

static void tear_down(Fixture *f, gconstpointer data)
{
	(void)data;
	while (f->proxy.connections.head)
		connection_end(f->proxy.connections.head->data);
	g_assert_cmpuint(g_hash_table_size(f->proxy.users), ==, 0);
	g_assert_false(bytes_are_scarce());
	judge_link_free(f->proxy.judge);
	g_hash_table_unref(f->proxy.users);
	arena_free(f->proxy.arena);
	g_free(f->proxy.scratch);
	(void)sd_event_unref(f->proxy.event);
}

static void run(Fixture *f)
{
	while (sd_event_run(f->proxy.event, 0) > 0)
		;
}

/* A client's end. */
static int begin(Fixture *f, const char *bytes)
{
	int ends[2];

	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), ==, 0);
	connection_begin(&f->door, ends[1]);
	if (bytes)
		g_assert_cmpint(send(ends[0], bytes, strlen(bytes), MSG_NOSIGNAL), ==, strlen(bytes));
	run(f);
	return ends[0];
}

/* The status of the answer; 0: there is none; less than 0: the end, without one. */
static int status(int client)
{
	char answer[4096];
	ssize_t length = recv(client, answer, sizeof answer - 1, MSG_DONTWAIT);

	if (length <= 0)
		return length ? 0 : -1;
	answer[length] = 0;
	return g_str_has_prefix(answer, "HTTP/1.1 ") ? (int)strtol(answer + strlen("HTTP/1.1 "), NULL, 10) : -1;
}

/* The last moment, and the first that is too late; 0: there is none. */
static const struct { const char *what, *bytes; unsigned most_s; } waits[] = {
	{ "nothing", NULL, 0 },
	{ "a byte", "G", LIMIT_SOCKET_HEAD_S },
	{ "half a head", "GET /_ping HTTP/1.1\r\n" HOST, LIMIT_SOCKET_HEAD_S },
	{ "half a body", POST "Content-Length: 10\r\n\r\n{}", LIMIT_SOCKET_BODY_S },
	{ "no body", POST "Content-Length: 10\r\n\r\n", LIMIT_SOCKET_BODY_S },
	{ "half a chunk", POST "Transfer-Encoding: chunked\r\n\r\n5\r\n{}", LIMIT_SOCKET_BODY_S },
	{ "no last chunk", POST "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", LIMIT_SOCKET_BODY_S },
	{ "a body that is expected", POST "Expect: 100-continue\r\nContent-Length: 10\r\n\r\n", LIMIT_SOCKET_BODY_S },
};

static void test_late(Fixture *f, gconstpointer data)
{
	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(waits); i++) {
		int client = begin(f, waits[i].bytes);
		Connection *connection = f->proxy.connections.head->data;
		int64_t since_us = connection->since_us ? connection->since_us : g_get_monotonic_time(), most_us = waits[i].most_s ? waits[i].most_s * SECOND : 1000 * SECOND;
		g_test_message("%s", waits[i].what);
		(void)status(client); /* 100 */
		connection_tick(connection, since_us + most_us);
		run(f);
		g_assert_cmpint(status(client), ==, 0);
		if (waits[i].most_s) {
			connection_tick(connection, since_us + most_us + 1);
			run(f);
			g_assert_cmpint(status(client), ==, 408);
			g_assert_cmpint(status(client), ==, -1);
		} else
			connection_end(connection);
		g_assert_cmpuint(f->proxy.connections.length, ==, 0);
		(void)close(client);
	}
}

/* The time begins with the first byte, and is not begun anew by each. */
static void test_slow(Fixture *f, gconstpointer data)
{
	(void)data;
	int client = begin(f, "G");
	Connection *connection = f->proxy.connections.head->data;
	int64_t since_us = connection->since_us;

	for (const char *at = "ET /_ping HTTP/1.1\r\nX: "; *at; at++) {
		g_assert_cmpint(send(client, at, 1, 0), ==, 1);
		run(f);
		g_assert_cmpint(connection->since_us, ==, since_us);
	}
	g_assert_cmpint(since_us, >, 0);
	(void)close(client);
	run(f);
	g_assert_cmpuint(f->proxy.connections.length, ==, 0);
}

static void test_crowd(Fixture *f, gconstpointer data)
{
	static int clients[LIMIT_SOCKET_CONNECTIONS];
	struct rlimit files;

	(void)data;
	g_assert_cmpint(getrlimit(RLIMIT_NOFILE, &files), ==, 0);
	files.rlim_cur = MIN(files.rlim_max, 4 * LIMIT_SOCKET_CONNECTIONS);
	g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &files), ==, 0);
	for (unsigned i = 0; i < LIMIT_SOCKET_CONNECTIONS; i++) {
		caller = i / LIMIT_SOCKET_PER_USER;
		clients[i] = begin(f, NULL);
		if ((i + 1) % LIMIT_SOCKET_PER_USER || i + 1 == LIMIT_SOCKET_CONNECTIONS)
			continue;
		int more = begin(f, NULL);
		g_assert_cmpint(status(more), ==, 429);
		(void)close(more);
	}
	g_assert_cmpuint(f->proxy.connections.length, ==, LIMIT_SOCKET_CONNECTIONS);
	caller = 4711;
	int more = begin(f, NULL);
	g_assert_cmpint(status(more), ==, 503);
	(void)close(more);
	(void)close(clients[0]);
	run(f);
	clients[0] = begin(f, NULL);
	g_assert_cmpint(status(clients[0]), ==, 0);
	for (unsigned i = 0; i < LIMIT_SOCKET_CONNECTIONS; i++)
		(void)close(clients[i]);
	run(f);
	g_assert_cmpuint(f->proxy.connections.length, ==, 0);
}

static void test_bytes(void)
{
	g_autofree char *block = g_malloc0(LIMIT_SOCKET_KEPT_BYTES);
	Bytes easy = { NULL, 0 }, rest = { NULL, 0 };

	bytes_add(&easy, block, LIMIT_SOCKET_EASY_BYTES);
	g_assert_false(bytes_are_scarce());
	g_assert_cmpuint(bytes_read_most(), ==, LIMIT_SOCKET_READ_BYTES);
	bytes_add(&rest, "x", 1);
	g_assert_true(bytes_are_scarce());
	g_assert_cmpuint(bytes_read_most(), ==, LIMIT_SOCKET_LEAN_BYTES);
	bytes_add(&rest, block, LIMIT_SOCKET_KEPT_BYTES - LIMIT_SOCKET_EASY_BYTES - 1);
	g_assert_false(bytes_are_full());
	bytes_add(&rest, "yz", 2);
	g_assert_true(bytes_are_full());
	bytes_drop(&rest, 2);
	g_assert_false(bytes_are_full());
	g_assert_true(rest.at[rest.length - 1] == 'z');
	Bytes first = bytes_split(&rest, rest.length - 1);
	g_assert_cmpuint(rest.length, ==, 1);
	g_assert_true(rest.at[0] == 'z');
	bytes_clear(&first);
	bytes_clear(&easy);
	g_assert_false(bytes_are_scarce());
	bytes_clear(&rest);
}

/* A body is in memory, in a file of its own when it is large or memory is scarce, and then nobody changes it. */
static void test_body(void)
{
	static const struct { size_t before, length; bool scarce, file; } rows[] = {
		{ 0, LIMIT_JUDGE_INLINE_BYTES, false, false }, { 0, LIMIT_JUDGE_INLINE_BYTES + 1, false, true }, { LIMIT_JUDGE_INLINE_BYTES, 1, false, true },
		{ 0, 1, true, true }, { 1, 1, true, true }, { LIMIT_JUDGE_INLINE_BYTES + 1, 1, false, true },
	};
	g_autofree char *block = g_malloc0(LIMIT_SOCKET_EASY_BYTES + 1);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Body body = BODY_INIT;
		Bytes others = { NULL, 0 };
		if (rows[i].before)
			g_assert_cmpint(body_add(&body, block, rows[i].before), ==, BODY_TAKEN);
		bytes_add(&others, block, rows[i].scarce ? LIMIT_SOCKET_EASY_BYTES + 1 : 0);
		g_assert_cmpint(body_add(&body, block, rows[i].length), ==, BODY_TAKEN);
		g_assert_cmpuint(body.length, ==, rows[i].before + rows[i].length);
		g_assert_true((body.file >= 0) == rows[i].file && (body.small.length > 0) == !rows[i].file);
		g_assert_true(body_seal(&body));
		if (rows[i].file) {
			g_assert_cmpint(lseek(body.file, 0, SEEK_END), ==, (off_t)body.length);
			g_assert_cmpint(pwrite(body.file, "x", 1, 0), <, 0);
		}
		bytes_clear(&others);
		body_clear(&body);
	}
}

/* While there is much a long head is refused, and a short one is not. */
static void test_full(Fixture *f, gconstpointer data)
{
	g_autofree char *block = g_malloc0(LIMIT_SOCKET_KEPT_BYTES + 1), *name = g_strnfill(LIMIT_SOCKET_LEAN_BYTES, 'x');
	g_autofree char *longer = g_strconcat("GET /_ping HTTP/1.1\r\n" HOST "X: ", name, NULL);
	Bytes others = { NULL, 0 };

	(void)data;
	bytes_add(&others, block, LIMIT_SOCKET_KEPT_BYTES + 1);
	int lean = begin(f, "GET /_ping HTTP/1.1\r\n" HOST "X: "), large = begin(f, longer);
	g_assert_cmpint(status(lean), ==, 0);
	g_assert_cmpint(status(large), ==, 503);
	bytes_clear(&others);
	int other = begin(f, longer);
	g_assert_cmpint(status(other), ==, 0);
	(void)close(lean);
	(void)close(large);
	(void)close(other);
	run(f);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/connection/late", Fixture, NULL, set_up, test_late, tear_down);
	g_test_add("/connection/slow", Fixture, NULL, set_up, test_slow, tear_down);
	g_test_add("/connection/crowd", Fixture, NULL, set_up, test_crowd, tear_down);
	g_test_add("/connection/full", Fixture, NULL, set_up, test_full, tear_down);
	g_test_add_func("/connection/bytes", test_bytes);
	g_test_add_func("/connection/body", test_body);
	return g_test_run();
}
