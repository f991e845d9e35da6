/* SPDX-License-Identifier: MIT */
#include <sys/ioctl.h>
#include <sys/socket.h>
#include "authz/peers.h"
#include "base/limits.h"

#define MS_US ((int64_t)1000)

void peers_init(Peers *peers)
{
	(void)pthread_mutex_init(&peers->lock, NULL);
	g_queue_init(&peers->open);
}

void peers_clear(Peers *peers)
{
	while (peers->open.head)
		peers_remove(peers, peers->open.head->data);
	(void)pthread_mutex_destroy(&peers->lock);
}

Peer *peers_add(Peers *peers, int fd, pid_t pid)
{
	Peer *peer = g_new0(Peer, 1);

	peer->link.data = peer;
	peer->fd = fd;
	peer->pid = pid;
	peer->since_us = g_get_monotonic_time();
	(void)pthread_mutex_lock(&peers->lock);
	g_queue_push_tail_link(&peers->open, &peer->link);
	(void)pthread_mutex_unlock(&peers->lock);
	return peer;
}

void peers_remove(Peers *peers, Peer *peer)
{
	(void)pthread_mutex_lock(&peers->lock);
	g_queue_unlink(&peers->open, &peer->link);
	(void)pthread_mutex_unlock(&peers->lock);
	g_free(peer);
}

void peer_begins(Peer *peer)
{
	atomic_store(&peer->busy, true);
	atomic_fetch_add(&peer->calls, 1);
}

void peer_ends(Peer *peer)
{
	atomic_store(&peer->busy, false);
}

/* Who has connected a moment ago is about to say something, unless it is one that waits in dockerd for its first use. */
static bool idle(const Peer *peer)
{
	int unread = 0;

	if (atomic_load(&peer->busy) || ioctl(peer->fd, FIONREAD, &unread) < 0 || unread)
		return false;
	return atomic_load(&peer->calls) || g_get_monotonic_time() - peer->since_us >= LIMIT_FIRST_WORD_MS * MS_US;
}

/* Not closed: dockerd might be writing a call, which would be lost, and asked again without its body.  After this what was written is
 * still read, and what is not yet cannot be written: then dockerd takes another connection (unix(7), net/http shouldRetryRequest). */
static void let_go(Peer *peer)
{
	unsigned seen = atomic_load(&peer->calls) + 1;
	bool still = idle(peer);

	if (still && peer->seen == seen)
		(void)shutdown(peer->fd, SHUT_RD);
	peer->seen = still ? seen : 0;
}

void peers_let_go(Peers *peers)
{
	(void)pthread_mutex_lock(&peers->lock);
	for (GList *link = peers->open.head; link; link = link->next)
		let_go(link->data);
	(void)pthread_mutex_unlock(&peers->lock);
}

unsigned peers_count(Peers *peers, unsigned *ret_idle)
{
	*ret_idle = 0;
	(void)pthread_mutex_lock(&peers->lock);
	for (GList *link = peers->open.head; link; link = link->next)
		*ret_idle += !atomic_load(&((Peer *)link->data)->busy);
	unsigned count = peers->open.length;
	(void)pthread_mutex_unlock(&peers->lock);
	return count;
}
