/* SPDX-License-Identifier: MIT
 *
 * The kernel's list of sockets, as it was recorded, cut and changed.
 */
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "authz/clients.h"

#define NUMBER 7u
#define LISTENER 0x652191u /* the sockets of `recorded` */
#define CLIENT 0x652192u
#define ACCEPTED 0x652193u
#define LEFT 0x652195u

/* As Linux 6.18 wrote it: the listener, one connection with both its ends, and the accepted end of one whose client has gone.  All
 * are of uid 0, the name is /run/docker.sock. */
static const unsigned char recorded[] = {
	0x48, 0, 0, 0, 0x14, 0, 2, 0, 7, 0, 0, 0, 0x17, 0x7f, 0, 0, 1, 1, 10, 0, 0x91, 0x21, 0x65, 0, 0x3d, 0x10, 0, 0, 0, 0, 0, 0, 0x15, 0, 0, 0, '/', 'r', 'u', 'n', '/',
	'd', 'o', 'c', 'k', 'e', 'r', '.', 's', 'o', 'c', 'k', 0, 0, 0, 0, 5, 0, 6, 0, 0, 0, 0, 0, 8, 0, 7, 0, 0, 0, 0, 0,
	0x50, 0, 0, 0, 0x14, 0, 2, 0, 7, 0, 0, 0, 0x17, 0x7f, 0, 0, 1, 1, 1, 0, 0x95, 0x21, 0x65, 0, 0x3e, 0x10, 0, 0, 0, 0, 0, 0, 0x15, 0, 0, 0, '/', 'r', 'u', 'n', '/',
	'd', 'o', 'c', 'k', 'e', 'r', '.', 's', 'o', 'c', 'k', 0, 0, 0, 0, 8, 0, 2, 0, 0, 0, 0, 0, 5, 0, 6, 0, 3, 0, 0, 0, 8, 0, 7, 0, 0, 0, 0, 0,
	0x38, 0, 0, 0, 0x14, 0, 2, 0, 7, 0, 0, 0, 0x17, 0x7f, 0, 0, 1, 1, 1, 0, 0x92, 0x21, 0x65, 0, 0x3f, 0x10, 0, 0, 0, 0, 0, 0, 8, 0, 2, 0, 0x93, 0x21, 0x65, 0,
	5, 0, 6, 0, 0, 0, 0, 0, 8, 0, 7, 0, 0, 0, 0, 0,
	0x50, 0, 0, 0, 0x14, 0, 2, 0, 7, 0, 0, 0, 0x17, 0x7f, 0, 0, 1, 1, 1, 0, 0x93, 0x21, 0x65, 0, 0x40, 0x10, 0, 0, 0, 0, 0, 0, 0x15, 0, 0, 0, '/', 'r', 'u', 'n', '/',
	'd', 'o', 'c', 'k', 'e', 'r', '.', 's', 'o', 'c', 'k', 0, 0, 0, 0, 8, 0, 2, 0, 0x92, 0x21, 0x65, 0, 5, 0, 6, 0, 0, 0, 0, 0, 8, 0, 7, 0, 0, 0, 0, 0,
};
static const unsigned char recorded_end[] = { 0x14, 0, 0, 0, 3, 0, 2, 0, 7, 0, 0, 0, 0x17, 0x7f, 0, 0, 0, 0, 0, 0 };

static void test_recorded(void)
{
	SocketTable table = { .path = "/var/run/docker.sock" };
	KnownClients known = { 0 };
	Clients clients;

	g_assert_cmpint(sockdiag_read(recorded, sizeof recorded, NUMBER, &table), ==, DIAG_MORE);
	g_assert_cmpint(sockdiag_read(recorded_end, sizeof recorded_end, NUMBER, &table), ==, DIAG_DONE);
	socket_table_sort(&table);
	g_assert_cmpuint(table.count, ==, 4);
	const UnixSocket *accepted = socket_table_find(&table, ACCEPTED), *left = socket_table_find(&table, LEFT);
	g_assert_true(accepted->connected && accepted->named && accepted->wanted && accepted->has_uid);
	g_assert_cmpuint(accepted->peer, ==, CLIENT);
	g_assert_cmpuint(accepted->cookie, ==, 0x1040);
	g_assert_true(left->connected && left->wanted && !left->peer);
	g_assert_false(socket_table_find(&table, LISTENER)->connected);
	g_assert_false(socket_table_find(&table, CLIENT)->named);
	g_assert_null(socket_table_find(&table, 0));
	g_assert_null(socket_table_find(&table, 1));
	clients_find(&table, NULL, NULL, &known, &clients);
	g_assert_cmpuint(clients.count, ==, 1);
	g_assert_true(clients.unseen);
	socket_table_free(&table);
}

/* Cut anywhere, nothing is read beyond the end, and what is read is never called whole. */
static void test_truncated(void)
{
	for (size_t length = 0; length < sizeof recorded; length++) {
		g_autofree unsigned char *bytes = g_memdup2(recorded, length);
		SocketTable table = { .path = "/run/docker.sock" };
		DiagResult result = sockdiag_read(bytes, length, NUMBER, &table);
		bool between = length == 0 || length == 0x48 || length == 0x48 + 0x50 || length == 0x48 + 0x50 + 0x38;
		g_assert_cmpint(result, ==, between ? DIAG_MORE : DIAG_BAD);
		socket_table_free(&table);
	}
}

/* One byte or number of the first message is another. */
static void test_hostile(void)
{
	static const struct { const char *what; size_t at; unsigned char value; DiagResult result; } rows[] = {
		{ "the length is too small", 0, 15, DIAG_BAD },
		{ "the length is beyond the end", 1, 0xff, DIAG_BAD },
		{ "the message is an error", 4, NLMSG_ERROR, DIAG_BAD },
		{ "it is another kind", 4, SOCK_DIAG_BY_FAMILY + 1, DIAG_BAD },
		{ "the list changed meanwhile", 6, NLM_F_MULTI | NLM_F_DUMP_INTR, DIAG_BAD },
		{ "another answer is passed over", 8, NUMBER + 1, DIAG_MORE },
		{ "it is no Unix socket", 16, AF_INET, DIAG_BAD },
		{ "the state was not asked for", 18, 7, DIAG_BAD },
		{ "the name is shorter than its head", 32, 3, DIAG_BAD },
		{ "the name is longer than the message", 33, 0xff, DIAG_BAD },
		{ "the uid is short", 64, 6, DIAG_BAD },
		{ "the uid is long", 64, 12, DIAG_BAD },
		{ "something new is passed over", 58, 99, DIAG_MORE },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree unsigned char *bytes = g_memdup2(recorded, sizeof recorded);
		SocketTable table = { .path = "/run/docker.sock" };
		bytes[rows[i].at] = rows[i].value;
		if (sockdiag_read(bytes, sizeof recorded, NUMBER, &table) != rows[i].result)
			g_error("%s", rows[i].what);
		socket_table_free(&table);
	}
}

static void test_too_many(void)
{
	SocketTable table = { 0 };
	size_t rounds = 0;

	while (sockdiag_read(recorded, sizeof recorded, NUMBER, &table) == DIAG_MORE)
		rounds++;
	g_assert_cmpuint(rounds, ==, LIMIT_LOOK_SOCKETS / 4);
	g_assert_cmpuint(table.count, ==, LIMIT_LOOK_SOCKETS);
	socket_table_free(&table);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sockdiag/recorded", test_recorded);
	g_test_add_func("/sockdiag/truncated", test_truncated);
	g_test_add_func("/sockdiag/hostile", test_hostile);
	g_test_add_func("/sockdiag/too-many", test_too_many);
	return g_test_run();
}
