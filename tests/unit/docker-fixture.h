/* SPDX-License-Identifier: MIT
 *
 * A Docker of the test's own on a Unix socket, and questions to it.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/limits.h"
#include "docker/lookups.h"
#include "scratch.h"

#define SLOW_US ((gint64)(LIMIT_FACT_MS + 1000) * 1000)

/* One call a connection; the answer is by the path. */
typedef struct FakeDocker {
	char *path;
	int listener;
	pthread_t thread;
	_Atomic unsigned calls, marked, pings;
	_Atomic bool frozen; /* takes calls and answers none */
	_Atomic int events; /* the open event stream, -1: none */
	_Atomic bool ending;
} FakeDocker;

static void answer(int fd, const char *status, const char *body)
{
	g_autofree char *text = g_strdup_printf("HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s", status, strlen(body), body);

	(void)send(fd, text, strlen(text), MSG_NOSIGNAL); /* who asked may be gone: what it was asked for is looked at there */
}

/* An event on the open stream; it is not there, or nobody hears it: that is a failure of the test's, not its end. */
static G_GNUC_UNUSED void tell_event(FakeDocker *docker, const char *chunk)
{
	g_assert_cmpint(send(atomic_load(&docker->events), chunk, strlen(chunk), MSG_NOSIGNAL), ==, (ssize_t)strlen(chunk));
}

/* Of so many bytes; who asked may hang up before the end. */
static void answer_long(int fd, size_t length)
{
	g_autofree char *body = g_strnfill(length, ' '), *head = g_strdup_printf("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", length);
	ssize_t sent = send(fd, head, strlen(head), MSG_NOSIGNAL);

	body[0] = '{';
	body[length - 1] = '}';
	for (size_t at = 0; at < length && sent > 0; at += (size_t)MAX(sent, 0))
		sent = send(fd, body + at, length - at, MSG_NOSIGNAL);
}

/* As of a volume or a container that something else holds. */
static gpointer answer_late(gpointer data)
{
	int fd = GPOINTER_TO_INT(data);

	g_usleep(SLOW_US);
	answer(fd, "200 OK", "{\"Name\":\"slow\",\"Driver\":\"local\"}");
	(void)close(fd);
	return NULL;
}

/* What it has besides, by the path at which Docker has it. */
static bool has(const char *request)
{
	static const char *const calls[] = {
		"GET /volumes/there ", "GET /containers/there/json ", "GET /containers/json?all=1 ", "GET /images/there/json ", "GET /images/json ", "GET /networks/there ",
		"GET /version ", "GET /exec/there/json ", "GET /services/there ", "GET /info ",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(calls); i++)
		if (g_str_has_prefix(request, calls[i]))
			return true;
	return false;
}

/* Images whose bytes it has: the fifth of this platform alone. */
static bool hands_out(const char *request)
{
	static const char *const calls[] = {
		"GET /images/sha256:1/get ", "GET /images/sha256:5/get?platform=%7B%22os%22%3A%22linux%22%2C%22architecture%22%3A%22arm%22%2C%22variant%22%3A%22v7%22%7D ",
		"GET /images/sha256:6/get ",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(calls); i++)
		if (g_str_has_prefix(request, calls[i]))
			return true;
	return false;
}

static bool serve(FakeDocker *docker, int fd)
{
	char request[4096];
	ssize_t got = read(fd, request, sizeof request - 1);

	if (got <= 0)
		return false; /* somebody looked whether anybody listens */
	request[got] = 0;
	if (strstr(request, LOOKUP_HEADER ": "))
		atomic_fetch_add(&docker->marked, 1);
	if (atomic_load(&docker->frozen) || g_str_has_prefix(request, "GET /volumes/silent "))
		return true;
	if (g_str_has_prefix(request, "GET /_ping ")) {
		atomic_fetch_add(&docker->pings, 1);
		answer(fd, "200 OK", "OK");
		return false;
	}
	if (g_str_has_prefix(request, "GET /volumes/slow ")) {
		g_thread_unref(g_thread_new("slow", answer_late, GINT_TO_POINTER(fd)));
		return true;
	}
	if (g_str_has_prefix(request, "GET /volumes/hangs-up "))
		return false;
	if (g_str_has_prefix(request, "GET /events")) {
		static const char head[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
		atomic_store(&docker->events, fd); /* first: who has read the head may want to write an event */
		(void)send(fd, head, strlen(head), MSG_NOSIGNAL);
		return true;
	}
	atomic_fetch_add(&docker->calls, 1);
	if (g_str_has_prefix(request, "GET /volumes/data "))
		answer(fd, "200 OK", "{\"Name\":\"data\",\"Driver\":\"local\"}");
	else if (g_str_has_prefix(request, "GET /volumes/longest "))
		answer_long(fd, LIMIT_FACT_BYTES);
	else if (g_str_has_prefix(request, "GET /volumes/longer "))
		answer_long(fd, (size_t)LIMIT_FACT_BYTES + 1);
	else if (g_str_has_prefix(request, "GET /images/sha256:2/get "))
		return true;
	else if (g_str_has_prefix(request, "GET /images/a/b%3Fc/json "))
		answer(fd, "200 OK", "{\"Config\":{\"User\":\"7\"}}");
	else if (g_str_has_prefix(request, "GET /containers/refused/json ") || g_str_has_prefix(request, "GET /images/sha256:3/get "))
		answer(fd, "500 No", "{\"message\":\"no\"}");
	else if (has(request))
		answer(fd, "200 OK", "{}");
	else if (g_str_has_prefix(request, "GET /images/sha256:5/json ")) /* of several platforms */
		answer(fd, "200 OK\r\nApi-Version: 1.48", "{\"Id\":\"sha256:5\",\"Os\":\"linux\",\"Architecture\":\"arm\",\"Variant\":\"v7\",\"Size\":4096,\"RootFS\":{\"Type\":\"layers\",\"Layers\":[\"a\",\"b\"]}}");
	else if (g_str_has_prefix(request, "GET /images/sha256:6/json ")) /* a Docker that does not take it */
		answer(fd, "200 OK\r\nApi-Version: 1.47", "{\"Id\":\"sha256:6\",\"Os\":\"linux\",\"Architecture\":\"amd64\"}");
	else if (hands_out(request))
		answer(fd, "200 OK", "the image");
	else
		answer(fd, "404 Not Found", "{\"message\":\"no such thing\"}");
	return false;
}

static void *run(void *data)
{
	FakeDocker *docker = data;
	int fd;

	while (!atomic_load(&docker->ending) && (fd = accept(docker->listener, NULL, NULL)) >= 0)
		if (!serve(docker, fd))
			(void)close(fd);
	return NULL;
}

static void fake_start(FakeDocker *docker, const char *dir)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	*docker = (FakeDocker){ .path = g_build_filename(dir, "docker.sock", NULL), .events = -1 };
	(void)g_strlcpy(address.sun_path, docker->path, sizeof address.sun_path);
	docker->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(docker->listener, (const struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(docker->listener, 16), ==, 0);
	g_assert_cmpint(pthread_create(&docker->thread, NULL, run, docker), ==, 0);
}

static void fake_stop(FakeDocker *docker)
{
	atomic_store(&docker->ending, true);
	(void)shutdown(docker->listener, SHUT_RDWR);
	(void)pthread_join(docker->thread, NULL);
	(void)close(docker->listener);
	g_free(docker->path);
}

typedef struct Fixture {
	sd_event *event;
	Lookups *lookups;
	FakeDocker docker;
	char *dir;
	Arena *arena;
	_Atomic bool done;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
	(void)data;
	f->dir = scratch_new();
	f->arena = arena_new();
	fake_start(&f->docker, f->dir);
	g_autofree char *host = g_strconcat("unix://", f->docker.path, NULL);
	g_assert_cmpint(sd_event_new(&f->event), >=, 0);
	f->lookups = lookups_new(f->event, host, true, NULL);
	g_assert_nonnull(f->lookups);
}

static void tear_down(Fixture *f, gconstpointer data)
{
	(void)data;
	lookups_free(f->lookups);
	fake_stop(&f->docker);
	sd_event_unref(f->event);
	arena_free(f->arena);
	scratch_free(f->dir);
}

static void on_done(void *data)
{
	atomic_store((_Atomic bool *)data, true);
}

static void spin(Fixture *f, unsigned ms)
{
	(void)sd_event_run(f->event, (uint64_t)ms * 1000);
}

static Fact ask(Fixture *f, FactKind kind, const char *name)
{
	const Lookup *lookup = lookups_get(f->lookups);
	Fact fact = { .kind = kind, .name = name };
	FactList list = { &fact, 1 };

	if (lookup->recall(lookup->data, &list, f->arena))
		return fact;
	atomic_store(&f->done, false);
	lookup->ask(lookup->data, &list, f->arena, on_done, &f->done);
	while (!atomic_load(&f->done))
		spin(f, 100);
	return fact;
}
