/* SPDX-License-Identifier: MIT
 *
 * sentinel-proxy: options, the sockets that systemd has passed on, the loop.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include "base/log.h"
#include "base/timer.h"
#include "config.h"
#include "proxy/proxy.h"

#define DOCKER_SOCKET "/run/docker.sock"
#define TICK_US ((uint64_t)1000 * 1000)
#define ACCEPT_MOST 64 /* at a time: others are heard in between */

static int on_connect(sd_event_source *source, int listener, uint32_t events, void *data)
{
	(void)source;
	(void)events;
	for (int i = 0; i < ACCEPT_MOST; i++) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			break;
		connection_begin(data, fd);
	}
	return 0;
}

static void on_room(void *data)
{
	const Proxy *proxy = data;

	for (GList *link = proxy->connections.head, *next; link; link = next) {
		next = link->next;
		connection_retry(link->data);
	}
}

/* What many connections had is the machine's again: malloc(3) keeps what is free between what is not. */
static void give_back(void)
{
	if (mallinfo2().fordblks > LIMIT_SOCKET_SPARE_BYTES)
		(void)malloc_trim(0);
}

static int on_tick(sd_event_source *source, uint64_t now, void *data)
{
	const Proxy *proxy = data;

	(void)now;
	for (GList *link = proxy->connections.head, *next; link; link = next) {
		next = link->next;
		connection_tick(link->data, g_get_monotonic_time());
	}
	judge_link_tick(proxy->judge);
	give_back();
	return timer_start(source, TICK_US);
}

/* A name as in config.yaml and in the trail. */
static bool is_name(const char *name)
{
	size_t length = strlen(name);

	return length && length <= LIMIT_POLICY_NAME && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == length;
}

static bool add_door(Proxy *proxy, int fd, const char *name)
{
	Door *door = g_new0(Door, 1);

	*door = (Door){ .proxy = proxy, .name = g_strdup(name) };
	int r = !is_name(name) || sd_is_socket_unix(fd, SOCK_STREAM, 1, NULL, 0) <= 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0 ? -EINVAL : sd_event_add_io(proxy->event, &door->source, fd, EPOLLIN, on_connect, door);
	if (r < 0)
		log_error("the socket \"%s\" cannot be served: %s", name, g_strerror(-r));
	return r >= 0;
}

static bool add_doors(Proxy *proxy)
{
	char **names = NULL;
	int count = sd_listen_fds_with_names(1, &names);

	if (count <= 0)
		log_error("systemd passed no socket: sentinel-proxy is started by a unit sentinel-proxy@NAME.socket");
	bool good = count > 0;
	for (int i = 0; i < count; i++) {
		good = good && add_door(proxy, SD_LISTEN_FDS_START + i, names[i]);
		free(names[i]);
	}
	free(names);
	return good;
}

static bool set_up(Proxy *proxy, const char *judge)
{
	sigset_t signals;
	int r;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	if ((r = sd_event_default(&proxy->event)) < 0 || (r = sd_event_add_signal(proxy->event, NULL, SIGTERM, NULL, NULL)) < 0 ||
		(r = sd_event_add_signal(proxy->event, NULL, SIGINT, NULL, NULL)) < 0 || (r = timer_new(proxy->event, &proxy->tick, on_tick, proxy)) < 0 ||
		(r = timer_start(proxy->tick, TICK_US)) < 0) {
		log_error("the event loop cannot be set up: %s", g_strerror(-r));
		return false;
	}
	if (!peer_host_look("/proc", &proxy->host)) {
		log_error("the first process cannot be looked at, so nobody can be known: /proc must show all processes");
		return false;
	}
	proxy->arena = arena_new();
	proxy->scratch = g_malloc(LIMIT_SOCKET_READ_BYTES);
	proxy->users = g_hash_table_new(NULL, NULL);
	g_queue_init(&proxy->connections);
	proxy->judge = judge_link_new(proxy->event, judge, on_room, proxy);
	return add_doors(proxy);
}

static int run(Proxy *proxy, const char *judge)
{
	if (!set_up(proxy, judge))
		return EXIT_FAILURE;
	(void)sd_notify(0, "READY=1");
	int r = sd_event_loop(proxy->event);
	(void)sd_notify(0, "STOPPING=1");
	while (proxy->connections.head)
		connection_end(proxy->connections.head->data);
	judge_link_free(proxy->judge);
	peer_host_clear(&proxy->host);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	g_autofree char *docker = NULL, *judge = NULL;
	gboolean version = FALSE;
	const GOptionEntry entries[] = {
		{ "docker", 0, 0, G_OPTION_ARG_FILENAME, &docker, "Docker's socket (" DOCKER_SOCKET ")", "PATH" },
		{ "judge", 0, 0, G_OPTION_ARG_FILENAME, &judge, "The judge's socket (" JUDGE_SOCKET ")", "PATH" },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- serve sockets that speak Docker's API");
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error) || argc > 1) {
		(void)fprintf(stderr, "sentinel-proxy: %s: see sentinel-proxy --help\n", error ? error->message : "it takes options only");
		return 2;
	}
	if (version) {
		(void)printf("sentinel-proxy %s\n", SENTINEL_VERSION);
		return EXIT_SUCCESS;
	}
	/* Bodies and credentials pass through this process. */
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	(void)prctl(PR_SET_DUMPABLE, 0);
	Proxy proxy = { .docker = docker ? docker : DOCKER_SOCKET };
	return run(&proxy, judge ? judge : JUDGE_SOCKET);
}
