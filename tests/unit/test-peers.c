/* SPDX-License-Identifier: MIT
 *
 * authz/peers.h: connections that end without losing what was written.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "authz/peers.h"
#include "base/limits.h"

typedef struct Ends {
	Peers peers;
	Peer *peer;
	int ours, theirs;
} Ends;

static void set_up(Ends *ends, gconstpointer data)
{
	int fds[2];

	(void)data;
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), ==, 0);
	ends->ours = fds[0];
	ends->theirs = fds[1];
	peers_init(&ends->peers);
	ends->peer = peers_add(&ends->peers, ends->ours, getpid());
}

static void tear_down(Ends *ends, gconstpointer data)
{
	(void)data;
	peers_clear(&ends->peers);
	(void)close(ends->ours);
	(void)close(ends->theirs);
}

static void had_a_call(Ends *ends)
{
	peer_begins(ends->peer);
	peer_ends(ends->peer);
}

static bool can_write(const Ends *ends)
{
	return send(ends->theirs, "x", 1, MSG_NOSIGNAL) == 1 || errno != EPIPE;
}

static bool has_ended(const Ends *ends)
{
	char byte;

	return recv(ends->ours, &byte, 1, MSG_PEEK) == 0;
}

static void look(Ends *ends, unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		peers_let_go(&ends->peers);
}

static void test_idle(Ends *ends, gconstpointer data)
{
	(void)data;
	had_a_call(ends);
	look(ends, 1);
	g_assert_true(can_write(ends)); /* one look is not enough: it may have been read and not begun */
	char byte;
	g_assert_cmpint(recv(ends->ours, &byte, 1, 0), ==, 1);
	look(ends, 2);
	g_assert_true(has_ended(ends));
	g_assert_false(can_write(ends));
}

static void test_busy(Ends *ends, gconstpointer data)
{
	(void)data;
	peer_begins(ends->peer);
	look(ends, 3);
	g_assert_true(can_write(ends));
}

static void test_unread(Ends *ends, gconstpointer data)
{
	(void)data;
	had_a_call(ends);
	g_assert_true(can_write(ends));
	look(ends, 3);
	g_assert_true(can_write(ends));
}

static void test_between(Ends *ends, gconstpointer data)
{
	(void)data;
	had_a_call(ends);
	look(ends, 1);
	had_a_call(ends);
	look(ends, 1);
	g_assert_true(can_write(ends));
}

static void test_fresh(Ends *ends, gconstpointer data)
{
	(void)data;
	look(ends, 3);
	g_assert_true(can_write(ends));
	char byte;
	g_assert_cmpint(recv(ends->ours, &byte, 1, 0), ==, 1);
	ends->peer->since_us -= LIMIT_FIRST_WORD_MS * (int64_t)1000;
	look(ends, 2);
	g_assert_false(can_write(ends));
}

static void test_count(Ends *ends, gconstpointer data)
{
	unsigned idle;

	(void)data;
	g_assert_cmpuint(peers_count(&ends->peers, &idle), ==, 1);
	g_assert_cmpuint(idle, ==, 1);
	peer_begins(ends->peer);
	g_assert_cmpuint(peers_count(&ends->peers, &idle), ==, 1);
	g_assert_cmpuint(idle, ==, 0);
	peers_remove(&ends->peers, ends->peer);
	g_assert_cmpuint(peers_count(&ends->peers, &idle), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/peers/idle", Ends, NULL, set_up, test_idle, tear_down);
	g_test_add("/peers/busy", Ends, NULL, set_up, test_busy, tear_down);
	g_test_add("/peers/unread", Ends, NULL, set_up, test_unread, tear_down);
	g_test_add("/peers/between", Ends, NULL, set_up, test_between, tear_down);
	g_test_add("/peers/fresh", Ends, NULL, set_up, test_fresh, tear_down);
	g_test_add("/peers/count", Ends, NULL, set_up, test_count, tear_down);
	return g_test_run();
}
