/* SPDX-License-Identifier: MIT
 *
 * Questions to a Docker of the test's own, on a Unix socket: prompt, silent, absent, telling of changes.
 */
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
		(void)send(fd, head, strlen(head), MSG_NOSIGNAL);
		atomic_store(&docker->events, fd);
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
	else if (g_str_has_prefix(request, "GET /images/sha256:1/get "))
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

static void test_answers(Fixture *f, gconstpointer data)
{
	(void)data;
	Fact fact = ask(f, FACT_VOLUME, "data");
	g_assert_cmpint(fact.state, ==, FACT_KNOWN);
	g_assert_nonnull(strstr(fact.json, "\"local\""));
	g_assert_cmpint(ask(f, FACT_VOLUME, "absent").state, ==, FACT_ABSENT);
	g_assert_cmpint(ask(f, FACT_IMAGE, "a/b?c").state, ==, FACT_KNOWN);
	g_assert_cmpint(ask(f, FACT_VOLUME, "longest").state, ==, FACT_KNOWN);
	g_assert_cmpint(ask(f, FACT_VOLUME, "longer").state, ==, FACT_FAILED);
	g_assert_cmpint(ask(f, FACT_VOLUME, "../images/x").state, ==, FACT_ABSENT); /* one name, escaped */
	g_assert_cmpint(ask(f, FACT_CONTAINER, "refused").state, ==, FACT_FAILED);
	g_assert_cmpuint(atomic_load(&f->docker.marked), >=, 5);
}

/* An answer is passed on when it is there: each of these once waited for a timer that was late by a quarter of a second. */
static void test_prompt(Fixture *f, gconstpointer data)
{
	gint64 start = g_get_monotonic_time();

	(void)data;
	for (int i = 0; i < 40; i++) {
		g_autofree char *name = g_strdup_printf("absent-%d", i); /* never one that is kept */
		g_assert_cmpint(ask(f, FACT_VOLUME, name).state, ==, FACT_ABSENT);
	}
	g_assert_cmpint((g_get_monotonic_time() - start) / 1000, <, 5000); /* it would be ten seconds */
}

/* A Docker that is alive is waited for, but not for ever. */
static void test_silence(Fixture *f, gconstpointer data)
{
	gint64 start = g_get_monotonic_time();

	(void)data;
	lookups_set_patience(f->lookups, 4);
	g_assert_cmpint(ask(f, FACT_VOLUME, "silent").state, ==, FACT_FAILED);
	g_assert_cmpint((g_get_monotonic_time() - start) / 1000, >=, 4000);
	g_assert_cmpint((g_get_monotonic_time() - start) / 1000, <, 8000);
	g_assert_cmpuint(atomic_load(&f->docker.pings), >=, 1);
}

/* ... as long as Docker itself would have waited: its answer counts when it comes. */
static void test_slow(Fixture *f, gconstpointer data)
{
	gint64 start = g_get_monotonic_time();

	(void)data;
	g_assert_cmpint(ask(f, FACT_VOLUME, "slow").state, ==, FACT_KNOWN);
	g_assert_cmpint(g_get_monotonic_time() - start, >, SLOW_US);
}

/* One that does not answer a ping either is gone: nobody waits for the whole time. */
static void test_frozen(Fixture *f, gconstpointer data)
{
	gint64 start = g_get_monotonic_time();

	(void)data;
	atomic_store(&f->docker.frozen, true);
	g_assert_cmpint(ask(f, FACT_VOLUME, "silent").state, ==, FACT_FAILED);
	g_assert_cmpint((g_get_monotonic_time() - start) / 1000, <, 4 * LIMIT_FACT_MS);
}

/* One that hangs up: at once. */
static void test_hung_up(Fixture *f, gconstpointer data)
{
	gint64 start = g_get_monotonic_time();

	(void)data;
	g_assert_cmpint(ask(f, FACT_VOLUME, "hangs-up").state, ==, FACT_FAILED);
	g_assert_cmpint((g_get_monotonic_time() - start) / 1000, <, LIMIT_FACT_PULSE_MS);
}

static void test_kept(Fixture *f, gconstpointer data)
{
	static const char event[] = "27\r\n{\"Type\":\"volume\",\"Action\":\"destroy\"}\n\r\n";

	(void)data;
	g_assert_cmpint(ask(f, FACT_VOLUME, "data").state, ==, FACT_KNOWN);
	for (int i = 0; i < 100 && atomic_load(&f->docker.events) < 0; i++)
		spin(f, 20);
	for (int i = 0; i < 10; i++)
		spin(f, 5);
	(void)ask(f, FACT_VOLUME, "data"); /* kept from now on: the stream is heard */
	unsigned calls = atomic_load(&f->docker.calls);
	for (int i = 0; i < 5; i++)
		g_assert_cmpint(ask(f, FACT_VOLUME, "data").state, ==, FACT_KNOWN);
	g_assert_cmpuint(atomic_load(&f->docker.calls), ==, calls);

	g_assert_cmpint(write(atomic_load(&f->docker.events), event, strlen(event)), ==, (ssize_t)strlen(event));
	for (int i = 0; i < 10; i++)
		spin(f, 5);
	(void)ask(f, FACT_VOLUME, "data");
	g_assert_cmpuint(atomic_load(&f->docker.calls), ==, calls + 1);

	(void)close(atomic_load(&f->docker.events)); /* not heard any more: nothing is kept */
	for (int i = 0; i < 10; i++)
		spin(f, 5);
	(void)ask(f, FACT_VOLUME, "data");
	(void)ask(f, FACT_VOLUME, "data");
	g_assert_cmpuint(atomic_load(&f->docker.calls), ==, calls + 3);
}

/* Whether an answer comes from what is kept. */
static bool is_kept(Fixture *f, FactKind kind, const char *name)
{
	unsigned calls = atomic_load(&f->docker.calls);

	(void)ask(f, kind, name);
	return atomic_load(&f->docker.calls) == calls;
}

/* An event makes stale what it is about, and nothing else. */
static void test_stale(Fixture *f, gconstpointer data)
{
	static const struct { FactKind kind; const char *name, *type; } rows[] = {
		{ FACT_CONTAINER, "c", "container" }, { FACT_IDS, "containers", "container" }, { FACT_VOLUME, "v", "volume" }, { FACT_IMAGE, "i", "image" },
		{ FACT_NETWORK, "n", "network" }, { FACT_ENGINE, "info", "daemon" },
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *line = g_strdup_printf("{\"Type\":\"%s\",\"Action\":\"x\"}\n", rows[i].type), *chunk = g_strdup_printf("%zx\r\n%s\r\n", strlen(line), line);
		for (size_t j = 0; j < G_N_ELEMENTS(rows); j++)
			for (unsigned tries = 0; !is_kept(f, rows[j].kind, rows[j].name); tries++) {
				g_assert_cmpuint(tries, <, 1000); /* until the stream is heard */
				spin(f, 10);
			}
		g_assert_cmpint(write(atomic_load(&f->docker.events), chunk, strlen(chunk)), ==, (ssize_t)strlen(chunk));
		for (unsigned tries = 0; is_kept(f, rows[i].kind, rows[i].name); tries++) {
			g_assert_cmpuint(tries, <, 1000);
			spin(f, 10);
		}
		for (size_t j = 0; j < G_N_ELEMENTS(rows); j++)
			if (j != i && is_kept(f, rows[j].kind, rows[j].name) != (strcmp(rows[j].type, rows[i].type) != 0))
				g_error("an event of type %s and %s", rows[i].type, rows[j].name);
	}
}

static void test_stopped(Fixture *f, gconstpointer data)
{
	const Lookup *lookup = lookups_get(f->lookups);
	Fact waiting = { .kind = FACT_VOLUME, .name = "silent" }, late = { .kind = FACT_VOLUME, .name = "data" };
	FactList first = { &waiting, 1 }, second = { &late, 1 };
	_Atomic bool first_done = false, second_done = false;

	(void)data;
	lookup->ask(lookup->data, &first, f->arena, on_done, &first_done);
	spin(f, 100);
	lookups_stop(f->lookups);
	lookup->ask(lookup->data, &second, f->arena, on_done, &second_done);
	g_assert_true(first_done && second_done);
	g_assert_cmpint(waiting.state, ==, FACT_FAILED);
	g_assert_cmpint(late.state, ==, FACT_FAILED);
}

static void test_mark(Fixture *f, gconstpointer data)
{
	const Lookup *lookup = lookups_get(f->lookups);

	(void)data;
	g_assert_false(lookup->is_own(lookup->data, "", false));
	g_assert_false(lookup->is_own(lookup->data, "00000000000000000000000000000000", false));
}

/* Where nobody listens: a failure when Docker is required, else the request speaks for itself. */
static void test_nobody(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	Fixture f = { .arena = arena_new() };
	g_autofree char *host = g_strdup_printf("unix://%s/nobody", dir);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(sd_event_new(&f.event), >=, 0);
	f.lookups = lookups_new(f.event, host, true, NULL);
	g_assert_cmpint(ask(&f, FACT_VOLUME, "data").state, ==, FACT_FAILED);
	lookups_free(f.lookups);
	f.lookups = lookups_new(f.event, host, false, NULL);
	g_assert_cmpint(ask(&f, FACT_VOLUME, "data").state, ==, FACT_NOBODY);
	g_assert_cmpint(ask(&f, FACT_VOLUME, "data").state, ==, FACT_NOBODY);
	lookups_free(f.lookups);
	g_assert_null(lookups_new(f.event, "tcp://127.0.0.1:2375", true, &error));
	g_assert_nonnull(strstr(error->message, "unix:///PATH"));
	sd_event_unref(f.event);
	arena_free(f.arena);
}

/* An image comes whole or not at all, under our mark, and not after it was cancelled. */
static void test_save(Fixture *f, gconstpointer data)
{
	static const struct { const char *id, *problem; bool cancelled; } rows[] = {
		{ "sha256:1", NULL, false }, { "sha256:2", "cancelled", true }, { "sha256:3", "HTTP 500", false }, { "sha256:4", "no such image", false },
	};
	const ImageSource source = lookups_image_source(f->lookups);

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *file = g_build_filename(f->dir, "image.tar", NULL);
		_Atomic bool cancelled = rows[i].cancelled;
		FILE *out = fopen(file, "we");
		unsigned marked = atomic_load(&f->docker.marked);
		bool saved = source.save(source.data, rows[i].id, fileno(out), &cancelled, &error);
		(void)fclose(out);
		g_assert_cmpint(saved, ==, !rows[i].problem);
		g_autofree char *text = scratch_get(f->dir, "image.tar");
		g_assert_cmpstr(text, ==, saved ? "the image" : "");
		if (!saved)
			g_assert_nonnull(strstr(error->message, rows[i].problem));
		g_assert_true(rows[i].cancelled || atomic_load(&f->docker.marked) == marked + 1);
	}
}

/* Images that come are told of, those that go are not, and nothing of what other things do. */
static GString *came;

static void on_image(const char *image, void *data)
{
	(void)data;
	g_string_append_printf(came, "%s ", image);
}

static void test_images(Fixture *f, gconstpointer data)
{
	static const char lines[] = "{\"Type\":\"image\",\"Action\":\"tag\",\"Actor\":{\"ID\":\"sha256:1\"}}\n{\"Type\":\"image\",\"Action\":\"untag\",\"Actor\":{\"ID\":\"sha256:2\"}}\n"
				    "{\"Type\":\"container\",\"Action\":\"create\",\"Actor\":{\"ID\":\"x\"}}\n{\"Type\":\"image\",\"Action\":\"pull\",\"Actor\":{\"ID\":\"a:1\"}}\n"
				    "{\"Type\":\"image\",\"Action\":\"save\",\"Actor\":{\"ID\":\"sha256:3\"}}\nnonsense\n{\"Type\":\"image\",\"Action\":\"load\"}\n";
	g_autofree char *chunk = g_strdup_printf("%zx\r\n%s\r\n", strlen(lines), lines);

	(void)data;
	came = g_string_new(NULL);
	lookups_set_image_observer(f->lookups, on_image, NULL);
	lookups_listen(f->lookups);
	for (int i = 0; i < 100 && atomic_load(&f->docker.events) < 0; i++)
		spin(f, 20);
	g_assert_cmpint(write(atomic_load(&f->docker.events), chunk, strlen(chunk)), ==, (ssize_t)strlen(chunk));
	for (int i = 0; i < 20; i++)
		spin(f, 5);
	g_assert_cmpstr(came->str, ==, "sha256:1 a:1 ");
	(void)close(atomic_load(&f->docker.events));
	(void)g_string_free(came, TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/docker/answers", Fixture, NULL, set_up, test_answers, tear_down);
	g_test_add("/docker/silence", Fixture, NULL, set_up, test_silence, tear_down);
	g_test_add("/docker/slow", Fixture, NULL, set_up, test_slow, tear_down);
	g_test_add("/docker/frozen", Fixture, NULL, set_up, test_frozen, tear_down);
	g_test_add("/docker/hung-up", Fixture, NULL, set_up, test_hung_up, tear_down);
	g_test_add("/docker/prompt", Fixture, NULL, set_up, test_prompt, tear_down);
	g_test_add("/docker/kept", Fixture, NULL, set_up, test_kept, tear_down);
	g_test_add("/docker/stale", Fixture, NULL, set_up, test_stale, tear_down);
	g_test_add("/docker/stopped", Fixture, NULL, set_up, test_stopped, tear_down);
	g_test_add("/docker/mark", Fixture, NULL, set_up, test_mark, tear_down);
	g_test_add("/docker/save", Fixture, NULL, set_up, test_save, tear_down);
	g_test_add("/docker/images", Fixture, NULL, set_up, test_images, tear_down);
	g_test_add_func("/docker/nobody", test_nobody);
	return g_test_run();
}
