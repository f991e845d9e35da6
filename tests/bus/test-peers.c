/* SPDX-License-Identifier: MIT
 *
 * Who is believed at the sockets that are no bus: by the kernel's word of whose process is at the other end.
 */
#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include "authz/witness.h"
#include "callers.h"
#include "tests/unit/scratch.h"

#define CALL \
	"POST /AuthZPlugin.AuthZReq HTTP/1.1\r\nHost: \r\nContent-Length: 48\r\n\r\n" \
	"{\"RequestMethod\":\"GET\",\"RequestUri\":\"/v1/_ping\"}"
#define NO_PROCESS ((pid_t)0x7fffffff) /* so that the witness is asked */

static struct sockaddr_un address_of(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	return address;
}

/* How much the plugin answers. */
static ssize_t ask_plugin(const char *path)
{
	struct sockaddr_un address = address_of(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char answer[1024];
	ssize_t got = 0;

	g_assert_cmpint(connect(fd, (const struct sockaddr *)&address, sizeof address), ==, 0);
	if (send(fd, CALL, strlen(CALL), MSG_NOSIGNAL) == (ssize_t)strlen(CALL))
		got = recv(fd, answer, sizeof answer, 0);
	(void)close(fd);
	return got;
}

static void ask_as_nobody(sd_bus *bus)
{
	g_autofree char *path = g_build_filename(fixture.dir, "authz", NULL);

	(void)bus;
	g_assert_cmpint(ask_plugin(path), <=, 0);
}

static uint64_t asked(const char *property)
{
	uint64_t value;

	g_assert_cmpint(sd_bus_get_property_trivial(fixture.bus, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, MANAGER, property, NULL, 't', &value), >=, 0);
	return value;
}

/* Though anybody may connect here.  Since when Docker asks is known by then. */
static void test_plugin(void)
{
	const uint64_t before = (uint64_t)g_get_real_time();
	g_autofree char *path = g_build_filename(fixture.dir, "authz", NULL);

	g_assert_cmpint(chmod(path, 0666), ==, 0);
	for (unsigned i = 0; i < 3; i++) {
		as_nobody(ask_as_nobody);
		g_assert_cmpint(ask_plugin(path), >, 0);
	}
	g_assert_cmpuint(asked("AskedFirst"), >=, before);
	g_assert_cmpuint(asked("AskedLast"), >, asked("AskedFirst"));
}

/* A witness that answers everything, as the user `uid`; it ends with its socket. */
static pid_t start_witness(int listener)
{
	pid_t child = fork();

	if (child == 0) {
		HeldQuestion question;
		int fd = accept(listener, NULL, NULL);
		while (fd >= 0 && read(fd, &question, sizeof question) == (ssize_t)sizeof question) {
			const HeldAnswer answer = { .number = question.number, .known = 1, .uid = 7 };
			if (write(fd, &answer, held_size(&answer)) < 0)
				break;
		}
		_exit(0);
	}
	g_assert_cmpint(child, >, 0);
	return child;
}

static void test_witness(void)
{
	static const struct { uid_t uid; bool believed; } rows[] = { { 0, true }, { NOBODY, false } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autofree char *path = g_build_filename(dir, "witness", NULL);
		struct sockaddr_un address = address_of(path);
		int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

		g_assert_cmpint(bind(listener, (const struct sockaddr *)&address, sizeof address), ==, 0);
		/* Whose it is the kernel notes when it begins to listen (unix(7), SO_PEERCRED). */
		g_assert_cmpint(seteuid(rows[i].uid), ==, 0);
		g_assert_cmpint(listen(listener, 1), ==, 0);
		g_assert_cmpint(seteuid(0), ==, 0);
		pid_t child = start_witness(listener);
		(void)close(listener);
		Witness *witness = witness_new(path);
		g_assert_cmpint(witness_ask(witness, NO_PROCESS)->known, ==, rows[i].believed);
		witness_free(witness);
		g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	bus_fixture_start(&fixture, "system");
	g_test_add_func("/peers/plugin", test_plugin);
	g_test_add_func("/peers/witness", test_witness);
	int failures = g_test_run();
	bus_fixture_stop(&fixture);
	return failures;
}
