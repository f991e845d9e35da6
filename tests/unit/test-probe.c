/* SPDX-License-Identifier: MIT
 *
 * Whether Docker asks this process: Dockers that ask, that do not, that refuse, are silent, are gone, and that are asked by several.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/limits.h"
#include "core/diagnose.h"
#include "docker/lookups.h"
#include "scratch.h"

#define SHOWN_BYTES 16

typedef enum Manner { ASKS, ASKS_THEN_DENIES, ASKS_THEN_HANGS, DOES_NOT_ASK, ASKS_WITHOUT_NUMBER, ASKS_WITH_ANOTHER, ASKS_WITH_A_GUESS, DENIES, FAILS, HANGS, CLOSES, SHOWS } Manner;

typedef struct FakeDocker {
	char *path;
	int listener;
	pthread_t thread;
	const Lookup *lookup;
	_Atomic Manner manner;
	_Atomic bool ending;
	_Atomic unsigned bodies; /* large ones that came */
	GPtrArray *held; /* connections that get no answer */
} FakeDocker;

/* What comes back to the plugin, in the header of the question. */
static void come_back(const FakeDocker *docker, Manner manner, const char *request)
{
	const char *at = strstr(request, LOOKUP_HEADER ": ");
	g_assert_nonnull(at);
	at += strlen(LOOKUP_HEADER ": ");
	g_autofree char *mark = g_strndup(at, strcspn(at, "\r")), *bare = g_strndup(mark, strcspn(mark, "-"));
	g_autofree char *another = g_strconcat(bare, "-4000000000", NULL), *guess = g_strconcat("00000000000000000000000000000000", mark + strlen(bare), NULL);

	switch (manner) {
	case ASKS:
	case ASKS_THEN_DENIES:
	case ASKS_THEN_HANGS:
		g_assert_true(docker->lookup->is_own(docker->lookup->data, mark, false));
		break;
	case ASKS_WITHOUT_NUMBER:
		g_assert_true(docker->lookup->is_own(docker->lookup->data, bare, false));
		break;
	case ASKS_WITH_ANOTHER:
		g_assert_true(docker->lookup->is_own(docker->lookup->data, another, false));
		break;
	case ASKS_WITH_A_GUESS:
		g_assert_false(docker->lookup->is_own(docker->lookup->data, guess, false));
		break;
	default:
		break;
	}
}

/* A ping with a large body: read to its end, shown or not. */
static void take_body(FakeDocker *docker, int fd, const char *request, size_t got)
{
	const char *length = strstr(request, "Content-Length: "), *body = strstr(request, "\r\n\r\n");
	char rest[65536];

	g_assert_true(length && body);
	size_t wanted = strtoul(length + strlen("Content-Length: "), NULL, 10), have = got - (size_t)(body + 4 - request);
	g_assert_cmpuint(wanted, ==, 1024 * 1024);
	for (ssize_t more; have < wanted && (more = read(fd, rest, sizeof rest)) > 0; have += (size_t)more)
		;
	g_assert_cmpuint(have, ==, wanted);
	const char *at = strstr(request, LOOKUP_HEADER ": ") + strlen(LOOKUP_HEADER ": ");
	g_autofree char *mark = g_strndup(at, strcspn(at, "\r"));
	if (atomic_load(&docker->manner) != DOES_NOT_ASK)
		g_assert_true(docker->lookup->is_own(docker->lookup->data, mark, atomic_load(&docker->manner) == SHOWS));
	atomic_fetch_add(&docker->bodies, 1);
}

static bool serve(FakeDocker *docker, int fd)
{
	static const char version[] = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 19\r\n\r\n{\"Version\":\"1.2.3\"}";
	static const char done[] = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nOK";
	static const char denied[] = "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno";
	static const char failed[] = "HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno";
	char request[4096];
	ssize_t got = read(fd, request, sizeof request - 1);

	if (got <= 0)
		return false;
	request[got] = 0;
	if (g_str_has_prefix(request, "GET /version "))
		return write(fd, version, strlen(version)) < 0;
	if (!g_str_has_prefix(request, "GET /_ping "))
		return true; /* the event stream */
	Manner manner = atomic_load(&docker->manner);
	if (strstr(request, "Content-Length: "))
		take_body(docker, fd, request, (size_t)got);
	else
		come_back(docker, manner, request);
	if (manner == HANGS || manner == ASKS_THEN_HANGS)
		return true;
	const char *text = manner == DENIES || manner == ASKS_THEN_DENIES ? denied : manner == FAILS ? failed : done;
	if (manner != CLOSES)
		g_assert_cmpint(write(fd, text, strlen(text)), >, 0);
	return false;
}

static void *run(void *data)
{
	FakeDocker *docker = data;
	int fd;

	while (!atomic_load(&docker->ending) && (fd = accept(docker->listener, NULL, NULL)) >= 0) {
		if (serve(docker, fd))
			g_ptr_array_add(docker->held, GINT_TO_POINTER(fd));
		else
			(void)close(fd);
	}
	return NULL;
}

typedef struct Fixture {
	sd_event *event;
	Lookups *lookups;
	FakeDocker docker;
	char *dir;
	unsigned answers;
	Probe probe;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)data;
	f->dir = scratch_new();
	f->docker = (FakeDocker){ .path = g_build_filename(f->dir, "docker.sock", NULL), .held = g_ptr_array_new() };
	(void)g_strlcpy(address.sun_path, f->docker.path, sizeof address.sun_path);
	f->docker.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(f->docker.listener, (const struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(f->docker.listener, 16), ==, 0);
	g_autofree char *host = g_strconcat("unix://", f->docker.path, NULL);
	g_assert_cmpint(sd_event_new(&f->event), >=, 0);
	f->lookups = lookups_new(f->event, host, true, NULL);
	f->docker.lookup = lookups_get(f->lookups);
	g_assert_cmpint(pthread_create(&f->docker.thread, NULL, run, &f->docker), ==, 0);
}

static void docker_ends(Fixture *f)
{
	if (atomic_exchange(&f->docker.ending, true))
		return;
	(void)shutdown(f->docker.listener, SHUT_RDWR);
	(void)pthread_join(f->docker.thread, NULL);
	(void)close(f->docker.listener);
	for (guint i = 0; i < f->docker.held->len; i++)
		(void)close(GPOINTER_TO_INT(g_ptr_array_index(f->docker.held, i)));
	(void)unlink(f->docker.path);
}

static void tear_down(Fixture *f, gconstpointer data)
{
	(void)data;
	docker_ends(f);
	lookups_free(f->lookups);
	g_ptr_array_unref(f->docker.held);
	g_free(f->docker.path);
	sd_event_unref(f->event);
	scratch_free(f->dir);
}

static void on_probe(Probe probe, void *data)
{
	Fixture *f = data;

	f->probe = probe;
	f->answers++;
}

static Probe probe(Fixture *f)
{
	f->answers = 0;
	f->docker.lookup->probe(f->docker.lookup->data, on_probe, f);
	while (!f->answers)
		(void)sd_event_run(f->event, 100000);
	g_assert_cmpuint(f->answers, ==, 1);
	return f->probe;
}

static void test_manners(Fixture *f, gconstpointer data)
{
	static const struct { Manner manner; Probe probe; const char *serving, *elsewhere; } rows[] = {
		{ ASKS, PROBE_ASKED, "asked", "asked" }, { DOES_NOT_ASK, PROBE_UNASKED, "unasked", "elsewhere" },
		{ ASKS, PROBE_ASKED, "asked", "asked" }, /* again */
		{ ASKS_THEN_DENIES, PROBE_ASKED, "asked", "asked" }, /* another plugin */
		{ ASKS_THEN_HANGS, PROBE_ASKED, "asked", "asked" },
		{ ASKS_WITHOUT_NUMBER, PROBE_UNASKED, "unasked", "elsewhere" }, { ASKS_WITH_ANOTHER, PROBE_UNASKED, "unasked", "elsewhere" },
		{ ASKS_WITH_A_GUESS, PROBE_UNASKED, "unasked", "elsewhere" }, { DENIES, PROBE_REFUSED, "refused", "refused" },
		{ FAILS, PROBE_REFUSED, "refused", "refused" }, { HANGS, PROBE_SILENT, "unknown", "unknown" }, { CLOSES, PROBE_SILENT, "unknown", "unknown" },
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		atomic_store(&f->docker.manner, rows[i].manner);
		g_assert_cmpint(probe(f), ==, rows[i].probe);
		g_assert_cmpstr(guarded(rows[i].probe, true)->word, ==, rows[i].serving);
		g_assert_cmpstr(guarded(rows[i].probe, false)->word, ==, rows[i].elsewhere);
		/* Nothing but the proof says that all is well. */
		g_assert_true((guarded(rows[i].probe, true)->status == CHECK_OK) == (rows[i].probe == PROBE_ASKED));
		g_assert_true((guarded(rows[i].probe, false)->status == CHECK_OK) == (rows[i].probe == PROBE_ASKED));
	}
	docker_ends(f);
	g_assert_cmpint(probe(f), ==, PROBE_NOBODY);
	g_assert_nonnull(strstr(guarded(PROBE_NOBODY, true)->message, "not known"));
}

/* How long a Docker that hangs is waited for. */
static void test_patience(Fixture *f, gconstpointer data)
{
	(void)data;
	atomic_store(&f->docker.manner, HANGS);
	int64_t before = g_get_monotonic_time();
	g_assert_cmpint(probe(f), ==, PROBE_SILENT);
	int64_t took_ms = (g_get_monotonic_time() - before) / 1000;
	g_assert_cmpint(took_ms, >=, LIMIT_PROBE_MS - 100);
	g_assert_cmpint(took_ms, <, LIMIT_PROBE_MS * 3);
}

/* What one sees is not the other's: only the first of two comes back. */
static void test_several(Fixture *f, gconstpointer data)
{
	Fixture first = { .probe = PROBE_SILENT }, second = first;
	const Lookup *lookup = f->docker.lookup;

	(void)data;
	atomic_store(&f->docker.manner, ASKS_THEN_HANGS);
	lookup->probe(lookup->data, on_probe, &first);
	for (int i = 0; i < 5; i++)
		(void)sd_event_run(f->event, 50000);
	atomic_store(&f->docker.manner, DOES_NOT_ASK);
	lookup->probe(lookup->data, on_probe, &second);
	while (!second.answers)
		(void)sd_event_run(f->event, 100000);
	g_assert_cmpint(second.probe, ==, PROBE_UNASKED);
	g_assert_cmpuint(first.answers, ==, 0);
	lookups_stop(f->lookups); /* what waits is answered */
	g_assert_cmpuint(first.answers, ==, 1);
	g_assert_cmpint(first.probe, ==, PROBE_ASKED);
}

static void note_version(const char *version, void *data)
{
	(void)g_strlcpy(data, version, SHOWN_BYTES);
}

/* Not by a version: a Docker that hides large bodies, one that shows them, and ones that cannot tell. */
static void test_bodies(Fixture *f, gconstpointer data)
{
	static const struct { Manner manner; Bodies bodies; } rows[] = {
		{ DOES_NOT_ASK, BODIES_UNKNOWN }, { ASKS, BODIES_HIDDEN }, { SHOWS, BODIES_SHOWN }, { ASKS_THEN_DENIES, BODIES_UNKNOWN },
	};
	const Lookup *lookup = f->docker.lookup;

	g_assert_cmpint(lookup->bodies(lookup->data), ==, BODIES_UNKNOWN);
	atomic_store(&f->docker.manner, rows[GPOINTER_TO_INT(data)].manner);
	char version[SHOWN_BYTES] = "";
	lookups_set_version_observer(f->lookups, note_version, version);
	g_assert_false(lookup->met(lookup->data));
	lookups_listen(f->lookups);
	int64_t until = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
	while (!atomic_load(&f->docker.bodies) && g_get_monotonic_time() < until)
		g_assert_cmpint(sd_event_run(f->event, 10000), >=, 0);
	g_assert_cmpuint(atomic_load(&f->docker.bodies), ==, 1);
	g_assert_cmpstr(version, ==, "1.2.3");
	until = g_get_monotonic_time() + G_USEC_PER_SEC / 2;
	while (lookup->bodies(lookup->data) == BODIES_UNKNOWN && g_get_monotonic_time() < until)
		g_assert_cmpint(sd_event_run(f->event, 10000), >=, 0);
	g_assert_cmpint(lookup->bodies(lookup->data), ==, rows[GPOINTER_TO_INT(data)].bodies);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/probe/manners", Fixture, NULL, set_up, test_manners, tear_down);
	g_test_add("/probe/patience", Fixture, NULL, set_up, test_patience, tear_down);
	g_test_add("/probe/several", Fixture, NULL, set_up, test_several, tear_down);
	g_test_add("/probe/bodies/not-asked", Fixture, GINT_TO_POINTER(0), set_up, test_bodies, tear_down);
	g_test_add("/probe/bodies/hidden", Fixture, GINT_TO_POINTER(1), set_up, test_bodies, tear_down);
	g_test_add("/probe/bodies/shown", Fixture, GINT_TO_POINTER(2), set_up, test_bodies, tear_down);
	g_test_add("/probe/bodies/denied", Fixture, GINT_TO_POINTER(3), set_up, test_bodies, tear_down);
	return g_test_run();
}
