/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <systemd/sd-event.h>
#include <unistd.h>
#include "authz/judge-client.h"
#include "authz/listen.h"
#include "base/error.h"
#include "base/log.h"

#define EVERYBODY 0666 /* may connect: who it is, the kernel says */

static void wake(Judge *judge)
{
	const uint64_t one = 1;

	(void)!write(judge->wake, &one, sizeof one);
}

void judge_resume(void *data)
{
	JudgeCall *call = data;
	Judge *judge = call->judge;

	(void)pthread_mutex_lock(&judge->lock);
	g_queue_push_tail(&judge->ready, call);
	(void)pthread_mutex_unlock(&judge->lock);
	wake(judge);
}

static JudgeCall *next_ready(Judge *judge)
{
	(void)pthread_mutex_lock(&judge->lock);
	JudgeCall *call = g_queue_pop_head(&judge->ready);
	(void)pthread_mutex_unlock(&judge->lock);
	return call;
}

static int on_wake(sd_event_source *source, int fd, uint32_t events, void *data)
{
	Judge *judge = data;
	JudgeCall *call;
	uint64_t count;

	(void)events;
	(void)!read(fd, &count, sizeof count);
	while ((call = next_ready(judge)))
		judge_go_on(call);
	if (atomic_load(&judge->stopping) && !judge->waiting)
		(void)sd_event_exit(sd_event_source_get_event(source), 0);
	return 0;
}

/* Whether the peer may ask: what it says of callers is believed. */
static bool is_proxy(int fd)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
		return false;
	if (peer.uid == 0 || peer.uid == geteuid() || peer.uid == user_find(USER_DATABASE, USER_PROXY))
		return true;
	log_warning("closed a connection of uid %u (pid %d) to the judge: only sockets of Sentinel's may ask", (unsigned)peer.uid, (int)peer.pid);
	return false;
}

static int on_connect(sd_event_source *source, int fd, uint32_t events, void *data)
{
	Judge *judge = data;
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)source;
	(void)events;
	if (peer < 0)
		return 0;
	if (atomic_load(&judge->stopping) || judge->clients->len >= LIMIT_JUDGE_PROXIES || !is_proxy(peer) || !judge_client_add(judge, peer))
		(void)close(peer);
	return 0;
}

static void *run(void *data)
{
	Judge *judge = data;

	(void)sd_event_loop(judge->event);
	return NULL;
}

static bool set_up(Judge *judge, const char *path, GError **error)
{
	int r = 0;

	judge->listen = listen_at(path, SOCK_SEQPACKET, error);
	if (judge->listen < 0)
		return false;
	judge->path = g_strdup(path);
	(void)chmod(path, EVERYBODY);
	judge->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (judge->wake < 0 || (r = sd_event_new(&judge->event)) < 0 || (r = sd_event_add_io(judge->event, NULL, judge->listen, EPOLLIN, on_connect, judge)) < 0 ||
		(r = sd_event_add_io(judge->event, NULL, judge->wake, EPOLLIN, on_wake, judge)) < 0 || (r = -pthread_create(&judge->thread, NULL, run, judge)) < 0) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "the judge of sockets cannot be started: %s", g_strerror(r ? -r : errno));
		return false;
	}
	judge->runs = true;
	return true;
}

Judge *judge_start(const Plugin *plugin, const char *path, GError **error)
{
	Judge *judge = g_new0(Judge, 1);

	judge->plugin = *plugin;
	judge->plugin.parting = &plugin_ending;
	judge->foreign = judge->plugin;
	judge->foreign.lookup = NULL;
	judge->foreign.pulls = NULL;
	judge->foreign.builds = NULL;
	judge->foreign.pushes = NULL;
	judge->foreign.pinning = NULL;
	judge->listen = judge->wake = -1;
	judge->accounts = accounts_new();
	judge->clients = g_ptr_array_new();
	judge->packet = g_malloc(LIMIT_JUDGE_PACKET_BYTES);
	(void)pthread_mutex_init(&judge->lock, NULL);
	g_queue_init(&judge->ready);
	if (set_up(judge, path, error))
		return judge;
	judge_stop(judge);
	return NULL;
}

void judge_stop(Judge *judge)
{
	if (!judge)
		return;
	if (judge->path)
		(void)unlink(judge->path);
	atomic_store(&judge->plugin.leaving, LEAVING_NOW);
	atomic_store(&judge->foreign.leaving, LEAVING_NOW);
	atomic_store(&judge->stopping, true);
	if (judge->runs) {
		wake(judge);
		(void)pthread_join(judge->thread, NULL);
	}
	while (judge->clients->len)
		judge_client_end(judge->clients->pdata[0]);
	(void)sd_event_unref(judge->event);
	if (judge->listen >= 0)
		(void)close(judge->listen);
	if (judge->wake >= 0)
		(void)close(judge->wake);
	(void)pthread_mutex_destroy(&judge->lock);
	accounts_free(judge->accounts);
	g_ptr_array_unref(judge->clients);
	g_free(judge->packet);
	g_free(judge->path);
	g_free(judge);
}
