/* SPDX-License-Identifier: MIT
 *
 * Questions to a helper: put once, and not to one that has ended.
 */
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/packet.h"
#include "scratch.h"

#define PATIENCE_MS 20u

static bool whole(const void *answer, size_t length, uint32_t *ret_number)
{
	if (length != sizeof *ret_number)
		return false;
	memcpy(ret_number, answer, length);
	return true;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);

	(void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	g_assert_cmpint(bind(listener, (const struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(listener, 4), ==, 0);
	return listener;
}

static bool ask(PacketClient *client, uint32_t number)
{
	uint32_t answer = 0;
	const PacketQuestion question = { .bytes = &number, .length = sizeof number, .number = number, .descriptor = -1, .patience_ms = PATIENCE_MS,
		.answer = &answer, .size = sizeof answer, .whole = whole };

	return packet_client_ask(client, &question);
}

/* What makes a thing must not make two because the answer was late. */
static void test_once(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "helper", NULL);
	int listener = listen_at(path);
	PacketClient *client = packet_client_new(path);
	uint32_t heard, answer = 1;

	g_assert_true(packet_client_connect(client));
	int fd = accept(listener, NULL, NULL);
	g_assert_cmpint(write(fd, &answer, sizeof answer), ==, (ssize_t)sizeof answer);
	g_assert_true(ask(client, 1));
	g_assert_false(ask(client, 2)); /* on a connection of before, in silence */
	for (uint32_t i = 1; i <= 2; i++) {
		g_assert_cmpint(read(fd, &heard, sizeof heard), ==, (ssize_t)sizeof heard);
		g_assert_cmpuint(heard, ==, i);
	}
	g_assert_cmpint(read(fd, &heard, sizeof heard), ==, 0);
	g_assert_cmpint(accept(listener, NULL, NULL), ==, -1); /* nobody came with it again */
	packet_client_free(client);
	(void)close(fd);
	(void)close(listener);
}

static void test_nobody(void)
{
	g_autofree char *long_path = g_strnfill(200, 'x');
	const char *const paths[] = { "/nonexistent/helper", long_path };

	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		PacketClient *client = packet_client_new(paths[i]);
		g_assert_false(packet_client_connect(client));
		g_assert_false(ask(client, 1));
		packet_client_free(client);
	}
	packet_client_free(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/packet/once", test_once);
	g_test_add_func("/packet/nobody", test_nobody);
	return g_test_run();
}
