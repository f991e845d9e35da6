/* SPDX-License-Identifier: MIT
 *
 * Times of the trail and of its monitoring: at the last moment before one it does not count yet, and then it does.  The clocks and the disk are the test's.
 */
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include "audit-fixture.h"
#include "authz/exposition.h"
#include "base/budget.h"
#include "bus/internal.h"
#include "bus/method.h"
#include "limits-fixture.h"
#include "service/trail.h"

#define SECOND ((int64_t)G_USEC_PER_SEC)

static _Atomic int64_t now_us = 1000 * SECOND;
static _Atomic uint64_t room = UINT64_MAX / 4;
static _Atomic uid_t users;
static _Atomic int ahead_s;

/* In the place of GLib's and libc's, for the library too. */
gint64 g_get_monotonic_time(void)
{
	return atomic_load(&now_us);
}

gint64 g_get_real_time(void)
{
	return atomic_load(&now_us);
}

void g_usleep(gulong us)
{
	(void)atomic_fetch_add(&now_us, (int64_t)us);
}

/* The kernel's own, so many seconds later. */
int clock_gettime(clockid_t which, struct timespec *ret)
{
	int r = (int)syscall(SYS_clock_gettime, which, ret);

	if (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE)
		ret->tv_sec += atomic_load(&ahead_s);
	return r;
}

int statvfs(const char *path, struct statvfs *ret)
{
	(void)path;
	*ret = (struct statvfs){ .f_frsize = 1, .f_bavail = atomic_load(&room), .f_blocks = UINT64_MAX / 4 };
	return 0;
}

/* Each connection is another user's. */
int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict length)
{
	if (level != SOL_SOCKET || name != SO_PEERCRED)
		return (int)syscall(SYS_getsockopt, fd, level, name, value, length);
	((struct ucred *)value)->uid = atomic_fetch_add(&users, 1);
	return 0;
}

static void later(int64_t us)
{
	(void)atomic_fetch_add(&now_us, us);
}

typedef struct Scene {
	char *dir;
	Status status;
	Trail trail;
	sd_event *event;
	Worker *writer, *packer;
	AuditSettings settings;
} Scene;

static void set_up(Scene *scene, gconstpointer data)
{
	(void)data;
	scene->dir = scratch_new();
	scene->settings = audit_settings_default();
	scene->settings.keep_bytes = 1 << 30;
	g_assert_cmpint(sd_event_new(&scene->event), >=, 0);
	scene->writer = worker_new(scene->event, &worker_writer, NULL);
	scene->packer = worker_new(scene->event, &worker_packer, NULL);
	trail_start(&scene->trail, scene->dir, &scene->status, false);
	trail_configure(&scene->trail, &scene->settings, scene->writer, scene->packer);
}

static void tear_down(Scene *scene, gconstpointer data)
{
	(void)data;
	worker_free(scene->writer);
	worker_free(scene->packer);
	trail_stop(&scene->trail);
	sd_event_unref(scene->event);
	scratch_free(scene->dir);
}

/* Whether it is looked now. */
static bool retains(Scene *scene)
{
	trail_retain(&scene->trail, writers_journal(&scene->trail.writers));
	bool looked = scene->trail.retaining;
	while (scene->trail.retaining)
		(void)sd_event_run(scene->event, UINT64_MAX);
	return looked;
}

static bool packs(Scene *scene)
{
	trail_pack(&scene->trail, writers_journal(&scene->trail.writers));
	bool looked = scene->trail.packing;
	while (scene->trail.packing)
		(void)sd_event_run(scene->event, UINT64_MAX);
	return looked;
}

static bool looks_at_disk(Scene *scene)
{
	int64_t before = scene->trail.disk_due_us;

	(void)trail_look_at_disk(&scene->trail);
	return scene->trail.disk_due_us != before;
}

static const struct {
	const char *what;
	int64_t pause_s;
	bool (*looks)(Scene *scene);
} pauses[] = {
	{ "audit.retention", LIMIT_RETENTION_S, retains },
	{ "audit.compress", LIMIT_PACK_S, packs },
	{ "the disk", LIMIT_DISK_LOOK_S, looks_at_disk },
};

static void test_pauses(Scene *scene, gconstpointer data)
{
	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(pauses); i++) {
		g_test_message("%s", pauses[i].what);
		g_assert_true(pauses[i].looks(scene));
		later(pauses[i].pause_s * SECOND - 1);
		g_assert_false(pauses[i].looks(scene));
		later(1);
		g_assert_true(pauses[i].looks(scene));
	}
}

/* With so much room nothing is wrong, with a byte less it is told. */
static void test_room(Scene *scene, gconstpointer data)
{
	(void)data;
	atomic_store(&room, LIMIT_DISK_LOW_BYTES);
	g_assert_false(trail_look_at_disk(&scene->trail));
	later(LIMIT_DISK_LOOK_S * SECOND);
	atomic_store(&room, LIMIT_DISK_LOW_BYTES - 1);
	g_assert_true(trail_look_at_disk(&scene->trail));
	g_assert_true(atomic_load(&scene->status.disk_low));
	atomic_store(&room, UINT64_MAX / 4);
}

/* A file of the trail is put away when it is a day old. */
static void test_age(Scene *scene, gconstpointer data)
{
	Journal *journal = writers_journal(&scene->trail.writers);
	const int64_t age_us = audit_settings_default().rotate_age_us;

	(void)data;
	append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
	later(LIMIT_SEGMENT_AGE_S * SECOND - 1);
	g_assert_false(journal_is_due(journal, INT64_MAX, age_us));
	later(1);
	g_assert_true(journal_is_due(journal, INT64_MAX, age_us));
}

/* A question waits so long for an index that does not hold all, and no longer. */
static void test_index(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(GError) error = NULL;
	Journal *journal = journal_open(dir, NULL);

	append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
	Index *index = index_start(dir, NULL);
	while (!index_sync(index, 1000))
		;
	index_stop(index);
	g_assert_true(audit_wait(NULL, dir, &error));
	append(journal, journal_take_id(journal), OUTCOME_ALLOWED, "", "a", NULL);
	journal_close(journal);
	const int64_t begun = g_get_monotonic_time();
	g_assert_false(audit_wait(NULL, dir, &error));
	g_assert_cmpint(g_get_monotonic_time() - begun, ==, LIMIT_INDEX_SYNC_MS * INT64_C(1000));
}

/* How long the jobs of the trail's questions may run. */
static const struct {
	const char *interface, *member;
	unsigned most_s;
} jobs[] = {
	{ NULL, "AuditQuery", LIMIT_QUERY_S },
	{ SENTINEL_INTERFACE_AUDIT, "Stats", LIMIT_QUERY_S },
	{ SENTINEL_INTERFACE_AUDIT, "Verify", LIMIT_SEARCH_S },
	{ SENTINEL_INTERFACE_AUDIT, "Export", LIMIT_EXPORT_S },
	{ SENTINEL_INTERFACE_AUDIT, "Reindex", LIMIT_EXPORT_S },
};

static void test_jobs(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(jobs); i++) {
		const Method *method = method_find(jobs[i].interface, jobs[i].member);
		Budget budget = { .steps = 1000 };
		g_assert_nonnull(method);
		g_test_message("%s", jobs[i].member);
		budget_begin(&budget, method->patience_s);
		later(jobs[i].most_s * SECOND);
		g_assert_true(budget_spend(1));
		later(1);
		g_assert_false(budget_spend(1));
		budget_end();
	}
}

typedef struct Monitored {
	char *dir, *path;
	Status status;
	WorldCell *cell;
	GrantBook *grants;
	Exposition *exposition;
} Monitored;

static void monitor(Monitored *one, gconstpointer data)
{
	(void)data;
	one->dir = scratch_new();
	one->path = g_build_filename(one->dir, "socket", NULL);
	g_autofree char *grants = g_build_filename(one->dir, "grants", NULL);
	one->status.metrics = metrics_new();
	one->cell = world_cell_new();
	one->grants = grant_book_open(grants);
	one->exposition = exposition_new(&(MetricsSource){ one->cell, one->grants, &one->status, one->dir, "1" });
	exposition_configure(one->exposition, one->path);
}

static void leave(Monitored *one, gconstpointer data)
{
	(void)data;
	exposition_free(one->exposition);
	grant_book_close(one->grants);
	world_cell_free(one->cell);
	metrics_free(one->status.metrics);
	g_free(one->path);
	scratch_free(one->dir);
}

static int connect_to(const Monitored *one)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)g_strlcpy(address.sun_path, one->path, sizeof address.sun_path);
	g_assert_cmpint(connect(fd, (const struct sockaddr *)&address, sizeof address), ==, 0);
	return fd;
}

static void say(int fd, const char *header)
{
	g_autofree char *request = g_strdup_printf("GET /metrics HTTP/1.1\r\nHost: x\r\n%s\r\n", header);

	(void)!send(fd, request, strlen(request), MSG_NOSIGNAL);
}

/* All that comes until the service has let go. */
static char *hear(int fd)
{
	GString *answer = g_string_new(NULL);
	struct pollfd one = { .fd = fd, .events = POLLIN };
	char piece[65536];
	ssize_t got = 1;

	while (got > 0 && poll(&one, 1, 10000) == 1 && (got = recv(fd, piece, sizeof piece, 0)) > 0)
		(void)g_string_append_len(answer, piece, got);
	(void)close(fd);
	return g_string_free(answer, FALSE);
}

static char *ask(const Monitored *one, const char *header)
{
	int fd = connect_to(one);

	say(fd, header);
	return hear(fd);
}

/* A text is good for others for so long. */
static void test_recent(Monitored *one, gconstpointer data)
{
	const Decision decision = { .outcome = OUTCOME_ALLOWED, .policy = "p" };
	static const struct { int64_t us; const char *count; } rows[] = {
		{ 0, "seconds_count 0\n" }, { LIMIT_METRICS_RECENT_MS * 1000 - 1, "seconds_count 0\n" }, { 1, "seconds_count 1\n" },
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		later(rows[i].us);
		g_autofree char *text = ask(one, "");
		g_assert_nonnull(strstr(text, rows[i].count));
		if (i == 0)
			metrics_decided(one->status.metrics, &decision, "e", 1);
	}
}

/* The last of so many is answered; one more waits until another one has gone. */
static void test_connections(Monitored *one, gconstpointer data)
{
	int silent[LIMIT_METRICS_CONNECTIONS];

	(void)data;
	for (unsigned i = 0; i < LIMIT_METRICS_CONNECTIONS; i++) {
		g_autofree char *answer = ask(one, "");
		g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 200"));
		silent[i] = connect_to(one);
	}
	struct pollfd last = { .fd = connect_to(one), .events = POLLIN };
	say(last.fd, "");
	g_assert_cmpint(poll(&last, 1, 200), ==, 0);
	for (unsigned i = 0; i < LIMIT_METRICS_CONNECTIONS; i++)
		(void)close(silent[i]);
	g_autofree char *answer = hear(last.fd);
	g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 200"));
}

/* What a request may have, and nothing that is twice that. */
static void test_request(Monitored *one, gconstpointer data)
{
	static const struct { size_t bytes; const char *answer; } rows[] = { { LIMIT_METRICS_REQUEST_BYTES / 2, "HTTP/1.1 200" }, { LIMIT_METRICS_REQUEST_BYTES, "HTTP/1.1 4" } };

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autofree char *answer = ask(one, arena_printf(arena, "X: %s\r\n", filled(rows[i].bytes, 'x', arena)));
		if (!g_str_has_prefix(answer, rows[i].answer))
			g_error("%zu bytes: %s", rows[i].bytes, answer);
	}
}

/* Who says nothing is hung up on when it is time, which is seen when something comes. */
static void test_idle(Monitored *one, gconstpointer data)
{
	struct pollfd silent = { .fd = connect_to(one), .events = POLLIN };

	(void)data;
	for (unsigned i = 0; i < 2; i++) {
		g_autofree char *answer = ask(one, "");
		g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 200"));
		g_assert_cmpint(poll(&silent, 1, 0), ==, 0);
		atomic_fetch_add(&ahead_s, (int)LIMIT_METRICS_IDLE_S - 1);
	}
	for (unsigned i = 0; i < 2; i++)
		g_free(ask(one, ""));
	g_assert_cmpint(poll(&silent, 1, 0), ==, 1);
	(void)close(silent.fd);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/limits-times/pauses", Scene, NULL, set_up, test_pauses, tear_down);
	g_test_add("/limits-times/room", Scene, NULL, set_up, test_room, tear_down);
	g_test_add("/limits-times/age", Scene, NULL, set_up, test_age, tear_down);
	g_test_add_func("/limits-times/index", test_index);
	g_test_add_func("/limits-times/jobs", test_jobs);
	g_test_add("/limits-times/recent", Monitored, NULL, monitor, test_recent, leave);
	g_test_add("/limits-times/connections", Monitored, NULL, monitor, test_connections, leave);
	g_test_add("/limits-times/request", Monitored, NULL, monitor, test_request, leave);
	g_test_add("/limits-times/idle", Monitored, NULL, monitor, test_idle, leave);
	return g_test_run();
}
