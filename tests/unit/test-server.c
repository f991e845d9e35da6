/* SPDX-License-Identifier: MIT
 *
 * The plugin's socket: HTTP as dockerd speaks it, how much, and how the socket is made.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "authz/listen.h"
#include "authz/message.h"
#include "authz/server.h"
#include "plugin-fixture.h"

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	g_assert_cmpint(connect(fd, (const struct sockaddr *)&address, sizeof address), ==, 0);
	return fd;
}

/* Reads until `end` is there; the connection stays open. */
static char *exchange(int fd, const char *request, size_t split, const char *end)
{
	GString *answer = g_string_new(NULL);
	char chunk[4096];

	g_assert_cmpint(write(fd, request, split), ==, (ssize_t)split);
	if (request[split]) {
		g_usleep(20000); /* long enough to be two reads there, most of the time */
		g_assert_cmpint(write(fd, request + split, strlen(request) - split), ==, (ssize_t)(strlen(request) - split));
	}
	while (!strstr(answer->str, end)) {
		ssize_t got = read(fd, chunk, sizeof chunk);
		g_assert_cmpint(got, >, 0);
		g_string_append_len(answer, chunk, got);
	}
	return g_string_free(answer, FALSE);
}

/* As dockerd writes: an empty Host, two writes, one connection for many calls, no Activate first. */
static void test_server(Fixture *f, gconstpointer data)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "s", NULL);
	struct stat status;

	(void)data;
	Server *server = server_start(&f->plugin, path, -1, NULL);
	g_assert_nonnull(server);
	g_assert_cmpint(stat(path, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
	int fd = connect_to(path);
	for (int i = 0; i < 20; i++) {
		const char *message = envelope(f, "POST", "/v1.41/containers/create", i % 2 ? privileged : harmless);
		g_autofree char *head = g_strdup_printf("POST " REQUEST " HTTP/1.1\r\nHost: \r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: %zu\r\n"
							"Accept: application/vnd.docker.plugins.v1.2+json\r\n\r\n", strlen(message));
		g_autofree char *request = g_strconcat(head, message, NULL);
		g_autofree char *answer = exchange(fd, request, i % 3 ? strlen(head) : strlen(request), "}");
		g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 200 OK\r\n"));
		g_assert_nonnull(strstr(answer, i % 2 ? "\"Allow\":false" : "\"Allow\":true"));
	}
	(void)close(fd);
	server_stop(server);
	g_assert_cmpint(stat(path, &status), <, 0);
}

static const char *post(const char *path, size_t length, const char *end)
{
	static char status[64];
	g_autofree char *head = g_strdup_printf("POST /Plugin.Activate HTTP/1.1\r\nHost: \r\nContent-Length: %zu\r\n\r\n", length), *body = g_strnfill(length, ' ');
	g_autofree char *request = g_strconcat(head, body, NULL);
	int fd = connect_to(path);
	g_autofree char *answer = exchange(fd, request, strlen(request), end);

	(void)close(fd);
	(void)g_strlcpy(status, answer, sizeof status);
	*strchrnul(status, '\r') = 0;
	return status;
}

/* Exactly so much is taken. */
static void test_limit(Fixture *f, gconstpointer data)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "s", NULL);

	(void)data;
	Server *server = server_start(&f->plugin, path, -1, NULL);
	g_assert_nonnull(server);
	for (unsigned i = 0; i < 2; i++) {
		g_assert_cmpstr(post(path, LIMIT_MESSAGE_BYTES, "}"), ==, "HTTP/1.1 200 OK");
		g_assert_cmpstr(post(path, LIMIT_MESSAGE_BYTES + 1, "}"), ==, "HTTP/1.1 400 Bad Request");
	}
	server_stop(server);
}

#define FLOOD_BYTES (LIMIT_MESSAGE_BYTES - 4096)
#define FLOOD_MOST 40u
/* A sanitizer keeps what was freed for a while (quarantine_size_mb). */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FLOOD_LEFT ((size_t)LIMIT_MESSAGES_BYTES * 4)
#else
#define FLOOD_LEFT ((size_t)LIMIT_MESSAGES_BYTES / 2)
#endif

static size_t resident(void)
{
	g_autofree char *text = NULL;

	g_assert_true(g_file_get_contents("/proc/self/statm", &text, NULL, NULL));
	return g_ascii_strtoull(strchr(text, ' '), NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

/* All but the last byte of a large message; how many were refused. */
static unsigned flood(const char *path, int *fds)
{
	g_autofree char *head = g_strdup_printf("POST /Plugin.Activate HTTP/1.1\r\nHost: \r\nContent-Length: %u\r\n\r\n", FLOOD_BYTES), *body = g_strnfill(FLOOD_BYTES, ' ');
	unsigned refused = 0;

	for (unsigned i = 0; i < FLOOD_MOST; i++) {
		fds[i] = connect_to(path);
		g_assert_cmpint(write(fds[i], head, strlen(head)), ==, (ssize_t)strlen(head));
		for (size_t done = 0; done < FLOOD_BYTES - 1;) {
			ssize_t wrote = write(fds[i], body + done, FLOOD_BYTES - 1 - done);
			g_assert_cmpint(wrote, >, 0);
			done += (size_t)wrote;
		}
	}
	g_assert_cmpstr(post(path, 1000, "}"), ==, "HTTP/1.1 200 OK"); /* a small one has room meanwhile */
	for (unsigned i = 0; i < FLOOD_MOST; i++) {
		g_autofree char *answer = exchange(fds[i], " ", 1, "}");
		refused += g_str_has_prefix(answer, "HTTP/1.1 400");
	}
	return refused;
}

/* Many large messages at once are bounded together, and the memory goes back. */
static void test_flood(Fixture *f, gconstpointer data)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "s", NULL);
	int fds[FLOOD_MOST];

	(void)data;
	Server *server = server_start(&f->plugin, path, -1, NULL);
	g_assert_nonnull(server);
	g_assert_cmpuint(flood(path, fds), >=, FLOOD_MOST - LIMIT_MESSAGES_BYTES / FLOOD_BYTES);
	for (unsigned i = 0; i < FLOOD_MOST; i++)
		(void)close(fds[i]);
	for (unsigned i = 0; i < 200 && resident() > FLOOD_LEFT; i++)
		g_usleep(10000);
	g_test_message("%zu KiB", resident() / 1024);
	g_assert_cmpuint(resident(), <=, FLOOD_LEFT);
	g_assert_cmpstr(post(path, 1000, "}"), ==, "HTTP/1.1 200 OK");
	g_assert_cmpstr(post(path, LIMIT_MESSAGE_BYTES, "}"), ==, "HTTP/1.1 200 OK");
	server_stop(server);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* which have another heap */
#define EBB_MESSAGES 400u
#define EBB_BYTES 120000u /* in the heap, not a mapping of its own (M_MMAP_THRESHOLD in mallopt(3)) */
#define EBB_ALL ((size_t)EBB_MESSAGES * EBB_BYTES)
#define EBB_LEFT (EBB_ALL / 4)

/* So it does when something that stays lies behind it in the heap, which free(3) alone then keeps. */
static void test_ebb(void)
{
	static Incoming messages[EBB_MESSAGES];
	g_autofree char *body = g_strnfill(EBB_BYTES, 'a'), *behind = NULL;
	size_t before = resident();

	for (unsigned i = 0; i < EBB_MESSAGES; i++)
		message_take(&messages[i], body, EBB_BYTES);
	behind = g_strnfill(EBB_BYTES, 'a');
	g_assert_cmpuint(resident(), >, before + EBB_ALL / 2);
	for (unsigned i = 0; i < EBB_MESSAGES; i++)
		message_clear(&messages[i]);
	g_test_message("%zu KiB, before %zu", resident() / 1024, before / 1024);
	g_assert_cmpuint(resident(), <, before + EBB_LEFT);
}
#endif

/* Whoever connects afterwards waits for the next instance; the number is nobody else's until the server's thread has ended, and then free. */
static void test_quiesced(Fixture *f, gconstpointer data)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "s", NULL);
	int listener = listen_at(path, SOCK_STREAM, NULL), next = fcntl(listener, F_DUPFD_CLOEXEC, 0), listening = 0;
	socklen_t length = sizeof listening;

	(void)data;
	Server *server = server_start(&f->plugin, NULL, listener, NULL);
	g_assert_nonnull(server);
	for (int i = 0; i < 2; i++) {
		server_quiesce(server);
		g_assert_cmpint(getsockopt(listener, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length), ==, 0);
		g_assert_true(listening);
	}
	int caller = connect_to(path);
	server_stop(server);
	g_assert_cmpint(fcntl(listener, F_GETFD), ==, -1);
	int taken = accept(next, NULL, NULL);
	g_assert_cmpint(taken, >=, 0);
	(void)close(taken);
	(void)close(caller);
	(void)close(next);
}

static void test_listen(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "s", NULL), *file = g_build_filename(dir, "file", NULL);
	g_autofree char *missing = g_build_filename(dir, "no", "s", NULL), *fill = g_strnfill(200, 'x'), *longer = g_build_filename(dir, fill, NULL);
	const struct { const char *path, *message; } rows[] = {
		{ file, "it is not a socket" }, { missing, "No such file or directory" }, { longer, "too long" }, { path, "another process already listens" },
	};

	scratch_put(dir, "file", "");
	int fd = listen_at(path, SOCK_STREAM, NULL);
	g_assert_cmpint(fd, >=, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_cmpint(listen_at(rows[i].path, SOCK_STREAM, &error), <, 0);
		if (!strstr(error->message, rows[i].message))
			g_error("'%s' does not say '%s'", error->message, rows[i].message);
	}
	(void)close(fd); /* stale now: replaced */
	fd = listen_at(path, SOCK_STREAM, NULL);
	g_assert_cmpint(fd, >=, 0);
	(void)close(fd);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/server/calls", Fixture, NULL, set_up, test_server, tear_down);
	g_test_add("/server/limit", Fixture, NULL, set_up, test_limit, tear_down);
	g_test_add("/server/flood", Fixture, NULL, set_up, test_flood, tear_down);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	g_test_add_func("/server/ebb", test_ebb);
#endif
	g_test_add("/server/quiesced", Fixture, NULL, set_up, test_quiesced, tear_down);
	g_test_add_func("/server/listen", test_listen);
	return g_test_run();
}
